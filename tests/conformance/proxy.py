"""Stands between a client and an engine, and is their network: for clients that speak gRPC.

It knows gRPC's methods and passes their bytes on as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc

from engine import Engine
from network import Lost, Metadata, Network, Refused

# What HTTP/2 and gRPC add themselves.
_NOT_PASSED_ON = ("user-agent", "grpc-", "content-type", "te")


class Proxy:
    """One per device, on a free port of this machine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = grpc.insecure_channel(
            engine.address,
            [
                ("grpc.use_local_subchannel_pool", 1),
                ("grpc.initial_reconnect_backoff_ms", 50),
                ("grpc.max_reconnect_backoff_ms", 100),
                ("grpc.max_receive_message_length", 64 << 20),
            ],
        )
        self.network = Network(self._forward)
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

    def wait_for_engine(self) -> None:
        """Returns when the engine can be called (again)."""
        grpc.channel_ready_future(self._engine).result(timeout=60)

    def close(self) -> None:
        """Ends it."""
        self._server.stop(None).wait()
        self._engine.close()

    # --- inside --------------------------------------------------------------------------------

    def _forward(self, method: str, request: bytes, metadata: Metadata) -> bytes:
        try:
            answer: bytes = self._engine.unary_unary(method)(request, metadata=metadata, timeout=60)
            return answer
        except grpc.RpcError as error:
            call: Any = error
            trailers = dict(call.trailing_metadata() or ())
            details = trailers.get("grpc-status-details-bin", b"")
            raise Refused(call.code(), call.details(), details) from None

    def answer(self, method: str, request: bytes, context: grpc.ServicerContext) -> bytes:
        """One unary call."""
        try:
            return self.network.carry(method, request, _passed_on(context))
        except Lost as lost:
            context.abort(grpc.StatusCode.UNAVAILABLE, str(lost))
        except Refused as refused:
            if refused.details:
                context.set_trailing_metadata([("grpc-status-details-bin", refused.details)])
            context.abort(refused.code, refused.message)

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


def _passed_on(context: grpc.ServicerContext) -> Metadata:
    return [
        (key, value)
        for key, value in context.invocation_metadata()
        if not key.startswith(_NOT_PASSED_ON)
    ]
