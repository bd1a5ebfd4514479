"""What a mail server offers before and after STARTTLS: the contract's native `smtp.ask`."""

import socket
import ssl


def offers(host: str, port: int, seconds: int) -> dict:
    found: dict = {"Greeting": None, "Offered": None, "Secured": None, "Trouble": None}
    hello = f"EHLO {socket.getfqdn()}"
    try:
        with socket.create_connection((host, port), timeout=seconds) as plain:
            found["Greeting"] = _ask(plain, None)
            found["Offered"] = _ask(plain, hello)
            if not any(line[:12].upper() in ("250-STARTTLS", "250 STARTTLS") for line in found["Offered"]):
                return found
            if not _ask(plain, "STARTTLS")[0].startswith("220"):
                return found
            # The transport service checks the certificate when it sends.
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with context.wrap_socket(plain, server_hostname=host) as secure:
                found["Secured"] = _ask(secure, hello)
    except OSError as error:
        found["Trouble"] = str(error)
    return found


def _ask(stream: socket.socket, line: str | None) -> list[str]:
    """Reads byte by byte, so that it reads nothing that belongs to TLS."""
    if line:
        stream.sendall(line.encode() + b"\r\n")
    reply: list[str] = []
    while not reply or reply[-1][3:4] == "-":
        text = b""
        while not text.endswith(b"\n"):
            byte = stream.recv(1)
            if not byte:
                raise OSError("the connection was closed")
            text += byte
        reply.append(text.decode("latin-1").strip())
    return reply
