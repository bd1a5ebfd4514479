"""Windows' scheduled tasks, as far as the dead-man switch needs them, in a file that survives a reboot."""

import json
import os
import time
from pathlib import Path

from windows.errors import failed
from windows.registry import STATE


class Tasks:
    """`\\mtactl-RUN`: what it runs, and when. A task whose time passed while the host was down is due when it starts."""

    def __init__(self, root: Path, now=time.time):
        self._path, self._now = root / STATE / "tasks.json", now

    def all(self) -> dict[str, dict]:
        return json.loads(self._path.read_text()) if self._path.exists() else {}

    def arm(self, run: str, script: str, seconds: int) -> None:
        self._save(self.all() | {run: {"script": script, "at": self._now() + seconds}})

    def disarm(self, run: str) -> None:
        tasks = self.all()
        if run not in tasks:
            raise failed(
                f'ERROR: The specified task name "\\mtactl-{run}" does not exist in the system.', "ObjectNotFound"
            )
        del tasks[run]
        self._save(tasks)

    def read(self, run: str) -> list[dict]:
        task = self.all().get(run)
        return [{"SecondsLeft": max(0, int(task["at"] - self._now())), "State": "Ready"}] if task else []

    def due(self) -> list[tuple[str, str]]:
        """Tasks that are due, each once: run and script."""
        tasks = self.all()
        over = [(run, task["script"]) for run, task in tasks.items() if task["at"] <= self._now()]
        if over:
            self._save({run: task for run, task in tasks.items() if (run, task["script"]) not in over})
        return over

    def _save(self, tasks: dict) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(tasks))
        os.replace(fresh, self._path)
