"""Stands between a client and an engine and does to calls what networks and newer engines do.

It knows gRPC's methods and passes their bytes on as they are; faults are asked for by method.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import json_format
from google.protobuf.message import Message
from solotrial import v1

_TYPE_URL = "type.googleapis.com/google.rpc."
# What HTTP/2 and gRPC add themselves.
_NOT_PASSED_ON = ("user-agent", "grpc-", "content-type", "te")


@dataclass
class Fault:
    """What happens to the next `times` calls of a method (its bare name; `*`: any)."""

    kind: str
    method: str
    times: int = 1
    value: Any = None
    held: list[tuple[str, bytes, Any]] = field(default_factory=list)


class Proxy:
    """One per device, on a free port of this machine."""

    def __init__(self, engine: str) -> None:
        self._engine = grpc.insecure_channel(
            engine,
            [
                ("grpc.use_local_subchannel_pool", 1),
                ("grpc.initial_reconnect_backoff_ms", 50),
                ("grpc.max_reconnect_backoff_ms", 100),
                ("grpc.max_receive_message_length", 64 << 20),
            ],
        )
        self._faults: list[Fault] = []
        self._held: list[tuple[str, bytes, Any]] = []
        self._lock = threading.Lock()
        self.calls: list[str] = []
        self._server = grpc.server(
            futures.ThreadPoolExecutor(8),
            handlers=[_Handler(self)],
            options=[("grpc.so_reuseport", 0)],
        )
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self.port}"

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
        for method, request, metadata in held:
            try:
                self._forward(method)(request, metadata=metadata, timeout=30)
            except grpc.RpcError:
                pass  # nobody waits for what becomes of it

    def wait_for_engine(self) -> None:
        """Returns when the engine can be called (again)."""
        grpc.channel_ready_future(self._engine).result(timeout=60)

    def close(self) -> None:
        """Ends it."""
        self._server.stop(None).wait()
        self._engine.close()

    # --- inside --------------------------------------------------------------------------------

    def _forward(self, method: str) -> Callable[..., bytes]:
        return self._engine.unary_unary(method)  # type: ignore[no-any-return]

    def _next_fault(self, name: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.method in (name, "*"):
                    fault.times -= 1
                    return fault
        return None

    def answer(self, method: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        """One unary call."""
        name = method.rsplit("/", 1)[-1]
        self.calls.append(name)
        metadata = _passed_on(context)
        fault = self._next_fault(name)
        kind = fault.kind if fault else ""
        if kind == "lose_request":
            context.abort(grpc.StatusCode.UNAVAILABLE, "the network lost the request")
        if kind == "hold_request":
            self._held.append((method, request, metadata))
            context.abort(grpc.StatusCode.UNAVAILABLE, "the network holds the request")
        if kind == "refuse":
            assert fault is not None
            _refuse(context, fault.value)
        if kind == "pretend":
            assert fault is not None
            return _changed(name, b"", fault.value)
        try:
            if kind == "duplicate":
                self._forward(method)(request, metadata=metadata, timeout=60)
            answer = self._forward(method)(request, metadata=metadata, timeout=60)
        except grpc.RpcError as error:
            call: Any = error
            context.set_trailing_metadata(
                [(k, v) for k, v in call.trailing_metadata() or () if k.endswith("-bin")]
            )
            context.abort(call.code(), call.details())
        if kind == "lose_answer":
            context.abort(grpc.StatusCode.UNAVAILABLE, "the network lost the answer")
        if kind == "change_answer":
            assert fault is not None
            return _changed(name, answer, fault.value)
        return answer

    def stream(self, method: str, request: bytes, context: Any) -> Iterator[bytes]:
        """One call that answers more than once; never faulty."""
        call = self._engine.unary_stream(method)(request, metadata=_passed_on(context))
        context.add_callback(call.cancel)
        try:
            yield from call
        except grpc.RpcError as error:
            rpc: Any = error
            context.abort(rpc.code(), rpc.details())


class _Handler(grpc.GenericRpcHandler):
    _STREAMS = ("WatchAnalysis", "PlanTrial")

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        method = details.method
        if method.rsplit("/", 1)[-1] in self._STREAMS:
            return grpc.unary_stream_rpc_method_handler(
                lambda request, context: self._proxy.stream(method, request, context)
            )
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: self._proxy.answer(method, request, context)
        )


def _passed_on(context: grpc.ServicerContext) -> list[tuple[str, str | bytes]]:
    return [
        (key, value)
        for key, value in context.invocation_metadata()
        if not key.startswith(_NOT_PASSED_ON)
    ]


def _refuse(context: grpc.ServicerContext, value: dict[str, str]) -> None:
    """Answers as an engine does that gives this reason; without one, as something between does."""
    if "reason" in value:
        status = v1.RpcStatus()
        info = v1.ErrorInfo(reason=value["reason"], domain="solotrial")
        info.metadata["retry"] = value.get("retry", "no")
        status.details.add(type_url=_TYPE_URL + "ErrorInfo", value=info.SerializeToString())
        context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
    context.abort(grpc.StatusCode[value["code"]], value.get("message", "refused"))


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
