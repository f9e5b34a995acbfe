"""Calls over one channel, for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any, Callable

import grpc
import grpc.aio
from google.protobuf.message import Message

from solotrial import calls, errors
from solotrial.transport import Answer


class AsyncTransport:
    """Sends requests to one engine; belongs to one event loop."""

    def __init__(
        self,
        engine: str,
        token: str = "",
        certificate: str = "",
        retries: calls.Retries = calls.Retries(),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
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
            grpc.aio.insecure_channel(engine, options)
            if credentials is None
            else grpc.aio.secure_channel(engine, credentials, options)
        )

    async def unary(
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
                result: Answer = await call(request, timeout=seconds, metadata=self._metadata)
                return result
            except grpc.RpcError as rpc_error:
                error = errors.from_rpc(rpc_error, self.engine)
                if not pauses or not calls.may_repeat(error):
                    raise error from None
            await self._sleep(pauses.pop(0))

    async def stream(
        self,
        method: str,
        request: Message,
        answer: type[Answer],
        *,
        repeatable: bool,
        timeout: float | None,
    ) -> AsyncIterator[Answer]:
        """The answers as they come; leaving the loop cancels the call. Never repeated."""
        del repeatable
        call = self._channel.unary_stream(
            method, type(request).SerializeToString, answer.FromString
        )
        stream = call(request, timeout=calls.deadline(method, timeout), metadata=self._metadata)
        try:
            async for message in stream:
                yield message
        except grpc.RpcError as rpc_error:
            raise errors.from_rpc(rpc_error, self.engine) from None
        finally:
            stream.cancel()

    async def close(self) -> None:
        """Ends every call."""
        await self._channel.close()
