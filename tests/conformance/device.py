"""A client under test: a process that reads a JSON object a line and answers with one a line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any


class Unsupported(Exception):
    """The driver says that its client cannot do this."""


class Device:
    """One device with a store of its own; can die and come back."""

    def __init__(self, command: list[str], connection: dict[str, Any]) -> None:
        self._command = command
        self.connection = connection
        self._process: subprocess.Popen[str] | None = None
        self._start()

    def ask(self, op: str, **parameters: Any) -> dict[str, Any]:
        """The driver's answer: {"ok": ...} or {"error": ...}."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"op": op, **parameters}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the driver ended at {op}")
        answer: dict[str, Any] = json.loads(line)
        if "unsupported" in answer:
            raise Unsupported(answer["unsupported"])
        return answer

    def connect(self, **changes: Any) -> dict[str, Any]:
        """Connects, with another token or another engine."""
        self.connection.update(changes)
        return self.ask("connect", **self.connection)

    def die(self) -> None:
        """The app is killed and started again; its store stays."""
        self.close()
        self._start()

    def close(self) -> None:
        """Kills the driver."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.connect()


def store_of(folder: Path, name: str) -> str:
    """Where the device of that name keeps what it must not lose."""
    return str(folder / f"store-{name}")
