"""Runs a script of mtactl's on the stand-in, as a person would: docs/scripts.md.

The calls are read from the script; what follows them is known by its sum and done here as documented.
"""

import secrets
import time
from datetime import datetime, timezone
from email.utils import formatdate

from windows import forms
from windows.document import Call, Document, decoded, encoded
from windows.executor import Executor
from windows.logon import Credential, Logon
from windows.natives import Natives
from windows.pins import pinned
from windows.script import Script, ScriptCall, Value, read


class Runner:
    """One run of a script. `password` is what the person types; `kept` is what an earlier -Apply kept, or None."""

    def __init__(self, data: bytes, host, logon: Logon, services, password: str = "", kept: str | None = None):
        self.script: Script = read(data)
        if self.script.fixed not in pinned()["script"]:
            raise SystemExit(f"stand-in: a script whose end is not pinned: sha256 {self.script.fixed}; see windows/pin")
        self.natives = Natives(host, logon, services)
        self.executor = Executor(host, logon, self.natives)
        self.lines, self.earlier = ["mtactl\t1"], (kept or "").split("\n")
        self.password, self.kept, self.count = password, kept, 0
        self.token, self.trouble, self.troubles = secrets.token_hex(4), "", {}
        self.server = host.server

    def setting(self, name: str):
        value = self.script.settings[name]
        return value.value if isinstance(value, Value) else value

    def run(self, action: str) -> str:
        """The answer file."""
        result, reason = {
            "facts": self.look,
            "check": self.look,
            "apply": self.apply,
            "verify": self.verify,
            "undo": lambda: self.back("", True),
        }[action]()
        self.lines.append(f"end\t{self.count}")
        head = [
            "mtactl-answer 1",
            f"run {self.setting('run')}",
            f"site {self.setting('site')}",
            f"action {action}",
            f"computer {self.server}",
            f"user LAB\\{self.natives.logon.user}",
            f"time {datetime.now(timezone.utc).isoformat()}",
            f"token {self.token}",
            f"result {result}",
            f"reason {encoded(reason)}",
        ]
        frame = f"<<MTACTL:{self.setting('run')}:{encoded(''.join(line + chr(10) for line in self.lines))}>>"
        return "\r\n".join([*head, frame, ""])

    # Actions.

    def look(self) -> tuple[str, str]:
        self.part("Look")
        return "looked", self.objection("expect-")

    def verify(self) -> tuple[str, str]:
        self.part("Send")
        return "looked", ""

    def apply(self) -> tuple[str, str]:
        self.lock()
        try:
            _, objection = self.look()
            if objection:
                return "refused", objection
            self.part("Change")
            objection = self.trouble or self.objection("check-")
            begun = not objection
            if begun:
                self.part("Restarts")
                objection = self.trouble
            self.kept = "".join(line + "\n" for line in self.lines)
            return self.back(objection, begun) if objection else ("changed", "")
        finally:
            self.natives.files.remove("lock")

    def back(self, reason: str, restarts: bool) -> tuple[str, str]:
        if self.kept is None:
            raise SystemExit("mtactl: nothing was applied from here")
        self.trouble = ""
        self.part("TakeBack")
        if restarts:
            self.part("RestartAgain")
        self.part("Again")
        left = self.trouble
        for identifier, (words, kind) in self.troubles.items():
            if identifier.startswith(("undo-", "again-")) and "ObjectNotFound" not in kind:
                left = f"{identifier}: {words}"
        if self.lasting("snapshot") != self.lasting("again"):
            left = "not as before"
        return ("stranded", f"{reason} {left}".strip()) if left else ("put-back", reason)

    def lock(self) -> None:
        self.natives.files.write("lock", f"{self.setting('run')}\tby a script", True)

    # Calls.

    def part(self, name: str) -> None:
        stopped = False
        for call in self.script.parts.get(name, []):
            self.count += 1
            if stopped:
                self.lines.append(f"call\t{call.identifier}\tskipped")
                continue
            document = Document(nonce="0", shell="auto", calls=[self.call(call)])
            for line in self.executor.run(document)[1:-1]:
                self.lines.append(line)
                words = line.split("\t")
                if words[0] == "error":
                    self.troubles[call.identifier] = (decoded(words[1]), decoded(words[2]) + " " + decoded(words[3]))
                    if call.must:
                        stopped, self.trouble = True, f"{call.identifier}: {decoded(words[1])}"

    def call(self, call: ScriptCall) -> Call:
        arguments = {name: self.value(value) for name, value in call.arguments.items()}
        if call.name == "RestartTransport":
            if arguments["Server"].lower() != self.server.lower():
                raise SystemExit("stand-in: a script restarts only the server that it runs on, here")
            return Call(call.identifier, "service.restart", True, {"Name": "MSExchangeTransport", "Seconds": 120}, [])
        return Call(call.identifier, call.name, call.must, arguments, call.properties)

    def value(self, value: Value):
        if value.kind == "login":
            return Credential(value.value[0], self.password)
        if value.kind == "filled":
            text = value.value[0].replace("{TOKEN}", self.token).replace("{DATE}", formatdate(time.time()))
            return text.replace("\r\n", "\n").replace("\n", "\r\n")
        if value.kind == "answered":
            step, name, otherwise = value.value
            return next((item[name][0] for item in self.objects(step) if item.get(name)), otherwise)
        return value.value

    # Answers.

    def objects(self, identifier: str) -> list[dict[str, list[str]]]:
        found: list[dict[str, list[str]]] = []
        meant = False
        for line in self.earlier + self.lines:
            words = line.split("\t")
            if words[0] == "call":
                meant = words[1] == identifier
                found = [] if meant else found
            elif meant and words[0] == "object":
                found.append({})
            elif meant and words[0] == "prop":
                found[-1][words[1]] = [decoded(item) for item in words[3].split(",") if item] if len(words) > 3 else []
        return found

    def form(self, name: str) -> str:
        forms_of = self.script.settings["forms"].value
        return forms_of[name].value if name in forms_of else "exact"

    def objection(self, prefix: str) -> str:
        for row in self.script.expected:
            where, name = row["In"].value, row["Name"].value
            if not where.startswith(prefix):
                continue
            if where in self.troubles:
                return f"{where}: {self.troubles[where][0]}"
            key, wanted = ("Guid", row["Guid"].value) if "Guid" in row else ("Name", name)
            meant = [item for item in self.objects(where) if "".join(item.get(key, [])).lower() == wanted.lower()]
            if "Absent" in row:
                if meant:
                    return f'there is a "{name}" now'
                continue
            if len(meant) != 1:
                return f'{len(meant)} connectors are "{name}"'
            if "Digest" in row:
                told = row["Told"].value
                names = {one: self.form(one) for one in told}
                if forms.digest(meant[0], told, names) != row["Digest"].value:
                    return f'"{name}" was changed since this script was made'
            for one in row["With"].value if "With" in row else []:
                one = one.value
                found = forms.canonical(one["Form"].value, meant[0].get(one["Property"].value, []))
                if found != one["Value"].value:
                    return f'{one["Property"].value} of "{name}" is {found}'
        return ""

    def lasting(self, name: str) -> dict[str, dict]:
        found = {}
        for number in range(self.setting("snapshots")):
            for item in self.objects(f"{name}-{number}"):
                key = f"{''.join(item.get('Guid', []))} {''.join(item.get('Name', []))}"
                found[key] = {
                    one: forms.canonical(self.form(one), texts)
                    for one, texts in item.items()
                    if not one.startswith("When") and one not in ("OriginatingServer", "ObjectState")
                }
        return found
