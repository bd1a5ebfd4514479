"""Registry files as `reg.exe export` writes and `reg.exe import` reads them: version 5.00, UTF-16LE, CRLF.

`/reg:32`: `SOFTWARE\\WOW6432Node\\X` of a 64-bit Windows is called `SOFTWARE\\X` in
the file (§5: MailEnable is a 32-bit program). An import adds and overwrites; it removes what the file marks with `-`.
"""

import re

from windows.errors import failed
from windows.registry import LARGEST, Registry, canonical

HEAD = "Windows Registry Editor Version 5.00"
NODE = "\\SOFTWARE\\WOW6432Node"
HEX_OF = {"Binary": "hex", "ExpandString": "hex(2)", "MultiString": "hex(7)", "QWord": "hex(b)"}
KIND_OF = {form: kind for kind, form in HEX_OF.items()}
WIDTH = 80


def redirected(key: str) -> str:
    """The path of a key of the 32-bit view."""
    own = canonical(key)
    if own.lower().startswith("hklm:\\software") and not own.lower().startswith(("hklm:" + NODE).lower()):
        return "HKLM:" + NODE + own[len("HKLM:\\SOFTWARE") :]
    return own


def spelled(key: str) -> str:
    """A key as it is written in the file."""
    return key.replace("HKLM:", "HKEY_LOCAL_MACHINE", 1).replace(NODE, "\\SOFTWARE", 1)


def exported(registry: Registry, key: str) -> bytes:
    rows = registry.tree(redirected(key))
    if not rows:
        raise failed("ERROR: The system was unable to find the specified registry key or value.", "ObjectNotFound")
    lines, last = [HEAD], None
    for row in rows:
        if row["Key"] != last:
            lines += ["", f"[{spelled(row['Key'])}]"]
            last = row["Key"]
        if row["Name"] is not None:
            lines += wrapped(f"{quoted(row['Name'])}={data(row['Kind'], row['Value'])}")
    return ("\ufeff" + "\r\n".join(lines) + "\r\n\r\n").encode("utf-16-le")


def wrapped(line: str) -> list[str]:
    """Hexadecimal digits are continued on the next line after a backslash."""
    lines = []
    while "=hex" in line + "".join(lines[:1]) and len(line) > WIDTH:
        cut = line.rindex(",", 0, WIDTH - 1) + 1
        lines.append(line[:cut] + "\\")
        line = "  " + line[cut:]
    return [*lines, line]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def data(kind: str, value) -> str:
    if kind == "String":
        return quoted(value)
    if kind == "DWord":
        return f"dword:{int(value) % LARGEST[kind]:08x}"
    if kind == "Binary":
        raw = bytes(map(int, value))
    elif kind == "QWord":
        raw = (int(value) % LARGEST[kind]).to_bytes(8, "little")
    else:
        texts = value if kind == "MultiString" else [value]
        raw = "".join(text + "\0" for text in texts).encode("utf-16-le") + (b"\0\0" if kind == "MultiString" else b"")
    return f"{HEX_OF[kind]}:{','.join(f'{byte:02x}' for byte in raw)}"


def imported(registry: Registry, content: bytes) -> None:
    text = content.decode("utf-16") if content[:2] == b"\xff\xfe" else content.decode()
    # A line of hexadecimal digits is continued after a backslash.
    lines = re.sub(r"\\\r?\n\s*", "", text).splitlines()
    if not lines or lines[0].strip() != HEAD:
        raise failed("ERROR: Error accessing the registry.", "InvalidData")
    key = None
    for line in lines[1:]:
        if line.startswith("[-"):
            registry.remove_key(redirected(line[2:].rstrip("]")))
        elif line.startswith("["):
            key = redirected(line[1:].rstrip("]"))
            registry.write_all({key: {}})
        elif line.strip() and key:
            _imported_value(registry, key, line)


def _imported_value(registry: Registry, key: str, line: str) -> None:
    found = re.fullmatch(r'"((?:[^"\\]|\\.)*)"=(.*)', line)
    if not found:
        raise failed("ERROR: Error accessing the registry.", "InvalidData")
    name, form = _plain(found[1]), found[2].strip()
    if form == "-":
        if any(row["Name"].lower() == name.lower() for row in registry.values(key)):
            registry.remove(key, name)
        return
    registry.write(key, name, *parsed(form))


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def parsed(form: str) -> tuple[str, str | list[str]]:
    """The kind and value after `=`."""
    if form.startswith('"') and form.endswith('"'):
        return "String", _plain(form[1:-1])
    name, _, digits = form.partition(":")
    if name == "dword":
        return "DWord", str(int(digits, 16))
    raw = bytes(int(byte, 16) for byte in digits.split(",") if byte)
    kind = KIND_OF[name]
    if kind == "Binary":
        return kind, [str(byte) for byte in raw]
    if kind == "QWord":
        return kind, str(int.from_bytes(raw, "little"))
    texts = raw.decode("utf-16-le").split("\0")
    return (kind, [text for text in texts if text]) if kind == "MultiString" else (kind, texts[0])
