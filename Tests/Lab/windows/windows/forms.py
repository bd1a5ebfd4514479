"""How values are compared: docs/scripts.md, "Forms"."""

import hashlib
import re


def element(form: str, text: str) -> str:
    if form == "caseless":
        return text.lower()
    if form == "hosts":
        return text.removeprefix("[").removesuffix("]").lower()
    if form == "addressSpaces":
        space, semicolon, cost = text.partition(";")
        kind, colon, domain = space.partition(":")
        if semicolon and re.fullmatch(" *[0-9]+ *", cost):
            cost = str(int(cost))
        return f"{kind.upper() if colon else 'SMTP'}:{(domain if colon else kind).lower()};{cost if semicolon else '1'}"
    if form == "servers":
        name = text[3:].partition(",")[0] if text[:3].upper() == "CN=" else re.split(r"[/\\]", text.rstrip("/\\"))[-1]
        return name.partition(".")[0].upper()
    if form == "bytes":
        found = re.search(r"\(([^()]*)\)[^(]*$", text)
        return re.sub("[^0-9]", "", found[1]) if found else text.lower()
    if form == "seconds":
        found = re.fullmatch(r"(?:(\d+)\.)?(\d+):(\d+):(\d+)(?:\.\d*)?", text)
        if found:
            days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
            return str(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    return text


def canonical(form: str, texts: list[str]) -> str | None:
    found = [element(form, text) for text in texts if text]
    if form in ("hosts", "addressSpaces", "servers"):
        found = sorted(set(found))
    return ", ".join(found) if found else None


def digest(item: dict[str, list[str]], names: list[str], forms: dict[str, str]) -> str:
    text = ""
    for name in sorted(names):
        value = canonical(forms.get(name, "exact"), item.get(name, []))
        text += name + ("" if value is None else f"={len(value.encode())}:{value}") + "\n"
    return hashlib.sha256(text.encode()).hexdigest()
