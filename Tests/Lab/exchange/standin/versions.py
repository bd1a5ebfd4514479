"""What differs between the releases of Exchange that the lab has. Sections are those of knowledge/windows-and-appliances.md."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Version:
    """One release, as one server of the lab runs it."""

    name: str
    build: tuple[int, int, int, int]
    powershell: str  # §1.3: 2.0 for 2007 and 2010
    windows: str
    folder: str  # where Setup put it, §4
    registry: str  # §1.4
    edge: bool = False

    @property
    def year(self) -> int:
        """For comparisons: 2020 stands for the Subscription Edition."""
        return {"SE": 2020}.get(self.name) or int(self.name)

    @property
    def display(self) -> str:
        """AdminDisplayVersion as text."""
        major, minor, build, revision = self.build
        return f"Version {major}.{minor} (Build {build}.{revision})"

    @property
    def roles(self) -> list[str]:
        if self.edge:
            return ["Edge"]
        if self.year < 2013:
            return ["Mailbox", "ClientAccess", "HubTransport"]
        return ["Mailbox", "ClientAccess"] if self.year < 2016 else ["Mailbox"]

    @property
    def role_keys(self) -> list[str]:
        """The sub-keys of the registry key that say what is installed (§1.4)."""
        return [{"Edge": "EdgeTransport"}.get(role, role) + "Role" for role in self.roles] + ["Setup"]

    @property
    def sent(self) -> str:
        """The event of a message that left the organisation, §0a.1."""
        return "SENDEXTERNAL" if self.year >= 2013 else "SEND"

    @property
    def remoting(self) -> bool:
        """Whether the management shell is a remote session with roles (§1.4): not in 2007, not on Edge."""
        return self.year >= 2010 and not self.edge


PROGRAMS = "C:\\Program Files\\Microsoft\\Exchange Server"
SOFTWARE = "HKLM:\\SOFTWARE\\Microsoft"
V14 = (PROGRAMS + "\\V14", SOFTWARE + "\\ExchangeServer\\v14")
V15 = (PROGRAMS + "\\V15", SOFTWARE + "\\ExchangeServer\\v15")

VERSIONS = {
    "2007": Version("2007", (8, 3, 83, 6), "2.0", "6.1.7601.65536", PROGRAMS, SOFTWARE + "\\Exchange\\v8.0"),
    "2010": Version("2010", (14, 3, 123, 4), "2.0", "6.1.7601.65536", *V14),
    "2013": Version("2013", (15, 0, 1497, 2), "4.0", "6.3.9600.0", *V15),
    "2016": Version("2016", (15, 1, 2507, 6), "5.1.14393.5127", "10.0.14393.0", *V15),
    "2019": Version("2019", (15, 2, 1544, 4), "5.1.17763.5830", "10.0.17763.0", *V15),
    "SE": Version("SE", (15, 2, 2562, 17), "5.1.20348.2849", "10.0.20348.0", *V15),
    "2016-edge": Version("2016", (15, 1, 2507, 6), "5.1.14393.5127", "10.0.14393.0", *V15, edge=True),
}
