"""The executor's own calls: what it does on a Windows host besides Exchange's cmdlets. The contract's "Natives"."""

import os
import re
import shutil
import socket
import subprocess
from datetime import datetime, timezone
from pathlib import Path

from windows import mail
from windows.errors import failed
from windows.files import PROGRAM_DATA, Files
from windows.host import WindowsHost, on_disk
from windows.logon import DOMAIN, Logon, account
from windows.marks import marked
from windows.offers import offers
from windows.registry import Registry
from windows.services import Services
from windows.tasks import Tasks


class Natives:
    def __init__(self, host: WindowsHost, logon: Logon, services: Services, root: Path | None = None):
        self.host, self.logon, self.services, self.root = host, logon, services, root or host.root
        self.files, self.registry, self.tasks = Files(self.root), Registry(self.root), Tasks(self.root)

    def run(self, name: str, arguments: dict) -> list[dict]:
        method, allowed = NATIVES[name]
        unknown = arguments.keys() - set(allowed)
        if unknown or None in arguments.values():
            raise failed(f"mtactl: {name} has no argument {', '.join(sorted(unknown)) or 'that is null'}")
        try:
            return method(self, arguments) or []
        except KeyError as error:
            raise failed(f"mtactl: {name} needs the argument {error}") from None

    # The host.

    def _facts(self, given: dict) -> list[dict]:
        computer = self.host.server
        return [
            {
                "Computer": computer,
                "Domain": "lab.test" if self.host.joined else "WORKGROUP",
                "Administrator": True,
                "Bits": "64",
                "User": f"{DOMAIN if self.host.joined else computer}\\{account(self.logon.user)}",
                "Windows": self.host.windows,
                "PowerShell": self.host.powershell,
                "Time": datetime.now(timezone.utc),
                "Folder": PROGRAM_DATA,
                "ExchangeSetupRuns": marked("setup-runs", self.root),
            }
            | self.host.facts()
        ]

    def _registry_read(self, given: dict) -> list[dict]:
        return self.registry.values(given["Key"])

    def _registry_tree(self, given: dict) -> list[dict]:
        return self.registry.tree(given["Key"])

    def _registry_write(self, given: dict) -> None:
        self.registry.write(given["Key"], given["Name"], given["Kind"], given["Value"])

    def _registry_remove(self, given: dict) -> None:
        self.registry.remove(given["Key"], given["Name"])

    def _service_read(self, given: dict) -> list[dict]:
        return self.services.read(given["Names"])

    def _name_resolve(self, given: dict) -> list[dict]:
        try:
            found = {item[4][0] for item in socket.getaddrinfo(given["Name"], None)}
        except OSError:
            raise failed(f"No such host is known: {given['Name']}") from None
        return [{"Address": address} for address in sorted(found)]

    def _service_restart(self, given: dict) -> None:
        self.services.restart(given["Name"])

    # Files.

    def _file_write(self, given: dict) -> None:
        self.files.write(given["Path"], given["Text"], bool(given.get("New", False)))

    def _file_read(self, given: dict) -> list[dict]:
        return [{"Text": self.files.read(given["Path"])}]

    def _file_move(self, given: dict) -> None:
        self.files.move(given["From"], given["To"])

    def _file_remove(self, given: dict) -> None:
        self.files.remove(given["Path"])

    def _folder_list(self, given: dict) -> list[dict]:
        return self.files.list(given["Path"])

    def _folder_remove(self, given: dict) -> None:
        for item in self.files.list(given["Path"]):
            self.files.remove(item["Path"])
        shutil.rmtree(self.files.folder / given["Path"].replace("\\", "/"), ignore_errors=True)

    # The pickup directory.

    def _pickup(self, given: dict) -> tuple[Path, str]:
        name, folder = given["Name"], self.root / on_disk(given["Folder"]).lstrip("/")
        if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not re.match(r"[A-Za-z]:\\", given["Folder"]):
            raise failed(f"mtactl: not the name of a message or of a folder: {name}, {given['Folder']}")
        if not folder.is_dir():
            raise failed(f"Could not find a part of the path '{given['Folder']}\\{name}.tmp'.", "ObjectNotFound")
        return folder, name

    def _pickup_write(self, given: dict) -> None:
        folder, name = self._pickup(given)
        written = folder / f"{name}.tmp"
        written.write_bytes(given["Text"].encode())
        os.rename(written, folder / f"{name}.eml")

    def _pickup_look(self, given: dict) -> list[dict]:
        folder, name = self._pickup(given)
        return [{"Name": path.name} for path in sorted(folder.glob(f"{name}.*"))]

    def _pickup_remove(self, given: dict) -> None:
        folder, name = self._pickup(given)
        for path in folder.glob(f"{name}.*"):
            path.unlink(missing_ok=True)

    # Mail servers without cmdlets.

    def _smtp_send(self, given: dict) -> None:
        mail.send(self.host.server, given)

    def _log_watch(self, given: dict) -> list[dict]:
        return mail.watch(self.root, given)

    def _spool_find(self, given: dict) -> list[dict]:
        return mail.find(self.root, given)

    # Tasks.

    def _task_arm(self, given: dict) -> None:
        if marked("no-tasks", self.root):
            raise failed("Access is denied.", "PermissionDenied")
        self.tasks.arm(given["Run"], given["Script"], int(given["Seconds"]))

    def _task_disarm(self, given: dict) -> None:
        self.tasks.disarm(given["Run"])

    def _task_read(self, given: dict) -> list[dict]:
        return self.tasks.read(given["Run"])

    # Others.

    def _program(self, path: str) -> Path:
        """A program of a stand-in at the path that the host names; other names are refused."""
        if not re.fullmatch(r"[A-Za-z]:\\.*\\tool\.exe", path, re.IGNORECASE) or ".." in path:
            raise failed(f"mtactl: not a program of a mail server: {path}")
        return self.root / on_disk(path).lstrip("/")

    @staticmethod
    def _ran(program: Path, *words: str) -> subprocess.CompletedProcess:
        """Windows PowerShell drops empty arguments, and does not pass on `"` (about_Parsing)."""
        passed = ["" if word == '""' else word.replace('"', "") for word in words if word]
        return subprocess.run([program, *passed], capture_output=True, text=True, check=False, timeout=120)

    def _setting_read(self, given: dict) -> list[dict]:
        program = self._program(given["Program"])
        if not program.exists():
            return []
        told = [(name, self._ran(program, "display", "system", name)) for name in given["Names"]]
        lines = [(name, "\n".join(ran.stdout.splitlines())) for name, ran in told if ran.returncode == 0]
        return [
            {"Name": name, "Value": line.partition(":")[2].removeprefix(" ")} for name, line in lines if ":" in line
        ]

    def _setting_write(self, given: dict) -> None:
        program = self._program(given["Program"])
        if not program.exists():
            raise failed(f"The term '{given['Program']}' is not recognized as the name of a program.", "ObjectNotFound")
        ran = self._ran(program, "set", "system", given["Name"], given["Value"] or '""')
        if ran.returncode != 0:
            raise failed(f"mtactl: it did not take a value for {given['Name']}: status {ran.returncode}")

    def _smtp_ask(self, given: dict) -> list[dict]:
        return [offers(given["Name"], int(given["Port"]), int(given["Seconds"]))]


# Each with its arguments.
NATIVES = {
    "host.facts": (Natives._facts, ()),
    "registry.read": (Natives._registry_read, ("Key",)),
    "registry.tree": (Natives._registry_tree, ("Key",)),
    "registry.write": (Natives._registry_write, ("Key", "Name", "Value", "Kind")),
    "registry.remove": (Natives._registry_remove, ("Key", "Name")),
    "service.read": (Natives._service_read, ("Names",)),
    "service.restart": (Natives._service_restart, ("Name", "Seconds")),
    "name.resolve": (Natives._name_resolve, ("Name",)),
    "smtp.ask": (Natives._smtp_ask, ("Name", "Port", "Seconds")),
    "file.write": (Natives._file_write, ("Path", "Text", "New")),
    "file.read": (Natives._file_read, ("Path",)),
    "file.move": (Natives._file_move, ("From", "To")),
    "file.remove": (Natives._file_remove, ("Path",)),
    "folder.list": (Natives._folder_list, ("Path",)),
    "folder.remove": (Natives._folder_remove, ("Path",)),
    "pickup.write": (Natives._pickup_write, ("Folder", "Name", "Text")),
    "pickup.look": (Natives._pickup_look, ("Folder", "Name")),
    "pickup.remove": (Natives._pickup_remove, ("Folder", "Name")),
    "smtp.send": (Natives._smtp_send, ("From", "To", "Subject", "MessageId", "Text", "Login", "Port")),
    "log.watch": (Natives._log_watch, ("Path", "From", "Contains", "Seconds")),
    "spool.find": (Natives._spool_find, ("Folder", "Contains")),
    "task.arm": (Natives._task_arm, ("Run", "Script", "Seconds")),
    "task.disarm": (Natives._task_disarm, ("Run",)),
    "task.read": (Natives._task_read, ("Run",)),
    "setting.read": (Natives._setting_read, ("Program", "Names")),
    "setting.write": (Natives._setting_write, ("Program", "Name", "Value")),
}
