"""What networks and newer engines do to calls, whatever the calls travel by."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.message import Message
from solotrial import v1

_TYPE_URL = "type.googleapis.com/google.rpc."

Metadata = list[tuple[str, Any]]
Forward = Callable[[str, bytes, Metadata], bytes]
"""Sends (method, request, metadata) to the engine; its answer, Refused, or Lost."""


class Lost(Exception):
    """Nobody answers, or nobody hears it."""


class Refused(Exception):
    """An answer with a status: the engine's own, or one that a case asked for."""

    def __init__(self, code: grpc.StatusCode, message: str, details: bytes = b"") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        """grpc-status-details-bin."""


@dataclass
class Fault:
    """What happens to the next `times` calls of a method (its bare name; `*`: any)."""

    kind: str
    method: str
    times: int = 1
    value: Any = None


class Network:
    """Carries calls of one device, with the faults that were asked for by method."""

    def __init__(self, forward: Forward) -> None:
        self._forward = forward
        self._faults: list[Fault] = []
        self._held: list[tuple[str, bytes, Metadata]] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """From now on."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """The network is well again."""
        with self._lock:
            self._faults.clear()

    def deliver_held(self) -> None:
        """Requests that were held reach the engine now, in the opposite order."""
        held, self._held = self._held[::-1], []
        for call in held:
            try:
                self._forward(*call)
            except (Lost, Refused):
                pass  # nobody waits for what becomes of it

    def carry(self, method: str, request: bytes, metadata: Metadata) -> bytes:
        """One unary call of `/package.Service/Method`."""
        name = method.rsplit("/", 1)[-1]
        fault = self._next_fault(name)
        kind, value = (fault.kind, fault.value) if fault else ("", None)
        if kind == "lose_request":
            raise Lost("the network lost the request")
        if kind == "hold_request":
            self._held.append((method, request, metadata))
            raise Lost("the network holds the request")
        if kind == "refuse":
            raise _refusal(value)
        if kind == "pretend":
            return _changed(name, b"", value)
        if kind == "duplicate":
            self._forward(method, request, metadata)
        answer = self._forward(method, request, metadata)
        if kind == "lose_answer":
            raise Lost("the network lost the answer")
        return _changed(name, answer, value) if kind == "change_answer" else answer

    def _next_fault(self, name: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.method in (name, "*"):
                    fault.times -= 1
                    return fault
        return None


def _refusal(value: dict[str, str]) -> Refused:
    """As of an engine that gives this reason; without one, as of something between."""
    details = b""
    if "reason" in value:
        status = v1.RpcStatus(code=grpc.StatusCode[value["code"]].value[0])
        info = v1.ErrorInfo(reason=value["reason"], domain="solotrial")
        info.metadata["retry"] = value.get("retry", "no")
        status.details.add(type_url=_TYPE_URL + "ErrorInfo", value=info.SerializeToString())
        details = status.SerializeToString()
    return Refused(grpc.StatusCode[value["code"]], value.get("message", "refused"), details)


def _changed(method: str, answer: bytes, change: dict[str, Any]) -> bytes:
    """`answer` with fields set, or with bytes that nobody knows at the end of it or of a part."""
    kinds: dict[str, type[Message]] = {
        "GetServerInfo": v1.ServerInfo,
        "GetTrial": v1.Trial,
        "GetToday": v1.Today,
        "ListChanges": v1.ListChangesResponse,
        "ListEntries": v1.ListEntriesResponse,
        "RecordEntries": v1.RecordEntriesResponse,
    }
    message: Any = kinds[method].FromString(answer)
    json_format.ParseDict(change.get("set", {}), message)
    unknown = bytes.fromhex(change.get("append", ""))
    for part in change.get("each", []):
        for element in getattr(message, part):
            element.MergeFromString(unknown)
    if "each" in change:
        return bytes(message.SerializeToString())
    return bytes(message.SerializeToString()) + unknown
