"""icewarpd.sh: `--start`, `--stop`, `--restart`, of all modules or of one."""

import subprocess
import sys

from icewarp.daemon import MODULES, asked

USAGE = f"usage: icewarpd.sh --start|--stop|--restart [all|{'|'.join(MODULES)}]"


def main(words: list[str]) -> int:
    verb, module = (words[:1] or [""])[0].removeprefix("--"), (words[1:2] or ["all"])[0]
    if not words or not words[0].startswith("--") or len(words) > 2 or verb not in ("start", "stop", "restart"):
        print(USAGE, file=sys.stderr)
        return 1
    answer = asked(verb, module)
    if answer == "" and module == "all" and verb != "stop":
        return subprocess.run(["systemctl", "start", "icewarp"]).returncode
    if answer != "ok":
        print(answer or "icewarpd is not running", file=sys.stderr)
        return 1
    print(f"{module}: {verb}: OK")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
