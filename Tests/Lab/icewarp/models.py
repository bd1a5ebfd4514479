"""The configurations that tests start with. Smarthosts and logins are the lab's own (smarthost/server.py)."""

from pathlib import Path

from icewarp.settings import VARIABLES, Settings, defaults

DELIVERY = "C_Mail_SMTP_General_DeliveryMode"
RELAY = "C_Mail_SMTP_General_RelayMailServer"
FALL_BACK = "C_Mail_SMTP_Delivery_MXReconnectFailure"
LOGIN = "out@example.com:secret of out@outgoing.example.net:587"

MODELS: dict[str, dict[str, str]] = {
    "clean": {},
    "relay": {DELIVERY: "0", RELAY: "relay.example.net:587"},
    "login": {DELIVERY: "0", RELAY: LOGIN},
    "two": {DELIVERY: "0", RELAY: f"relay.example.net:26;{LOGIN}"},  # Nothing listens at the first one.
    "fall-back": {FALL_BACK: "1", RELAY: "relay.example.net:587"},
    "left-over": {RELAY: LOGIN},  # A relay server that is not used: mail goes by DNS.
    "no-tls": {"C_Mail_SMTP_Delivery_UseTLSSSL": "0"},
    "routes": {},
}
ROUTES = {
    "routes": "partner.example=%%current_recipient%%;;relay.example.net:587\r\n"
    "boss@example.com=%%current_recipient%%;8;out@example.com:secret of out@outgoing.example.net:587\r\n"
}


def install(home: Path, model: str, fqdn: str) -> None:
    fresh = {name: value for name, value in defaults(home).items() if not VARIABLES[name].read_only}
    (home / "config").mkdir(parents=True, exist_ok=True)
    Settings(home).change(fresh | {"C_Mail_SMTP_General_HostName": fqdn} | MODELS[model])
    (home / "config" / "redirect.dat").write_text(ROUTES.get(model, ""), newline="")
