"""The client of one engine, for asyncio: the same names as solotrial.client."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

from solotrial import aio_services, pairing, settings, versions
from solotrial.aio_transport import AsyncTransport
from solotrial.days import utc_now
from solotrial.v1.access_pb2 import NewAccess
from solotrial.v1.entry_pb2 import Entry
from solotrial.v1.server_service_pb2 import ServerInfo
from solotrial.v1.trial_pb2 import Trial


class AsyncClient:
    """All services of one engine. Made in, and used by, one event loop."""

    def __init__(
        self, engine: str, token: str = "", certificate: str = "", **transport: Any
    ) -> None:
        self.engine = engine
        """HOST:PORT."""
        self._transport = AsyncTransport(engine, token, certificate, **transport)
        self.access = aio_services.AccessService(self._transport)
        """Devices, codes, links, the audit log."""
        self.analyses = aio_services.AnalysisService(self._transport)
        """Does the person respond?"""
        self.catalog = aio_services.CatalogService(self._transport)
        """What can be tried, for what, and what is dangerous."""
        self.data = aio_services.DataService(self._transport)
        """Take everything along, bring it in, delete it."""
        self.diary = aio_services.DiaryService(self._transport)
        """Entries; see solotrial.Outbox for what must not be lost."""
        self.plans = aio_services.PlanService(self._transport)
        """Designs that can answer."""
        self.reports = aio_services.ReportService(self._transport)
        """The page for the doctor, tables, FHIR, the calendar."""
        self.server = aio_services.ServerService(self._transport)
        """What this engine is."""
        self.trials = aio_services.TrialService(self._transport)
        """Setting up, living and ending trials."""

    async def check_version(self) -> ServerInfo:
        """What the engine is; VersionMismatch when it speaks another API."""
        info = await self.server.get_server_info()
        versions.check(info)
        return info

    async def now(self) -> datetime:
        """The time to date entries by: the machine's, or that of an engine set by hand."""
        info = await self.server.get_server_info()
        if not info.manual_clock:
            return utc_now()
        return info.server_time.ToDatetime(tzinfo=timezone.utc)

    async def all_trials(self) -> AsyncIterator[Trial]:
        """Every trial of the caller, newest first, page by page."""
        token = ""
        while True:
            page = await self.trials.list_trials(page_token=token)
            for trial in page.trials:
                yield trial
            token = page.next_page_token
            if not token:
                return

    async def all_entries(self, trial: str) -> AsyncIterator[Entry]:
        """Every entry of a trial that counts, by date, page by page."""
        token = ""
        while True:
            page = await self.diary.list_entries(trial=trial, page_token=token)
            for entry in page.entries:
                yield entry
            token = page.next_page_token
            if not token:
                return

    async def close(self) -> None:
        """Ends every call."""
        await self._transport.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


async def connect(engine: str = "", *, data: str | Path = "", **transport: Any) -> AsyncClient:
    """As solotrial.connect."""
    found = settings.find(engine, data)
    client = AsyncClient(found.engine, found.token, found.certificate, **transport)
    try:
        await client.check_version()
    except BaseException:
        await client.close()
        raise
    return client


async def join(
    code: str,
    *,
    engine: str = "",
    pin: str = "",
    device: str = "",
    data: str | Path = "",
    keep: bool = True,
) -> tuple[AsyncClient, NewAccess]:
    """As solotrial.join."""
    if code.startswith("solotrial:"):
        link = pairing.parse_link(code)
        if link.what != "pair":
            raise ValueError("that link shows a trial; it is no pairing code or invitation")
        engine, code, pin = link.engine, link.code, link.pin
    certificate = ""
    if pin:
        # Opening a socket with TLS blocks for a moment: not the loop.
        loop = asyncio.get_running_loop()
        certificate = await loop.run_in_executor(None, pairing.fetch_certificate, engine, pin)
    async with AsyncClient(engine, certificate=certificate) as nobody:
        await nobody.check_version()
        got = await nobody.access.claim_code(
            code=code, device_display_name=device or socket.gethostname()
        )
    found = settings.Settings(engine, got.token, certificate)
    if keep:
        settings.keep(found, data)
    return AsyncClient(found.engine, found.token, found.certificate), got
