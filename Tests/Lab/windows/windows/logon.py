"""Who logged in over SSH, and how; and the credentials in a document."""

from dataclasses import dataclass

SYSTEM = "SYSTEM"
DOMAIN = "LAB"


@dataclass(frozen=True)
class Credential:
    """A PSCredential. No object that a call returns has its password."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Credential({self.user!r})"


@dataclass(frozen=True)
class Logon:
    """`method`: `password`, `publickey`, or `service` for a scheduled task."""

    user: str
    method: str

    @property
    def second_hop(self) -> bool:
        """Whether the session can authenticate to another machine (§1.2): a task runs as the computer's account."""
        return self.method != "publickey"

    @property
    def qualified(self) -> str:
        return f"{DOMAIN}\\{account(self.user)}"


def account(user: str) -> str:
    """`LAB\\mtactl` and `mtactl@lab.test` are mtactl."""
    return user.rpartition("\\")[2].partition("@")[0].lower()
