"""What holds for calls, whether they block or not: channel options, deadlines, repetitions."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

import grpc

from solotrial.errors import EngineError, SolotrialError, Unreachable

_SECONDS = 30.0
# What is simulated takes minutes; a watch is ended by whoever reads it.
_LONG_SECONDS = {
    "Analyze": 120.0,
    "AnalyzeRecord": 120.0,
    "ExportArchive": 120.0,
    "ExportFhir": 120.0,
    "GetSummary": 120.0,
    "ImportArchive": 120.0,
    "PlanTrial": 900.0,
    "PredictDecision": 900.0,
    "RenderSummary": 120.0,
}
_PAUSES = (0.1, 0.3, 0.7)

# The name that the engine's own certificate is made out to, whatever its address is.
_OWN_CERTIFICATE_HOST = "engine.solotrial.internal"


@dataclass(frozen=True)
class Retries:
    """How often, and after which pauses in seconds, a call is repeated that may be.

    May be: it only reads, or the engine knows its repetition (`request_id`, ids of entries).
    """

    pauses: Sequence[float] = _PAUSES


def deadline(method: str, timeout: float | None) -> float | None:
    """Seconds that a call of `/package.Service/Method` may take."""
    name = method.rsplit("/", 1)[-1]
    if timeout is not None or name == "WatchAnalysis":
        return timeout
    return _LONG_SECONDS.get(name, _SECONDS)


def may_repeat(error: SolotrialError) -> bool:
    """Whether the same call is worth another try at once."""
    if isinstance(error, EngineError):
        return error.reason == "BUSY"
    return isinstance(error, Unreachable)


def is_loopback(engine: str) -> bool:
    """Whether HOST:PORT is on this machine: anywhere else the token never travels in the clear."""
    host = engine.rpartition(":")[0].strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(engine: str) -> None:
    """ValueError unless `engine` is HOST:PORT, which nothing else can be mistaken for."""
    host, _, port = engine.rpartition(":")
    plain = host.strip("[]").replace(".", "").replace("-", "").replace(":", "")
    if not (port.isdigit() and len(port) <= 5 and plain.isalnum() and plain.isascii()):
        raise ValueError(
            f"{engine!r} is no engine address: write HOST:PORT, for example 127.0.0.1:7311"
        )


def check_token(token: str) -> None:
    """ValueError unless `token` can travel in a header."""
    if any(not "!" <= character <= "~" for character in token):
        raise ValueError("the token has characters that no token has: is it the right file?")


def channel_options(certificate: str) -> list[tuple[str, str | int]]:
    """Options of the channel to an engine whose own certificate is `certificate` (PEM or empty)."""
    options: list[tuple[str, str | int]] = [
        # An export of years with notes is larger than gRPC's default of 4 MiB.
        ("grpc.max_receive_message_length", 64 << 20),
        # The token is for this engine: never through a proxy that the environment names.
        ("grpc.enable_http_proxy", 0),
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1000),
        # Two clients of one process do not wait for each other's connections.
        ("grpc.use_local_subchannel_pool", 1),
    ]
    if certificate:
        options.append(("grpc.ssl_target_name_override", _OWN_CERTIFICATE_HOST))
    return options


def channel_credentials(engine: str, certificate: str) -> grpc.ChannelCredentials | None:
    """None: no TLS, which only an engine on this machine goes without."""
    if certificate:
        return grpc.ssl_channel_credentials(root_certificates=certificate.encode())
    if is_loopback(engine):
        return None
    return grpc.ssl_channel_credentials()
