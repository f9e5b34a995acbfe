"""Sending what an outbox holds, and reading what other devices sent.

An interrupted synchronisation is simply begun again: nothing that was sent twice counts twice.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Union

from solotrial import reasons
from solotrial.aio import AsyncClient
from solotrial.client import Client
from solotrial.errors import EngineError, SolotrialError, TimedOut, Unreachable
from solotrial.outbox import Outbox, Refused
from solotrial.v1.diary_service_pb2 import (
    ListChangesRequest,
    ListChangesResponse,
    RecordEntriesRequest,
    RecordEntriesResponse,
)
from solotrial.v1.trial_pb2 import Trial
from solotrial.v1.trial_service_pb2 import GetTrialRequest

# A restore while this runs makes everything be sent once more; an engine that changes its epoch
# at every answer is broken.
_MOST_ROUNDS = 5

Request = Union[RecordEntriesRequest, ListChangesRequest, GetTrialRequest]
Answer = Union[RecordEntriesResponse, ListChangesResponse, Trial]


@dataclass
class Report:
    """What one synchronisation did."""

    sent: int = 0
    """Entries that the engine has stored, also when it had them before."""
    received: int = 0
    """Entries that were read."""
    refused: list[Refused] = field(default_factory=list)
    """Everything that the engine has not taken; see Outbox.refused."""
    notices: list[str] = field(default_factory=list)
    """What the person has to be told, in the language that was asked for."""


@dataclass(frozen=True)
class Backoff:
    """Pauses between attempts: each `factor` times longer, up to `longest`, spread by chance."""

    first: float = 1.0
    factor: float = 2.0
    longest: float = 300.0
    attempts: int = 8

    def pauses(self, chance: random.Random) -> Iterator[float]:
        """The pause after each attempt but the last; spread so that devices do not come at once."""
        pause = self.first
        for _ in range(self.attempts - 1):
            yield pause * chance.uniform(0.5, 1.0)
            pause = min(pause * self.factor, self.longest)


def worth_waiting(error: SolotrialError) -> bool:
    """Whether the same synchronisation can succeed later without anybody doing anything."""
    if isinstance(error, (Unreachable, TimedOut)):
        return True
    return isinstance(error, EngineError) and error.retryable


def sync(client: Client, outbox: Outbox, trial: str, locale: str = "") -> Report:
    """Sends and reads until both sides have the same; raises what stopped it. Nothing is lost."""
    steps = _steps(outbox, trial, locale)
    request = next(steps)
    while True:
        try:
            answer: Answer
            if isinstance(request, RecordEntriesRequest):
                answer = client.diary.record_entries(
                    trial=trial, entries=request.entries, locale=locale
                )
            elif isinstance(request, ListChangesRequest):
                answer = client.diary.list_changes(trial=trial, cursor=request.cursor)
            else:
                answer = client.trials.get_trial(name=trial)
        except reasons.EpochChanged as changed:
            request = steps.throw(changed)
            continue
        try:
            request = steps.send(answer)
        except StopIteration as end:
            report: Report = end.value
            return report


async def sync_async(client: AsyncClient, outbox: Outbox, trial: str, locale: str = "") -> Report:
    """As sync. The outbox is a local file: its short waits for the disk happen in the loop."""
    steps = _steps(outbox, trial, locale)
    request = next(steps)
    while True:
        try:
            answer: Answer
            if isinstance(request, RecordEntriesRequest):
                answer = await client.diary.record_entries(
                    trial=trial, entries=request.entries, locale=locale
                )
            elif isinstance(request, ListChangesRequest):
                answer = await client.diary.list_changes(trial=trial, cursor=request.cursor)
            else:
                answer = await client.trials.get_trial(name=trial)
        except reasons.EpochChanged as changed:
            request = steps.throw(changed)
            continue
        try:
            request = steps.send(answer)
        except StopIteration as end:
            report: Report = end.value
            return report


def sync_until_done(
    client: Client,
    outbox: Outbox,
    trial: str,
    locale: str = "",
    backoff: Backoff = Backoff(),
    sleep: Callable[[float], None] = time.sleep,
    chance: random.Random | None = None,
) -> Report:
    """Synchronises, and tries again after a pause where waiting can help."""
    for pause in backoff.pauses(chance or random.Random()):
        try:
            return sync(client, outbox, trial, locale)
        except SolotrialError as error:
            if not worth_waiting(error):
                raise
        sleep(pause)
    return sync(client, outbox, trial, locale)


async def sync_until_done_async(
    client: AsyncClient,
    outbox: Outbox,
    trial: str,
    locale: str = "",
    backoff: Backoff = Backoff(),
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    chance: random.Random | None = None,
) -> Report:
    """As sync_until_done."""
    for pause in backoff.pauses(chance or random.Random()):
        try:
            return await sync_async(client, outbox, trial, locale)
        except SolotrialError as error:
            if not worth_waiting(error):
                raise
        await sleep(pause)
    return await sync_async(client, outbox, trial, locale)


def _steps(outbox: Outbox, trial: str, locale: str) -> Generator[Request, Answer, Report]:
    """Yields what to ask, is sent the answers (or EpochChanged) and returns what was done."""
    report = Report()
    for _ in range(_MOST_ROUNDS):
        # What is refused for now is tried once a round.
        tried: list[str] = []
        while (batch := outbox.next_batch(trial, tried, locale)) is not None:
            tried += [entry.id for entry in batch.entries]
            answer = yield batch
            assert isinstance(answer, RecordEntriesResponse)
            outbox.apply_results(trial, answer)
            report.sent += sum(result.accepted for result in answer.results)
        try:
            more = True
            while more:
                answer = yield outbox.next_read(trial)
                assert isinstance(answer, ListChangesResponse)
                outbox.apply_changes(trial, answer)
                report.received += len(answer.entries)
                more = answer.more
        except reasons.EpochChanged:
            outbox.epoch_changed(trial)
            continue
        if outbox.next_batch(trial, tried) is None:
            break
    answer = yield GetTrialRequest(name=trial)
    assert isinstance(answer, Trial)
    outbox.follow(answer)
    report.refused = outbox.refused(trial)
    report.notices = outbox.take_notices(trial)
    return report
