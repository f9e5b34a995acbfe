"""The client of one engine, blocking."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

from solotrial import pairing, services, settings, versions
from solotrial.days import utc_now
from solotrial.transport import Transport
from solotrial.v1.access_pb2 import NewAccess
from solotrial.v1.entry_pb2 import Entry
from solotrial.v1.server_service_pb2 import ServerInfo
from solotrial.v1.trial_pb2 import Trial


class Client:
    """All services of one engine. Thread-safe; nothing is sent before the first call.

    Every method of the API is there under its own name: `client.trials.get_trial(name=...)`. All
    raise what solotrial.errors and solotrial.reasons say.
    """

    def __init__(
        self, engine: str, token: str = "", certificate: str = "", **transport: Any
    ) -> None:
        self.engine = engine
        """HOST:PORT."""
        self._transport = Transport(engine, token, certificate, **transport)
        self.access = services.AccessService(self._transport)
        """Devices, codes, links, the audit log."""
        self.analyses = services.AnalysisService(self._transport)
        """Does the person respond?"""
        self.catalog = services.CatalogService(self._transport)
        """What can be tried, for what, and what is dangerous."""
        self.data = services.DataService(self._transport)
        """Take everything along, bring it in, delete it."""
        self.diary = services.DiaryService(self._transport)
        """Entries; see solotrial.Outbox for what must not be lost."""
        self.plans = services.PlanService(self._transport)
        """Designs that can answer."""
        self.reports = services.ReportService(self._transport)
        """The page for the doctor, tables, FHIR, the calendar."""
        self.server = services.ServerService(self._transport)
        """What this engine is."""
        self.trials = services.TrialService(self._transport)
        """Setting up, living and ending trials."""

    def check_version(self) -> ServerInfo:
        """What the engine is; VersionMismatch when it speaks another API."""
        info = self.server.get_server_info()
        versions.check(info)
        return info

    def now(self) -> datetime:
        """The time to date entries by: the machine's, or that of an engine set by hand."""
        info = self.server.get_server_info()
        if not info.manual_clock:
            return utc_now()
        return info.server_time.ToDatetime(tzinfo=timezone.utc)

    def all_trials(self) -> Iterator[Trial]:
        """Every trial of the caller, newest first, page by page."""
        token = ""
        while True:
            page = self.trials.list_trials(page_token=token)
            yield from page.trials
            token = page.next_page_token
            if not token:
                return

    def all_entries(self, trial: str) -> Iterator[Entry]:
        """Every entry of a trial that counts, by date, page by page."""
        token = ""
        while True:
            page = self.diary.list_entries(trial=trial, page_token=token)
            yield from page.entries
            token = page.next_page_token
            if not token:
                return

    def close(self) -> None:
        """Ends every call."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def connect(engine: str = "", *, data: str | Path = "", **transport: Any) -> Client:
    """A client of the engine on this machine, or of the one that this machine was paired with.

    Looks where the command-line client looks (see solotrial.settings) and asks the engine whether
    the two understand each other.
    """
    found = settings.find(engine, data)
    client = Client(found.engine, found.token, found.certificate, **transport)
    try:
        client.check_version()
    except BaseException:
        client.close()
        raise
    return client


def join(
    code: str,
    *,
    engine: str = "",
    pin: str = "",
    device: str = "",
    data: str | Path = "",
    keep: bool = True,
) -> tuple[Client, NewAccess]:
    """Turns a pairing code, an invitation or its whole `solotrial:` link into a paired client.

    A bare code needs `engine`, and `pin` where the engine has a certificate of its own. What was
    got is kept where `connect` finds it, unless `keep` is false: then NewAccess.token is the only
    copy. NewAccess.recovery_phrase, when there is one, is to be written down on paper.
    """
    if code.startswith("solotrial:"):
        link = pairing.parse_link(code)
        if link.what != "pair":
            raise ValueError("that link shows a trial; it is no pairing code or invitation")
        engine, code, pin = link.engine, link.code, link.pin
    certificate = pairing.fetch_certificate(engine, pin) if pin else ""
    with Client(engine, certificate=certificate) as nobody:
        nobody.check_version()
        got = nobody.access.claim_code(
            code=code, device_display_name=device or socket.gethostname()
        )
    found = settings.Settings(engine, got.token, certificate)
    if keep:
        settings.keep(found, data)
    return Client(found.engine, found.token, found.certificate), got
