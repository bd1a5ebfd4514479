"""The send protocol log, for connectors that ask for it: §4, §0a.9."""

from standin.host import Host
from standin.smtp import Sent
from standin.tracking import instant, stamp

FIELDS = "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context"


def write_protocol(
    host: Host, now: float, connector: dict, sent: Sent, port: int, trace: list[tuple[str, str]]
) -> None:
    """Appends a session: its commands (`>`) and replies (`<`), without AUTH."""
    if connector["ProtocolLoggingLevel"] != "Verbose":
        return
    base = host.version.folder + "\\TransportRoles\\Logs\\"
    hub = "" if host.version.year < 2013 else "Edge\\" if host.version.edge else "Hub\\"
    folder = host.path(base + hub + "ProtocolLog\\SmtpSend")
    folder.mkdir(parents=True, exist_ok=True)
    ends = f"{sent.local},{sent.address}:{port}"
    rows = [
        f'{stamp(now)},{connector["Name"]},{id(sent):016X},{number},{ends},{event},"{data}",'
        for number, (event, data) in enumerate(trace)
    ]
    with open(folder / f"SEND{instant(now):%Y%m%d}-1.LOG", "a") as file:
        head = [] if file.tell() else [f"#Fields: {FIELDS}"]
        file.write("\r\n".join(head + rows) + "\r\n")
