"""Small parts of making a request."""

from __future__ import annotations

import secrets
import time
import uuid
from typing import Any


def present(**fields: Any) -> dict[str, Any]:
    """The fields that were given."""
    return {name: value for name, value in fields.items() if value is not None}


def new_request_id() -> str:
    """An id by which the engine knows a repetition of a request."""
    return str(uuid.uuid4())


def new_entry_id(unix_milliseconds: int | None = None) -> str:
    """A version 7 UUID: the time, then chance."""
    now = time.time_ns() // 1_000_000 if unix_milliseconds is None else unix_milliseconds
    number = (now & (2**48 - 1)) << 80 | secrets.randbits(80)
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=number))
