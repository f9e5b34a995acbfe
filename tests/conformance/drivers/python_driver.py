"""Drives the Python client; `--asyncio`: its asyncio side. See ../README.md."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from datetime import datetime
from typing import Any

import solotrial
from google.protobuf import json_format
from solotrial import aio, pairing, reasons, v1

ATTRIBUTES = {
    "AccessService": "access",
    "AnalysisService": "analyses",
    "CatalogService": "catalog",
    "DataService": "data",
    "DiaryService": "diary",
    "PlanService": "plans",
    "ReportService": "reports",
    "ServerService": "server",
    "TrialService": "trials",
}


class Driver:
    """One device."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None) -> None:
        self.loop = loop
        self.client: Any = None
        self.outbox: Any = None
        self.now = datetime.now().astimezone()

    def done(self, result: Any) -> Any:
        return self.loop.run_until_complete(result) if self.loop else result

    def connect(
        self, engine: str, token: str, store: str, device: str, clock: str
    ) -> dict[str, Any]:
        self.now = datetime.fromisoformat(clock)
        self._use(engine, token, "")
        if self.outbox is None:
            self.outbox = solotrial.Outbox(store, device=device, clock=lambda: self.now)
        return {}

    def _use(self, engine: str, token: str, certificate: str) -> None:
        if self.client is not None:
            self.done(self.client.close())

        async def make() -> aio.AsyncClient:
            async def at_once(seconds: float) -> None:
                del seconds

            return aio.AsyncClient(engine, token, certificate, sleep=at_once)

        self.client = (
            self.done(make())
            if self.loop
            else solotrial.Client(engine, token, certificate, sleep=lambda seconds: None)
        )

    def check_version(self) -> dict[str, Any]:
        self.done(self.client.check_version())
        return {}

    def call(self, method: str, request: dict[str, Any]) -> dict[str, Any]:
        service, name = method.split("/")
        message = json_format.ParseDict(request, getattr(v1, name + "Request")())
        given = {field.name: value for field, value in message.ListFields()}
        function = getattr(getattr(self.client, ATTRIBUTES[service]), snake(name))
        return as_json(self.done(function(**given)))

    def follow(self, trial: str) -> dict[str, Any]:
        self.outbox.follow(self.done(self.client.trials.get_trial(name=trial)))
        return {}

    def record(self, trial: str, entry: dict[str, Any], date: str = "") -> dict[str, Any]:
        content = json_format.ParseDict(entry, v1.Entry())
        made = self.outbox.record(trial, content, on=date, supersedes=content.supersedes)
        return {"entry": as_json(made)}

    def sync(self, trial: str, locale: str = "") -> dict[str, Any]:
        run = solotrial.sync_async if self.loop else solotrial.sync
        report = self.done(run(self.client, self.outbox, trial, locale))
        return {"sent": report.sent, "received": report.received, "notices": report.notices}

    def pending(self, trial: str) -> dict[str, Any]:
        return {"entries": [as_json(e) for e in self.outbox.pending(trial)]}

    def current(self, trial: str) -> dict[str, Any]:
        return {"entries": [as_json(e) for e in self.outbox.current(trial)]}

    def refused(self, trial: str) -> dict[str, Any]:
        rows = self.outbox.refused(trial)
        return {
            "refused": [
                {
                    "id": r.entry.id,
                    "reason": r.reason,
                    "field": r.field_path,
                    "retryable": r.retryable,
                }
                for r in rows
            ]
        }

    def discard(self, id: str) -> dict[str, Any]:
        self.outbox.discard(id)
        return {}

    def day(self, instant: str, time_zone: str, day_starts_at: str = "04:00") -> dict[str, Any]:
        when = datetime.fromisoformat(instant.replace("Z", "+00:00"))
        return {"date": solotrial.day_of(when, time_zone, day_starts_at).isoformat()}

    def clock(self, instant: str) -> dict[str, Any]:
        self.now = datetime.fromisoformat(instant)
        return {}

    set_clock = clock

    def pair(self, link: str) -> dict[str, Any]:
        join = aio.join if self.loop else solotrial.join
        client, got = self.done(join(link, device="conformance", keep=False))
        self.done(client.close())
        parts = pairing.parse_link(link)
        certificate = pairing.fetch_certificate(parts.engine, parts.pin) if parts.pin else ""
        self._use(parts.engine, got.token, certificate)
        return {"token": got.token, "device": got.device}

    def decode(self, type: str, bytes: str) -> dict[str, Any]:
        message = getattr(v1, type)()
        message.ParseFromString(base64.b64decode(bytes))
        again = message.SerializeToString(deterministic=True)
        return {
            "type": type,
            "message": as_json(message),
            "bytes": base64.b64encode(again).decode(),
        }


def snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def as_json(message: Any) -> Any:
    return json_format.MessageToDict(message)


def describe(error: Exception) -> dict[str, Any]:
    """What a client's program can tell about a failure without reading its text."""
    if isinstance(error, solotrial.EngineError):
        known = type(error) is reasons.BY_REASON.get(error.reason, solotrial.EngineError)
        assert known, "the exception is not that of its reason"
        return {
            "kind": "engine",
            "reason": error.reason,
            "code": error.code,
            "retryable": error.retryable,
            "fields": [violation.field for violation in error.violations],
        }
    kinds = {
        solotrial.Unreachable: "unreachable",
        solotrial.TimedOut: "unreachable",
        solotrial.NotSupported: "unsupported-by-engine",
        solotrial.VersionMismatch: "version",
        solotrial.WrongCertificate: "wrong-certificate",
    }
    if type(error) not in kinds:
        raise error
    return {"kind": kinds[type(error)]}


def main() -> None:
    loop = asyncio.new_event_loop() if "--asyncio" in sys.argv else None
    driver = Driver(loop)
    for line in sys.stdin:
        request = json.loads(line)
        function = getattr(driver, request.pop("op"))
        try:
            answer = {"ok": function(**request)}
        except solotrial.SolotrialError as error:
            answer = {"error": describe(error)}
        print(json.dumps(answer), flush=True)


main()
