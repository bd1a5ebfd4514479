"""The change of bench.yml as a pyinfra user would write it: the message is not traced and the change cannot be undone."""

import io
import os

from pyinfra import host
from pyinfra.operations import files, server

password = os.environ["FILTER_PASSWORD"]
credentials = files.put(
    name="credentials",
    src=io.StringIO(f"[outgoing.example.net]:587 out@example.com:{password}\n"),
    dest="/etc/postfix/sasl_passwd",
    mode="600",
)
settings = files.block(
    name="settings",
    path="/etc/postfix/main.cf",
    content="\n".join(
        [
            "relayhost = [outgoing.example.net]:587",
            "smtp_tls_security_level = encrypt",
            "smtp_sasl_auth_enable = yes",
            "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd",
            "smtp_sasl_security_options = noanonymous",
        ]
    ),
)
server.shell(
    name="map and reload",
    commands=["postmap hash:/etc/postfix/sasl_passwd", "postfix check", "postfix reload"],
    _if=lambda: credentials.did_change() or settings.did_change(),
)
if os.environ.get("SEND_MESSAGE", "yes") == "yes":
    server.shell(
        name="test message",
        commands=["printf 'Subject: bench\\n\\ntest\\n' | sendmail -i -f bench@example.com postmaster@example.net"],
    )
