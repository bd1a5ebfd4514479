"""The configurations that tests start with. Smarthosts and logins are the lab's own (smarthost/server.py)."""

from pathlib import Path

from kerio.config import Config
from kerio.rules import new_id


def rule(description: str, host: str, port: int, user="", password="", enabled: bool = True, **when) -> dict:
    condition = {"test": "RelayCondNone", "comparator": "RelayCompEqual", "pattern": ""} | when
    login = {"isRequired": bool(user), "userName": user, "password": password, "authType": "Auth"}
    return {
        "id": new_id(),
        "isEnabled": enabled,
        "description": description,
        "hostName": host,
        "port": port,
        "authentication": login,
        "condition": condition,
    }


def with_login() -> dict:
    return rule("Provider", "outgoing.example.net", 587, "out@example.com", "secret of out")


def several() -> list[dict]:
    return [
        rule("Partner", "relay.example.net", 587, test="RelayCondRecipient", pattern="*@partner.example"),
        rule(
            "The boss",
            "outgoing2.example.net",
            587,
            "boss",
            "secret of boss",
            test="RelayCondSender",
            pattern="boss@example.com",
        ),
        rule("Old provider", "badcert.example.net", 587, "test", "secret of test", enabled=False),
        rule(
            "All but ours",
            "outgoing.example.net",
            587,
            "out@example.com",
            "secret of out",
            test="RelayCondRecipient",
            comparator="RelayCompNotEqual",
            pattern="*@example.community",
        ),
    ]


MODELS = {
    "clean": lambda: [],
    "relay": lambda: [rule("Relay", "relay.example.net", 587)],
    "login": lambda: [with_login()],
    "several": several,
    "disabled": lambda: [with_login() | {"isEnabled": False}],
    "no-tls": lambda: [],
}


def install(home: Path, model: str, fqdn: str) -> None:
    config = Config(home)
    config.hostname, config.rules = fqdn, MODELS[model]()
    config.smtp["useSSL"] = model != "no-tls"
    config.save()
