"""An SMTP server with scripted answers, one connection after the other, on its own port."""

import socket
import threading


class Server:
    """`says` has answers by the beginning of a command: `EHLO`, `RCPT TO:<a@b>`, `data` for the end of a message.

    `heard` are the commands of all connections; `messages` what came with DATA.
    """

    def __init__(self, **says: str):
        self.says = {
            "hello": "220 test",
            "EHLO": "250-test\r\n250 HELP",
            "MAIL": "250 ok",
            "RCPT": "250 ok",
            "DATA": "354 go on",
            "data": "250 taken",
            "QUIT": "221 bye",
        } | says
        self.heard: list[str] = []
        self.messages: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as file:
                try:
                    self._talk(file)
                except OSError:
                    continue

    def _say(self, file, key: str) -> None:
        file.write(self.says[key].encode() + b"\r\n")
        file.flush()

    def _talk(self, file) -> None:
        self._say(file, "hello")
        while line := file.readline():
            text = line.decode(errors="replace").rstrip("\r\n")
            self.heard.append(text)
            # The longest beginning that fits; an unknown command closes the connection.
            keys = [key for key in self.says if text.upper().startswith(key.upper()) and key not in ("hello", "data")]
            if not keys:
                return
            self._say(file, max(keys, key=len))
            if text.upper() == "DATA" and self.says["DATA"].startswith("354"):
                self.messages.append(b"".join(iter(file.readline, b".\r\n")))
                self._say(file, "data")
