"""A real engine on a free port of this machine, with a clock that is set by hand."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ.get("SOLOTRIAL_BIN_DIR") or REPOSITORY / "build/release/bin")
START = "2026-03-01T12:00:00+01:00"
# An engine that says nothing for so long is broken; nothing is measured by it.
_PATIENCE = 60.0


class Engine:
    """One data folder with an engine that can be stopped, killed and started again.

    It keeps its port for life, so that clients find it again.
    """

    def __init__(self, *options: str, folder: Path | None = None, start: str = START) -> None:
        self._own_folder = None if folder else tempfile.TemporaryDirectory(prefix="solotrial-")
        self.folder = folder or Path(self._own_folder.name)
        self.data = self.folder / "data"
        self.data.mkdir(exist_ok=True)
        self._clock_file = self.folder / "clock"
        self._options = options
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self._log = ""
        self.pages_address = ""
        """HOST:PORT for browsers, with `--http-listen`; another one after every start."""
        self.tls_address = ""
        """HOST:PORT for clients that come with TLS, where there is one."""
        self.set_clock(start)
        self.start()

    # --- its life ----------------------------------------------------------------------------

    def start(self, *, limit_file_bytes: int | None = None) -> None:
        """Starts it; with a limit, no file of it can grow beyond that: a full disk."""
        command = [
            str(BINARIES / "solotrial-engine"),
            "--data",
            str(self.data),
            "--listen",
            f"127.0.0.1:{self._port}",
            "--clock",
            f"manual:{self._clock_file}",
            "--backup-hours",
            "0",
            *self._options,
        ]
        if limit_file_bytes is not None:
            # SIGXFSZ must not end it: writing beyond the limit is an error like any other.
            script = f"trap '' XFSZ; ulimit -f {limit_file_bytes // 1024}; exec \"$@\""
            command = ["bash", "-c", script, "engine", *command]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        try:
            if "--http-listen" in self._options:
                self.pages_address = self._wait_for(r"for browsers at https?://(\S+)$")[1]
            self._port = int(self._wait_for(r"listening on \S+:(\d+)$")[1])
            if "--tls" in self._options:
                self.tls_address = self._wait_for(r"listening on (\S+) for other machines")[1]
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Asks it to end, and waits."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it as a crash does."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Ends it as a crash does and starts it again."""
        self.kill()
        self.start()

    def back_up(self) -> Path:
        """Makes a backup now and returns its file."""
        before = set(self._backups())
        self._run("backup")
        (made,) = set(self._backups()) - before
        kept = self.folder / made.name
        shutil.copy(made, kept)
        return kept

    def restore(self, backup: Path) -> None:
        """Goes back to a backup, whatever was recorded since."""
        self.stop()
        self._run("restore", str(backup))
        self.start()

    def close(self) -> None:
        """Ends it and removes its folder."""
        self.kill()
        if self._own_folder is not None:
            self._own_folder.cleanup()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # --- what clients need ---------------------------------------------------------------------

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self._port}"

    @property
    def token(self) -> str:
        """The owner's."""
        return (self.data / "owner.token").read_text().strip()

    def set_clock(self, instant: str) -> None:
        """Sets its clock, RFC 3339."""
        part = self._clock_file.with_suffix(".part")
        part.write_text(instant + "\n")
        part.replace(self._clock_file)
        self._now = datetime.fromisoformat(instant.replace("Z", "+00:00"))

    def now(self) -> datetime:
        """What its clock shows."""
        return self._now

    def advance(self, days: float) -> None:
        """Moves its clock on."""
        self.set_clock((self._now + timedelta(days=days)).isoformat())

    # --- inside --------------------------------------------------------------------------------

    def _backups(self) -> list[Path]:
        return sorted((self.data / "backups").glob("*.db"))

    def _run(self, *words: str) -> None:
        command = [str(BINARIES / "solotrial-engine"), "--data", str(self.data), *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)} failed: {done.stderr}{done.stdout}")

    def _wait_for(self, pattern: str) -> re.Match[str]:
        assert self._process is not None
        assert self._process.stderr is not None
        self._log = ""
        for line in self._process.stderr:
            self._log += line
            found = re.search(pattern, line)
            if found:
                return found
        raise RuntimeError(f"the engine did not start: {self._log}")

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        # Reads the rest, so that it is never kept from ending by a full pipe.
        self._process.communicate(timeout=_PATIENCE)
        self._process = None
