"""icewarpd: starts the modules, and does what icewarpd.sh asks through its socket. Only the module smtp does anything."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from icewarp.state import State
from icewarp.tool import HOME

MODULES = ("control", "smtp", "pop3", "im", "gw")
SOCKET = HOME / "var" / "icewarpd.sock"


class Daemon:
    def __init__(self, state: State | None = None):
        self.state = state or State()
        self.running: dict[str, subprocess.Popen | None] = {}

    def do(self, verb: str, module: str) -> str:
        """`ok`, or what is wrong."""
        names = MODULES if module == "all" else (module,)
        if verb not in ("start", "stop", "restart") or any(name not in MODULES for name in names):
            return f"unknown: {verb} {module}"
        if verb == "restart" and "smtp" in names and self.state["restart"] == "fails":
            self.stop("smtp")
            return "smtp could not be started"
        for name in names:
            if verb != "start":
                self.stop(name)
            if verb != "stop" and not self.start(name):
                return f"{name} could not be started"
        return "ok"

    def start(self, name: str) -> bool:
        process = self.running.get(name)
        if name in self.running and (process is None or process.poll() is None):
            return True
        if name != "smtp":
            self.running[name] = None
            return True
        process = subprocess.Popen([sys.executable, "-B", "-m", "icewarp.service"], stdout=subprocess.PIPE, text=True)
        self.running[name] = process
        # The module has read its settings and listens.
        return process.stdout.readline().strip() == "ready"

    def stop(self, name: str) -> None:
        process = self.running.pop(name, None)
        if process and process.poll() is None:
            process.terminate()
            process.wait(15)


def notify(text: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
            wire.sendto(text.encode(), address.replace("@", "\0", 1))


def main() -> None:
    daemon = Daemon()
    signal.signal(signal.SIGTERM, lambda *_: (daemon.do("stop", "all"), sys.exit(0)))
    SOCKET.parent.mkdir(parents=True, exist_ok=True)
    SOCKET.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        wire.bind(str(SOCKET))
        os.chmod(SOCKET, 0o600)
        wire.listen()
        (HOME / "var" / "icewarpd.pid").write_text(f"{os.getpid()}\n")
        if (answer := daemon.do("start", "all")) != "ok":
            raise SystemExit(answer)
        notify("READY=1")
        while True:
            caller, _ = wire.accept()
            with caller:
                words = caller.recv(200).decode(errors="replace").split()
                answer = daemon.do(*words) if len(words) == 2 else "unknown"
                try:
                    caller.sendall(answer.encode())
                except OSError:
                    continue  # The client has closed the connection.


def asked(verb: str, module: str, path: Path = SOCKET) -> str:
    """The daemon's answer; "" if the daemon is not running."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
            wire.connect(str(path))
            wire.sendall(f"{verb} {module}".encode())
            return wire.recv(1000).decode()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
