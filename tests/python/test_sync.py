"""Synchronisation through a real engine: whatever happens on the way, both sides end the same."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
import solotrial
from engine import Engine
from solotrial import aio, entries, reasons
from solotrial.v1 import Event, Trial

from conftest import NOON, connect, running_trial, wait_for


def counting(client: solotrial.Client, trial: str) -> list[str]:
    return sorted(entry.id for entry in client.all_entries(trial))


def local(outbox: solotrial.Outbox, trial: str) -> list[str]:
    return sorted(entry.id for entry in outbox.current(trial))


def another_outbox(tmp_path: Path, name: str) -> solotrial.Outbox:
    return solotrial.Outbox(tmp_path / name, device=name, clock=lambda: NOON)


def test_two_devices_end_the_same(
    client: solotrial.Client, trial: Trial, outbox: solotrial.Outbox, tmp_path: Path
) -> None:
    other = another_outbox(tmp_path, "phone")
    for box, value in ((outbox, 3), (other, 4)):
        box.follow(trial)
        box.record(trial.name, entries.score("legs", value))
        box.record(trial.name, entries.note(f"by {value}"))
    for box in (outbox, other, outbox):
        solotrial.sync(client, box, trial.name)
    assert counting(client, trial.name) == local(outbox, trial.name) == local(other, trial.name)
    assert len(local(outbox, trial.name)) == 3
    other.close()


def test_a_report_says_what_happened(
    client: solotrial.Client, trial: Trial, outbox: solotrial.Outbox
) -> None:
    outbox.follow(trial)
    outbox.record(trial.name, entries.score("legs", 4))
    outbox.record(trial.name, entries.score("legs", 11))
    outbox.record(trial.name, entries.event(Event.TYPE_SIDE_EFFECT, "rash", Event.GRADE_SEVERE))
    report = solotrial.sync(client, outbox, trial.name, locale="de")
    assert (report.sent, report.received) == (2, 2)
    assert [(r.reason, r.field_path) for r in report.refused] == [
        ("VALUE_OUT_OF_RANGE", "score.value")
    ]
    (notice,) = report.notices
    assert "pausiert" in notice or "Pause" in notice
    # The trial that is followed knows of the pause.
    assert outbox.trial(trial.name).pauses
    assert solotrial.sync(client, outbox, trial.name).notices == []


def test_a_day_to_come_is_sent_again_until_it_has_come(
    engine: Engine, outbox: solotrial.Outbox
) -> None:
    with connect(engine) as client:
        trial = running_trial(client)
        entry = outbox.record(trial.name, entries.score("legs", 4), on="2026-03-04")
        report = solotrial.sync(client, outbox, trial.name)
        assert [(r.reason, r.retryable) for r in report.refused] == [("DATE_IN_FUTURE", True)]
        engine.advance(days=3)
        assert solotrial.sync(client, outbox, trial.name).refused == []
        assert counting(client, trial.name) == [entry.id]


def test_after_a_restore_everything_is_sent_again(
    engine: Engine, outbox: solotrial.Outbox, tmp_path: Path
) -> None:
    with connect(engine) as client:
        trial = running_trial(client)
        outbox.follow(trial)
        lost_phone = another_outbox(tmp_path, "phone")
        backup = engine.back_up()
        for box in (outbox, lost_phone):
            box.record(trial.name, entries.note("kept"), on="2026-03-01")
            solotrial.sync(client, box, trial.name)
        solotrial.sync(client, outbox, trial.name)
        before = counting(client, trial.name)
        lost_phone.close()
        engine.restore(backup)
        with connect(engine) as again:
            assert counting(again, trial.name) == []
            solotrial.sync(again, outbox, trial.name)
            # Also what the phone had sent and no longer has.
            assert counting(again, trial.name) == before
            assert outbox.pending(trial.name) == []


def test_waiting_for_the_engine(engine: Engine, outbox: solotrial.Outbox) -> None:
    with connect(engine) as client:
        trial = running_trial(client)
        outbox.record(trial.name, entries.score("legs", 4), on="2026-03-01")
        engine.kill()
        pauses: list[float] = []

        def wait(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                engine.start()
                wait_for(client)

        backoff = solotrial.Backoff(first=1, factor=2, longest=3)
        report = solotrial.sync_until_done(
            client, outbox, trial.name, backoff=backoff, sleep=wait, chance=random.Random(1)
        )
        assert report.sent == 1
        assert 0.5 <= pauses[0] <= 1
        assert 1 <= pauses[1] <= 2
        assert 1.5 <= pauses[2] <= 3


def test_what_waiting_cannot_help_is_raised_at_once(
    client: solotrial.Client, outbox: solotrial.Outbox
) -> None:
    outbox.record("trials/0", entries.note("kept"), on="2026-03-01")
    with pytest.raises(reasons.TrialNotFound):
        solotrial.sync_until_done(
            client, outbox, "trials/0", sleep=lambda s: pytest.fail("it waited")
        )
    assert len(outbox.pending("trials/0")) == 1


def test_backoff_ends_with_the_last_error(outbox: solotrial.Outbox) -> None:
    with Engine() as gone:
        address = gone.address
    outbox.record("trials/0", entries.note("kept"), on="2026-03-01")
    pauses: list[float] = []
    client = solotrial.Client(address, sleep=lambda s: None)
    with pytest.raises(solotrial.Unreachable):
        solotrial.sync_until_done(
            client, outbox, "trials/0", backoff=solotrial.Backoff(attempts=3), sleep=pauses.append
        )
    assert len(pauses) == 2
    assert len(outbox.pending("trials/0")) == 1


def test_many_entries_go_in_batches(client: solotrial.Client, trial: Trial, tmp_path: Path) -> None:
    # Larger than one request may be.
    box = another_outbox(tmp_path, "d")
    for _ in range(130):
        box.record(trial.name, entries.note("ü" * 9_999), on="2026-03-01")
    assert solotrial.sync(client, box, trial.name).sent == 130
    assert len(counting(client, trial.name)) == 130
    box.close()


def test_asyncio_synchronises_the_same(
    shared_engine: Engine, trial: Trial, outbox: solotrial.Outbox
) -> None:
    outbox.record(trial.name, entries.score("legs", 4), on="2026-03-01")

    async def run() -> None:
        async with aio.AsyncClient(shared_engine.address, shared_engine.token) as client:
            report = await solotrial.sync_async(client, outbox, trial.name)
            assert (report.sent, report.received) == (1, 1)
            found = [entry.id async for entry in client.all_entries(trial.name)]
            assert found == local(outbox, trial.name)
            again = await solotrial.sync_until_done_async(client, outbox, trial.name)
            assert (again.sent, again.received) == (0, 0)

    asyncio.run(run())
