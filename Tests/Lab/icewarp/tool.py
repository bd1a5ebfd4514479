"""tool.sh: `get`, `display` and `set` of system variables. Other commands are refused, as unknown ones are."""

import sys
from pathlib import Path

from icewarp.settings import VARIABLES, Settings, named
from icewarp.state import State

HOME = Path("/opt/icewarp")
USAGE = "usage: tool get|display system VARIABLE…; tool set system VARIABLE VALUE [VARIABLE VALUE…]"


class Failure(Exception):
    pass


def read(settings: Settings, names: list[str]) -> list[str]:
    if not names:
        raise Failure(USAGE)
    values, lines = settings.all(), []
    for name in names:
        found = named(name)
        if not found:
            raise Failure(f"{name}: unknown variable")
        lines += [f"{each}: {values[each]}" for each in found]
    return lines


def write(settings: Settings, words: list[str]) -> list[str]:
    """Sets the pairs in order. If one is refused, those before it stay and those after it are not written."""
    if not words or len(words) % 2:
        raise Failure(USAGE)
    lines = []
    for name, value in zip(words[::2], words[1::2]):
        found = [] if "*" in name else named(name)
        if not found:
            raise Failure(f"{name}: unknown variable")
        if VARIABLES[found[0]].read_only:
            raise Failure(f"{found[0]}: read only")
        if not VARIABLES[found[0]].takes(value):
            raise Failure(f"{found[0]}: not a value of this variable")
        settings.change({found[0]: value})
        lines.append(f"{found[0]}: {value}")
    return lines


def run(words: list[str], home: Path = HOME) -> list[str]:
    verb, kind, rest = (words[:1] or [""])[0].lower(), (words[1:2] or [""])[0].lower(), words[2:]
    if kind != "system":
        raise Failure(USAGE)
    if verb in ("get", "display"):
        return read(Settings(home), rest)
    if verb == "set":
        return write(Settings(home), rest)
    raise Failure(USAGE)


def main(words: list[str]) -> None:
    end = State().line_end
    try:
        lines = run(words)
    except Failure as failure:
        sys.stderr.write(f"{failure}{end}")
        raise SystemExit(1) from None
    sys.stdout.write("".join(line + end for line in lines))


if __name__ == "__main__":
    main(sys.argv[1:])
