"""The installations that a test starts with, and the mailboxes that are hosted. Smarthosts and logins are the lab's."""

from mailenable import keys
from mailenable.settings import SmartHost, press_ok

# Mailboxes by domain and post office, with the passwords of those who may log in.
DOMAINS = {"hosted.test": "hosted.test"}
MAILBOXES = {"postmaster": "secret of postmaster", "alice": "secret of alice", "abuse": "secret of abuse"}
QUEUES = ("SMTP\\Inbound", "SMTP\\Outgoing", "SF\\Inbound", "SF\\Outgoing")

MODELS = {
    # Never used: mail goes to the domains' own exchangers.
    "clean": None,
    "smarthost": SmartHost(True, "relay.example.net", 25),
    "login": SmartHost(True, "outgoing.example.net", 587, True, "out@example.com", "secret of out"),
    # Used once, then unticked: the values are still there.
    "unticked": SmartHost(False, "outgoing2.example.net", 587, False, "smtp@example.com", "secret of smtp"),
    # Under Plesk, which has it in a folder of its own.
    "plesk": None,
}


def domains(fqdn: str) -> dict[str, str]:
    """Hosted domains and the host's own name, with the post office of each."""
    return DOMAINS | {fqdn.lower(): fqdn.lower()}


def install(host, model: str) -> None:
    """Setup, and what the model did since. Queues and mailboxes stay."""
    registry, draw = host.registry, host.draw
    registry.remove_key(keys.ROOT)
    base = keys.PLESK if model == "plesk" else keys.PLAIN
    registry.write_all(keys.installed(base, host.fqdn))
    tab = MODELS[model]
    if tab or not draw.missing:
        press_ok(registry, draw, tab or SmartHost())
    folders(host)


def folders(host) -> None:
    settings = host.settings
    for queue in QUEUES:
        host.path(f"{settings.data}\\Queues\\{queue}\\Messages").mkdir(parents=True, exist_ok=True)
    for folder in (settings.data + "\\Bad Mail", settings.data + "\\Logging\\SMTP", settings.data + "\\Logging\\MTA"):
        host.path(folder).mkdir(parents=True, exist_ok=True)
    for postoffice in set(domains(host.fqdn).values()):
        for mailbox in MAILBOXES:
            box = f"{settings.mail_root}\\{postoffice}\\MAILROOT\\{mailbox}\\Inbox"
            host.path(box).mkdir(parents=True, exist_ok=True)
