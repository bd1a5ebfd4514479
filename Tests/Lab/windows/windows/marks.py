"""What a test decides about Windows itself, stored next to the registry, where no Windows program reads it."""

from pathlib import Path

from windows.registry import Registry


def mark(key: str, on: bool, root: Path = Path("/")) -> None:
    registry = Registry(root)
    if on:
        registry.write(f"stand-in\\{key}", "on", "DWord", "1")
    elif marked(key, root):
        registry.remove(f"stand-in\\{key}", "on")


def marked(key: str, root: Path = Path("/")) -> bool:
    return bool(Registry(root).values(f"stand-in\\{key}"))
