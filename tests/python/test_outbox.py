"""What is recorded is kept, whatever happens; no engine is needed for that."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest
import solotrial
from solotrial import entries
from solotrial.v1 import (
    Cursor,
    EntryRejection,
    EntryResult,
    ListChangesResponse,
    Message,
    Protocol,
    RecordEntriesResponse,
    Trial,
)

from conftest import NOON

TRIAL = "trials/5b907355-710d-4f64-9588-36a2c82f7f22"
DAY = "2026-03-01"


def accepted(epoch: str, *ids: str) -> RecordEntriesResponse:
    return RecordEntriesResponse(
        results=[EntryResult(entry_id=i, accepted=True, sequence=1) for i in ids],
        cursor=Cursor(epoch=epoch, sequence=1),
    )


def rejected(entry_id: str, retryable: bool) -> RecordEntriesResponse:
    why = EntryRejection(
        reason="VALUE_OUT_OF_RANGE", field="score.value", message="no", retryable=retryable
    )
    return RecordEntriesResponse(results=[EntryResult(entry_id=entry_id, rejection=why)])


def test_what_was_recorded_survives_the_death_of_the_process(tmp_path: Path) -> None:
    path = tmp_path / "diary.sqlite"
    script = (
        "import os, sys, solotrial\n"
        "from solotrial import entries\n"
        "box = solotrial.Outbox(sys.argv[1])\n"
        f"print(box.record('{TRIAL}', entries.note('kept'), on='{DAY}').id, flush=True)\n"
        "os._exit(1)\n"
    )
    died = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    with_rest = solotrial.Outbox(path)
    assert [e.id for e in with_rest.pending(TRIAL)] == [died.stdout.strip()]
    with_rest.close()


def test_the_file_is_its_users_alone(outbox: solotrial.Outbox, tmp_path: Path) -> None:
    outbox.record(TRIAL, entries.note("private"), on=DAY)
    for path in tmp_path.glob("diary.sqlite*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_two_processes_share_a_file(outbox: solotrial.Outbox, tmp_path: Path) -> None:
    other = solotrial.Outbox(tmp_path / "diary.sqlite", clock=lambda: NOON)
    first = outbox.record(TRIAL, entries.score("legs", 3), on=DAY)
    second = other.record(TRIAL, entries.score("legs", 4), on=DAY)
    assert second.supersedes == first.id
    assert [e.id for e in outbox.current(TRIAL)] == [second.id]
    other.close()


def test_an_entry_says_when_and_where_it_was_made(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, 23, 30, 5, 250_000, tzinfo=timezone.utc)
    box = solotrial.Outbox(tmp_path / "d", device="phone", clock=lambda: now)
    box.follow(Trial(name=TRIAL, protocol=Protocol(time_zone="America/New_York")))
    entry = box.record(TRIAL, entries.score("legs", 3))
    assert entry.date == "2026-03-01"
    assert entry.device == "phone"
    assert entry.client_time.ToDatetime(tzinfo=timezone.utc) == now
    assert (
        entry.id[:13]
        == f"{int(now.timestamp() * 1000):012x}"[:8]
        + "-"
        + (f"{int(now.timestamp() * 1000):012x}"[8:])
    )
    offset = now.astimezone().utcoffset()
    assert offset is not None
    assert entry.utc_offset_minutes == offset.total_seconds() // 60
    box.close()


def test_the_day_of_an_unknown_trial_has_to_be_said(outbox: solotrial.Outbox) -> None:
    with pytest.raises(KeyError, match="follow"):
        outbox.record(TRIAL, entries.score("legs", 3))
    assert outbox.pending(TRIAL) == []


def test_a_second_score_corrects_the_first(outbox: solotrial.Outbox) -> None:
    first = outbox.record(TRIAL, entries.score("legs", 3), on=DAY)
    second = outbox.record(TRIAL, entries.score("legs", 4), on=DAY)
    evening = outbox.record(TRIAL, entries.score("legs", 4, slot="evening"), on=DAY)
    note = outbox.record(TRIAL, entries.note("a"), on=DAY)
    assert (first.supersedes, second.supersedes) == ("", first.id)
    assert evening.supersedes == note.supersedes == ""
    taken_back = outbox.record(TRIAL, entries.retraction(second))
    assert taken_back.supersedes == second.id
    assert {e.id for e in outbox.current(TRIAL)} == {evening.id, note.id}
    third = outbox.record(TRIAL, entries.score("legs", 5), on=DAY)
    assert third.supersedes == second.id
    assert {e.id for e in outbox.current(TRIAL)} == {evening.id, note.id, third.id}


def test_batches_have_at_most_500_entries_in_order(outbox: solotrial.Outbox) -> None:
    made = [outbox.record(TRIAL, entries.note("n"), on=DAY).id for _ in range(501)]
    first = outbox.next_batch(TRIAL)
    assert first is not None
    assert [e.id for e in first.entries] == made[:500]
    second = outbox.next_batch(TRIAL, made[:500])
    assert second is not None
    assert [e.id for e in second.entries] == made[500:]
    assert outbox.next_batch(TRIAL, made) is None


def test_batches_stay_small_enough_to_be_sent(outbox: solotrial.Outbox) -> None:
    long = entries.note("ü" * 10_000)
    made = [outbox.record(TRIAL, long, on=DAY).id for _ in range(60)]
    sent: list[str] = []
    while (batch := outbox.next_batch(TRIAL, sent)) is not None:
        assert batch.ByteSize() < 1 << 20
        sent += [e.id for e in batch.entries]
    assert sent == made


def test_what_is_refused_for_good_is_kept_and_not_sent_again(outbox: solotrial.Outbox) -> None:
    entry = outbox.record(TRIAL, entries.score("legs", 99), on=DAY)
    outbox.apply_results(TRIAL, rejected(entry.id, retryable=False))
    assert outbox.next_batch(TRIAL) is None
    assert outbox.current(TRIAL) == []
    (refused,) = outbox.refused(TRIAL)
    assert (refused.entry, refused.reason, refused.field_path, refused.retryable) == (
        entry,
        "VALUE_OUT_OF_RANGE",
        "score.value",
        False,
    )
    assert "99" not in repr(refused)
    outbox.discard(entry.id)
    assert outbox.refused(TRIAL) == []


def test_what_is_refused_for_now_waits(outbox: solotrial.Outbox) -> None:
    entry = outbox.record(TRIAL, entries.score("legs", 4), on=DAY)
    outbox.apply_results(TRIAL, rejected(entry.id, retryable=True))
    assert [r.retryable for r in outbox.refused(TRIAL)] == [True]
    assert [e.id for e in outbox.pending(TRIAL)] == [entry.id]
    outbox.apply_results(TRIAL, accepted("e1", entry.id))
    assert outbox.refused(TRIAL) == outbox.pending(TRIAL) == []


def test_a_late_rejection_does_not_undo_an_acceptance(outbox: solotrial.Outbox) -> None:
    entry = outbox.record(TRIAL, entries.score("legs", 4), on=DAY)
    outbox.apply_results(TRIAL, accepted("e1", entry.id))
    outbox.apply_results(TRIAL, rejected(entry.id, retryable=False))
    assert outbox.refused(TRIAL) == []
    assert [e.id for e in outbox.current(TRIAL)] == [entry.id]


def test_what_was_sent_cannot_be_discarded(outbox: solotrial.Outbox) -> None:
    entry = outbox.record(TRIAL, entries.score("legs", 4), on=DAY)
    for _ in range(2):
        with pytest.raises(KeyError):
            outbox.discard(entry.id)
        outbox.apply_results(TRIAL, accepted("e1", entry.id))


def test_another_epoch_makes_everything_wait_again(
    outbox: solotrial.Outbox, tmp_path: Path
) -> None:
    mine = outbox.record(TRIAL, entries.score("legs", 4), on=DAY)
    outbox.apply_results(TRIAL, accepted("e1", mine.id))
    theirs = solotrial.Outbox(tmp_path / "other", clock=lambda: NOON).record(
        TRIAL, entries.note("theirs"), on=DAY
    )
    theirs.sequence = 2
    theirs.record_time.FromDatetime(NOON)
    cursor = Cursor(epoch="e1", sequence=2)
    outbox.apply_changes(TRIAL, ListChangesResponse(entries=[theirs], cursor=cursor))
    assert outbox.pending(TRIAL) == []
    assert outbox.next_read(TRIAL).cursor == cursor

    outbox.epoch_changed(TRIAL)
    assert not outbox.next_read(TRIAL).HasField("cursor")
    waiting = {e.id: e for e in outbox.pending(TRIAL)}
    # Also what a device that is lost has sent; as that device sent it.
    assert set(waiting) == {mine.id, theirs.id}
    assert waiting[theirs.id].sequence == 0
    assert not waiting[theirs.id].HasField("record_time")


def test_a_restore_before_the_first_read_is_noticed(outbox: solotrial.Outbox) -> None:
    mine = outbox.record(TRIAL, entries.score("legs", 4), on=DAY)
    outbox.apply_results(TRIAL, accepted("e1", mine.id))
    # There was no cursor that the engine could have called too old.
    outbox.apply_changes(TRIAL, ListChangesResponse(cursor=Cursor(epoch="e2")))
    assert [e.id for e in outbox.pending(TRIAL)] == [mine.id]


def test_a_refused_id_stays_refused_when_another_entry_has_it(outbox: solotrial.Outbox) -> None:
    mine = outbox.record(TRIAL, entries.score("legs", 4), on=DAY)
    outbox.apply_results(TRIAL, rejected(mine.id, retryable=False))
    other = type(mine)()
    other.CopyFrom(mine)
    other.score.value = 5
    outbox.apply_changes(
        TRIAL, ListChangesResponse(entries=[other], cursor=Cursor(epoch="e1", sequence=1))
    )
    assert [r.entry.score.value for r in outbox.refused(TRIAL)] == [4]


def test_notices_are_kept_until_they_are_taken(outbox: solotrial.Outbox) -> None:
    answer = RecordEntriesResponse(notices=[Message(id="n", text="The trial is paused.")])
    outbox.apply_results(TRIAL, answer)
    assert outbox.take_notices(TRIAL) == ["The trial is paused."]
    assert outbox.take_notices(TRIAL) == []


def test_fields_of_a_newer_engine_are_kept(outbox: solotrial.Outbox) -> None:
    entry = outbox.record(TRIAL, entries.note("a"), on=DAY)
    newer = type(entry).FromString(entry.SerializeToString() + b"\xca\x0c\x03abc")
    newer.id = entry.id[:-1] + ("0" if entry.id[-1] != "0" else "1")
    outbox.apply_changes(
        TRIAL, ListChangesResponse(entries=[newer], cursor=Cursor(epoch="e1", sequence=1))
    )
    outbox.epoch_changed(TRIAL)
    assert any(b"abc" in e.SerializeToString() for e in outbox.pending(TRIAL))


def test_forgetting_leaves_nothing(outbox: solotrial.Outbox) -> None:
    outbox.follow(Trial(name=TRIAL))
    outbox.record(TRIAL, entries.note("a"), on=DAY)
    outbox.forget(TRIAL)
    assert outbox.trials() == []


def test_a_file_of_a_newer_package_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "diary.sqlite"
    solotrial.Outbox(path).close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version=99")
    with pytest.raises(ValueError, match="newer"):
        solotrial.Outbox(path)


def test_no_entry_is_said_to_be_kept_on_a_full_disk(tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys, solotrial\n"
        "from solotrial import entries\n"
        "box = solotrial.Outbox(sys.argv[1])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))\n"
        "while True:\n"
        f"    print(box.record('{TRIAL}', entries.note('x' * 9000), on='{DAY}').id, flush=True)\n"
    )
    path = tmp_path / "diary.sqlite"
    ran = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1, "it went on for ever, or died of something else"
    kept = ran.stdout.split()
    box = solotrial.Outbox(path)
    assert kept
    assert [e.id for e in box.pending(TRIAL)] == kept
    box.close()
    assert os.path.getsize(path) <= 200_000


def test_a_second_guess_of_a_block_corrects_the_first_on_whatever_day(
    outbox: solotrial.Outbox,
) -> None:
    first = outbox.record(TRIAL, entries.guess(1, 1), on="2026-03-07")
    second = outbox.record(TRIAL, entries.guess(1, 2), on="2026-03-09")
    assert second.supersedes == first.id
    assert [e.id for e in outbox.current(TRIAL)] == [second.id]
