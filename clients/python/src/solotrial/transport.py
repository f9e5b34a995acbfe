"""Blocking calls over one channel."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Callable, TypeVar

import grpc
from google.protobuf.message import Message

from solotrial import calls, errors

Answer = TypeVar("Answer", bound=Message)


class Transport:
    """Sends requests to one engine; thread-safe."""

    def __init__(
        self,
        engine: str,
        token: str = "",
        certificate: str = "",
        retries: calls.Retries = calls.Retries(),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        calls.check_address(engine)
        calls.check_token(token)
        self.engine = engine
        self._metadata = (("authorization", f"Bearer {token}"),) if token else ()
        self._retries = retries
        self._sleep = sleep
        options = calls.channel_options(certificate)
        credentials = calls.channel_credentials(engine, certificate)
        self._channel: Any = (
            grpc.insecure_channel(engine, options)
            if credentials is None
            else grpc.secure_channel(engine, credentials, options)
        )

    def unary(
        self,
        method: str,
        request: Message,
        answer: type[Answer],
        *,
        repeatable: bool,
        timeout: float | None,
    ) -> Answer:
        """The answer, or an exception of solotrial.errors."""
        call = self._channel.unary_unary(method, type(request).SerializeToString, answer.FromString)
        pauses = list(self._retries.pauses) if repeatable else []
        seconds = calls.deadline(method, timeout)
        while True:
            try:
                result: Answer = call(request, timeout=seconds, metadata=self._metadata)
                return result
            except grpc.RpcError as rpc_error:
                error = errors.from_rpc(rpc_error, self.engine)
                if not pauses or not calls.may_repeat(error):
                    raise error from None
            self._sleep(pauses.pop(0))

    def stream(
        self,
        method: str,
        request: Message,
        answer: type[Answer],
        *,
        repeatable: bool,
        timeout: float | None,
    ) -> Iterator[Answer]:
        """The answers as they come; leaving the loop cancels the call. Never repeated."""
        del repeatable
        call = self._channel.unary_stream(
            method, type(request).SerializeToString, answer.FromString
        )
        stream = call(request, timeout=calls.deadline(method, timeout), metadata=self._metadata)
        try:
            yield from stream
        except grpc.RpcError as rpc_error:
            raise errors.from_rpc(rpc_error, self.engine) from None
        finally:
            stream.cancel()

    def close(self) -> None:
        """Ends every call."""
        self._channel.close()
