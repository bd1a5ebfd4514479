"""The system variables that tool.sh knows, and the file that keeps them.

Names, types and meanings are those of tool.help 14.3 (§7). Only those that concern the route, and their neighbours, are
here: the product has some two thousand.
"""

import fcntl
import fnmatch
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

VERSION = "14.3.0.12"


@dataclass(frozen=True)
class Variable:
    type: str  # Bool | Int | String | Enum
    default: str = ""
    read_only: bool = False
    values: tuple[str, ...] = ()

    def takes(self, value: str) -> bool:
        if "\n" in value or "\r" in value:
            return False
        if self.type == "Bool":
            return value in ("0", "1")
        if self.type == "Int":
            return value.lstrip("-").isdigit()
        return not self.values or value in self.values


def bool_(default: str = "0") -> Variable:
    return Variable("Bool", default)


def whole(default: str) -> Variable:
    return Variable("Int", default)


def text(default: str = "", read_only: bool = False) -> Variable:
    return Variable("String", default, read_only)


LEVELS = ("0", "1", "2", "3", "4")  # None, Debug, Summary, Debug & Summary, Extended
VARIABLES = {
    "C_Version": text(VERSION, read_only=True),
    "C_OS": Variable("Enum", "1", read_only=True),  # 0: Windows, 1: Linux
    "C_InstallPath": text("/opt/icewarp/", read_only=True),
    "C_ConfigPath": text("/opt/icewarp/config/", read_only=True),
    "C_System_Storage_Dir_MailPath": text("/opt/icewarp/mail/"),
    "C_System_Storage_Dir_LogPath": text("/opt/icewarp/logs/"),
    "C_System_Storage_Dir_TempPath": text("/opt/icewarp/temp/"),
    "C_System_Services_SMTP_Port": whole("25"),
    "C_System_Services_SMTP_SSLPort": whole("465"),
    "C_System_Services_SMTP_AltPort": whole("587"),
    "C_System_Services_SMTP_Traffic": bool_("1"),
    "C_System_Log_Services_SMTP": Variable("Enum", "3", values=LEVELS),
    "C_System_Log_IncludeSubjectInSMTPLog": bool_(),
    "C_Mail_SMTP_Active": bool_("1"),
    "C_Mail_SMTP_General_HostName": text(),
    "C_Mail_SMTP_General_DeliveryMode": bool_("1"),  # 0: relay server, 1: DNS lookup
    "C_Mail_SMTP_General_RelayMailServer": text(),
    "C_Mail_SMTP_General_DNSServer": text(),
    "C_Mail_SMTP_General_VerifyDANE": bool_(),
    "C_Mail_SMTP_Delivery_UseTLSSSL": bool_("1"),
    "C_Mail_SMTP_Delivery_RetrySMTP": bool_("1"),
    "C_Mail_SMTP_Delivery_MXReconnectFailure": bool_(),
    "C_Mail_SMTP_Delivery_LimitMsgSize": bool_(),
    "C_Mail_SMTP_Delivery_MaxMsgSize": whole("0"),
    "C_Mail_SMTP_Delivery_HideIP": bool_(),
    "C_Mail_SMTP_Delivery_UndelivAfter": whole("5760"),
    "C_Mail_SMTP_Delivery_UndelivWarning": whole("240"),
    "C_Mail_SMTP_Delivery_DaemonAlias": text("MAILER-DAEMON"),
    "C_Mail_SMTP_Delivery_DaemonName": text("System Administrator"),
    "C_Mail_SMTP_Other_NoRetryQueue": bool_(),
    "C_Mail_SMTP_Other_MaxMTARecipients": whole("100"),
}
CANONICAL = {name.lower(): name for name in VARIABLES}


WINDOWS = "C:\\Program Files\\IceWarp\\"


def defaults(home: Path) -> dict[str, str]:
    """What Setup leaves: on a Windows host, whose disk is a folder called `C:`, with paths as Windows has them."""
    values = {name: variable.default for name, variable in VARIABLES.items()}
    if "/C:/" not in f"{home.resolve()}/":
        return values
    paths = {
        name: WINDOWS + value.removeprefix("/opt/icewarp/").replace("/", "\\")
        for name, value in values.items()
        if value.startswith("/opt/icewarp/")
    }
    return values | paths | {"C_OS": "0"}


class Settings:
    """What is stored. Services use what was stored when they started."""

    def __init__(self, home: Path):
        self.defaults = defaults(home)
        self.path, self.lock = home / "config" / "settings.cfg", home / "var" / "settings.lock"

    def all(self) -> dict[str, str]:
        stored = {}
        if self.path.exists():
            rows = (line.partition("=") for line in self.path.read_text().splitlines())
            stored = {name: value for name, equals, value in rows if equals}
        return {name: stored.get(name, default) for name, default in self.defaults.items()}

    def __getitem__(self, name: str) -> str:
        return self.all()[name]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.lock.parent.mkdir(parents=True, exist_ok=True)
        with open(self.lock, "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def change(self, values: dict[str, str]) -> None:
        """Writes all of them or none: the file is replaced in one step."""
        with self._locked():
            rows = self.all() | values
            fresh = self.path.with_suffix(".new")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
            with open(descriptor, "w") as file:
                file.writelines(f"{name}={value}\n" for name, value in rows.items() if not VARIABLES[name].read_only)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, self.path)


def named(pattern: str) -> list[str]:
    """The variables with this name, or matching a pattern with `*`; case does not matter."""
    if "*" not in pattern:
        return [CANONICAL[pattern.lower()]] if pattern.lower() in CANONICAL else []
    return [name for name in VARIABLES if fnmatch.fnmatchcase(name.lower(), pattern.lower())]
