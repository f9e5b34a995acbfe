"""Whether the engine and this package understand each other."""

from __future__ import annotations

from solotrial.errors import VersionMismatch
from solotrial.v1.server_service_pb2 import ApiLevel, ServerInfo

API_VERSION = "v1"
"""The API that this package speaks. Within it everything is only ever added."""
API_LEVEL = int(ApiLevel.API_LEVEL_CURRENT)
"""How many additions this package knows."""


def check(info: ServerInfo) -> None:
    """VersionMismatch when the two cannot understand each other.

    An engine that is only older within the API is fine: what it lacks is NotSupported when called.
    """
    if info.api_version == API_VERSION:
        if info.oldest_client_level > API_LEVEL:
            raise VersionMismatch(
                f"The engine {info.engine_version} asks for clients of API level "
                f"{info.oldest_client_level}, this package has {API_LEVEL}: this package is too "
                "old: update it (pip install --upgrade)"
            )
        return
    ours, theirs = _number(API_VERSION), _number(info.api_version)
    if theirs > ours:
        what = "this package is too old: update it (pip install --upgrade)"
    elif theirs:
        what = "the engine is too old: update the engine"
    else:
        what = "is it an engine of solotrial?"
    raise VersionMismatch(
        f"The engine {info.engine_version} speaks API {info.api_version or 'nothing known'}, this "
        f"package {API_VERSION}: {what}"
    )


def _number(version: str) -> int:
    digits = version[1:]
    return int(digits) if version[:1] == "v" and digits.isdigit() else 0
