"""Relay delivery rules: which one takes a message, and what happens to stored passwords when the list is replaced."""

import fnmatch
import uuid
from copy import deepcopy

from kerio.state import State


def new_id() -> str:
    return f"keriodb://relaydeliveryrule/{uuid.uuid4()}"


def blanked(rules: list[dict]) -> list[dict]:
    """The rules as a client reads them: without passwords."""
    shown = deepcopy(rules)
    for rule in shown:
        rule["authentication"]["password"] = ""
    return shown


def replaced(stored: list[dict], given: list[dict], state: State) -> list[dict]:
    """The new list, with new ids. An empty password erases; the id of a rule stands for that rule's password."""
    passwords = {rule["id"]: rule["authentication"]["password"] for rule in stored}
    fresh = deepcopy(given)
    for rule in fresh:
        login = rule["authentication"]
        if "password" not in login:
            kept = state["password-left-out"] == "keeps"
            login["password"] = passwords.get(rule.get("id", ""), "") if kept else ""
        elif login["password"] in passwords and state["id-copy"] == "copies":
            login["password"] = passwords[login["password"]]
        rule["id"] = new_id()
    return fresh


def complaint(rule: dict) -> str:
    """What is wrong with a rule of the right shape, or an empty string."""
    if not 1 <= rule["port"] <= 65535:
        return "Port number is out of range."
    if not rule["hostName"].strip() or any(letter.isspace() for letter in rule["hostName"]):
        return "Relay server hostname is not valid."
    if rule["condition"]["test"] != "RelayCondNone" and not rule["condition"]["pattern"]:
        return "Pattern must not be empty."
    if rule["authentication"]["isRequired"] and not rule["authentication"]["userName"]:
        return "User name must not be empty."
    return ""


def matches(rule: dict, sender: str, recipient: str) -> bool:
    condition = rule["condition"]
    if condition["test"] == "RelayCondNone":
        return True
    subject = recipient if condition["test"] == "RelayCondRecipient" else sender
    # fnmatch knows `[`, which an address may have.
    pattern = condition["pattern"].lower().replace("[", "[[]")
    found = fnmatch.fnmatchcase(subject.lower(), pattern)
    return found == (condition["comparator"] == "RelayCompEqual")


def choose(rules: list[dict], sender: str, recipient: str) -> dict | None:
    """The first rule that is enabled and matches; None: by MX."""
    return next((rule for rule in rules if rule["isEnabled"] and matches(rule, sender, recipient)), None)
