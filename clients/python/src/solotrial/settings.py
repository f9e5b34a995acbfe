"""Which engine, with which credential: the command-line client's own places.

A machine that was paired by `solotrial join` needs nothing more here, and the other way round.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_DEFAULT_ENGINE = "127.0.0.1:7311"


@dataclass(frozen=True)
class Settings:
    """How to reach one engine."""

    engine: str
    """HOST:PORT."""
    token: str = field(default="", repr=False)
    """The credential."""
    certificate: str = field(default="", repr=False)
    """PEM of the certificate that the engine must have; empty: one that this machine trusts."""


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where an engine on this machine, and what was joined, keep their files."""
    if environment.get("SOLOTRIAL_DATA"):
        return Path(environment["SOLOTRIAL_DATA"])
    if environment.get("XDG_DATA_HOME"):
        return Path(environment["XDG_DATA_HOME"]) / "solotrial"
    return Path(environment.get("HOME") or Path.home()) / ".local" / "share" / "solotrial"


def find(
    engine: str = "", data: str | Path = "", environment: Mapping[str, str] = os.environ
) -> Settings:
    """What is in the environment, then in the data folder, then the default.

    SOLOTRIAL_ENGINE, SOLOTRIAL_DATA and SOLOTRIAL_TOKEN_FILE are those of the command-line client.
    """
    folder = Path(data) if data else data_folder(environment)
    joined = folder / "joined"
    joined_engine = _first_line(joined / "engine")
    engine = (
        engine
        or environment.get("SOLOTRIAL_ENGINE", "")
        or _first_line(folder / "engine.address")
        or joined_engine
        or _DEFAULT_ENGINE
    )
    # The token and certificate of the engine that was joined are for that engine only.
    is_joined = engine == joined_engine
    token_file = environment.get("SOLOTRIAL_TOKEN_FILE", "")
    if not token_file:
        token_file = str(joined / "token" if is_joined else folder / "owner.token")
    certificate = _text(joined / "certificate.pem") if is_joined else ""
    return Settings(engine, _first_line(Path(token_file)), certificate)


def keep(settings: Settings, data: str | Path = "") -> None:
    """Writes what was got by pairing, readable by this user only."""
    folder = (Path(data) if data else data_folder()) / "joined"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    _write(folder / "token", settings.token + "\n")
    _write(folder / "certificate.pem", settings.certificate)
    _write(folder / "engine", settings.engine + "\n")


def _write(path: Path, text: str) -> None:
    # Whole or not at all: a lost token is a lost device.
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _first_line(path: Path) -> str:
    return next(iter(_text(path).splitlines()), "").strip()
