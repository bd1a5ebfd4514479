"""The other side of a session, for tests: gives scripted answers and records what it received."""

import socket
import threading
from collections.abc import Callable


def usual(line: str) -> str:
    verb = line.partition(" ")[0].upper()
    return {"EHLO": "250-here\r\n250 SIZE 1000000", "DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 2.0.0 ok")


class Scripted:
    """Takes one connection after the other on its own port. `answer` gets a line; "" closes the connection."""

    def __init__(self, answer: Callable[[str], str] = usual, greeting: str = "220 here ESMTP"):
        self.answer, self.greeting, self.heard, self.contents = answer, greeting, [], []
        self.wire = socket.create_server(("127.0.0.1", 0))
        self.port = self.wire.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.wire.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.wire.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream) -> None:
        self._say(stream, self.greeting)
        while line := stream.readline().decode("latin-1").rstrip("\r\n"):
            self.heard.append(line)
            reply = self.answer(line)
            if not reply:
                return
            self._say(stream, reply)
            if reply.startswith("354"):
                self.contents.append(self._content(stream))
                self.heard.append(".")
                self._say(stream, self.answer("."))

    @staticmethod
    def _say(stream, text: str) -> None:
        stream.write(text.encode() + b"\r\n")
        stream.flush()

    @staticmethod
    def _content(stream) -> bytes:
        lines = []
        while (line := stream.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)
