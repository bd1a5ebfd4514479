"""The structures of the IDL, as igiant/connect mirrors it, and whether a value has the shape of one.

"All fields must be assigned if used in set methods", say its comments, so a missing field is refused,
and so is an unknown one.
"""

LIMIT = {"isActive": bool, "limit": int}
TIME = {"value": int, "units": ("Minutes", "Hours", "Days", "Weeks")}
BYTES = {"value": int, "units": ("Bytes", "KiloBytes", "MegaBytes", "GigaBytes", "TeraBytes", "PetaBytes")}
SMTP = {
    "relayControl": {
        "isRestricted": bool,
        "ipAddressGroupName": str,
        "ipAddressGroupId": str,
        "authenticateOutgoing": bool,
        "forwardPop3authentication": LIMIT,
        "hideLocalIpInRcv": bool,
    },
    "ipBasedLimit": {
        "maximumFromIp": LIMIT,
        "maximumConnections": LIMIT,
        "maximumUnknowns": LIMIT,
        "ipAddressGroupName": str,
        "ipAddressGroupId": str,
    },
    "blockUnknownDns": bool,
    "verifyClientRDnsEntry": bool,
    "requireLocalDomainSenderAuth": bool,
    "maximumRecipients": LIMIT,
    "maximumSmtpFailures": LIMIT,
    "messageSize": {"isActive": bool, "limit": BYTES},
    "readerHops": int,
    "useSSL": bool,
    "maximumThreads": int,
    "retryInterval": TIME,
    "bounceInterval": TIME,
    "warningInterval": TIME,
    "reportLanguage": str,
}
RULE = {
    "id": str,
    "isEnabled": bool,
    "description": str,
    "hostName": str,
    "port": int,
    "authentication": {"isRequired": bool, "userName": str, "password": str, "authType": ("Auth", "Pop3Based")},
    "condition": {
        "test": ("RelayCondNone", "RelayCondRecipient", "RelayCondSender"),
        "comparator": ("RelayCompEqual", "RelayCompNotEqual"),
        "pattern": str,
    },
}
# A rule's id is read-only; what a left out password does is another question (README).
LEFT_OUT = ("id", "authentication.password")


def wrong(value, shape, at: str = "", left_out: tuple[str, ...] = ()) -> str:
    """The first place that does not have the shape, or an empty string."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return at or "."
        for key, of in shape.items():
            place = f"{at}.{key}".lstrip(".")
            if key not in value and place not in left_out:
                return place
            if key in value and (found := wrong(value[key], of, place, left_out)):
                return found
        return next((f"{at}.{key}".lstrip(".") for key in value if key not in shape), "")
    if isinstance(shape, tuple):
        return "" if value in shape else at
    # In Python a bool is an int; in JSON it is not.
    return "" if isinstance(value, shape) and (shape is bool or not isinstance(value, bool)) else at


DEFAULT_SMTP = {
    "relayControl": {
        "isRestricted": True,
        "ipAddressGroupName": "Local clients",
        "ipAddressGroupId": "keriodb://ipaddressgroup/5a1c4f0e-7c1d-4a5a-9a57-0f8a1f6f2c11",
        "authenticateOutgoing": False,
        "forwardPop3authentication": {"isActive": False, "limit": 20},
        "hideLocalIpInRcv": True,
    },
    "ipBasedLimit": {
        "maximumFromIp": {"isActive": False, "limit": 200},
        "maximumConnections": {"isActive": False, "limit": 10},
        "maximumUnknowns": {"isActive": False, "limit": 20},
        "ipAddressGroupName": "",
        "ipAddressGroupId": "",
    },
    "blockUnknownDns": False,
    "verifyClientRDnsEntry": False,
    "requireLocalDomainSenderAuth": False,
    "maximumRecipients": {"isActive": True, "limit": 100},
    "maximumSmtpFailures": {"isActive": False, "limit": 3},
    "messageSize": {"isActive": False, "limit": {"value": 20, "units": "MegaBytes"}},
    "readerHops": 100,
    "useSSL": True,
    "maximumThreads": 16,
    "retryInterval": {"value": 30, "units": "Minutes"},
    "bounceInterval": {"value": 2, "units": "Days"},
    "warningInterval": {"value": 4, "units": "Hours"},
    "reportLanguage": "en",
}
SECONDS = {"Minutes": 60, "Hours": 3600, "Days": 86400, "Weeks": 604800}


def seconds(limit: dict) -> float:
    return limit["value"] * SECONDS[limit["units"]]
