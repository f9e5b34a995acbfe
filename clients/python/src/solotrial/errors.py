"""What can go wrong, as types: match on these, never on a message's text.

`solotrial.reasons` has one subclass of EngineError for every reason that the engine gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from solotrial.v1.errors_pb2 import BadRequest, ErrorInfo, RpcStatus

_DETAILS = "grpc-status-details-bin"


class SolotrialError(Exception):
    """Everything that this package raises about an engine."""


class Unreachable(SolotrialError):
    """No engine answers at the address: nothing is known of what became of the call."""


class TimedOut(SolotrialError):
    """The engine did not answer in time: nothing is known of what became of the call."""


class WrongCertificate(SolotrialError):
    """What answers has not the certificate that the pairing code names: nothing was sent."""


class VersionMismatch(SolotrialError):
    """The engine and this package do not speak the same API: the message says which is too old."""


class NotSupported(SolotrialError):
    """The engine does not know this call: it is older than this package."""


@dataclass(frozen=True)
class Violation:
    """One field that is wrong."""

    field: str
    """Path from the request's root, for example `protocol.measures[0].maximum`."""
    description: str
    """What is wrong, and what would be right."""


class EngineError(SolotrialError):
    """The engine refused the call and said why.

    Of a reason that this package does not know (a newer engine's) it is an EngineError itself.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        code: str,
        retryable: bool,
        violations: tuple[Violation, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        """For a developer, in English; never holds a recorded value."""
        self.reason = reason
        """Stable name, for example `TRIAL_NOT_FOUND`; empty when something between gave none."""
        self.code = code
        """Name of the gRPC code, for example `NOT_FOUND`."""
        self.retryable = retryable
        """Whether the same call can succeed later."""
        self.violations = violations
        """Every field that is wrong, as far as the engine lists them."""

    def __str__(self) -> str:
        name = self.reason or self.code
        if len(self.violations) < 2:
            return f"{name}: {self.message}"
        # The message lists as many of them as fit.
        rows = "".join(f"\n  {v.field}: {v.description}" for v in self.violations)
        return f"{name}: {len(self.violations)} faults:{rows}"


def from_rpc(error: grpc.RpcError, engine: str) -> SolotrialError:
    """The exception that says what `error`, of a call to `engine`, means."""
    call: Any = error
    code: grpc.StatusCode = call.code()
    message: str = call.details() or ""
    parsed = _details(call)
    if parsed is not None:
        return parsed
    if code == grpc.StatusCode.UNAVAILABLE:
        return Unreachable(f"The engine at {engine} cannot be reached: {message}")
    if code == grpc.StatusCode.DEADLINE_EXCEEDED:
        return TimedOut(f"The engine at {engine} did not answer in time.")
    if code == grpc.StatusCode.UNIMPLEMENTED:
        return NotSupported(
            f"The engine at {engine} does not know this call: it is older than this package."
        )
    return EngineError(message, reason="", code=code.name, retryable=False)


def _details(call: Any) -> EngineError | None:
    """What the engine itself says; None when something between said it."""
    from solotrial.reasons import BY_REASON

    trailers = call.trailing_metadata() or ()
    wire = next((value for key, value in trailers if key == _DETAILS), None)
    if wire is None:
        return None
    info = ErrorInfo()
    violations: list[Violation] = []
    try:
        for detail in RpcStatus.FromString(wire).details:
            kind = detail.type_url.rsplit("/", 1)[-1]
            if kind == "google.rpc.ErrorInfo":
                info = ErrorInfo.FromString(detail.value)
            elif kind == "google.rpc.BadRequest":
                rows = BadRequest.FromString(detail.value).field_violations
                violations += [Violation(row.field, row.description) for row in rows]
    except DecodeError:
        return None
    if not info.reason:
        return None
    kind_of_error = BY_REASON.get(info.reason, EngineError)
    return kind_of_error(
        call.details() or "",
        reason=info.reason,
        code=call.code().name,
        retryable=info.metadata.get("retry") == "yes",
        violations=tuple(violations),
    )
