"""A diary that is kept on this machine and sent when there is an engine.

What `record` was given is on the disk before it returns, and stays there for the life of the trial:
after a restore of the engine it is sent again.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from google.protobuf.timestamp_pb2 import Timestamp

from solotrial import days, entries
from solotrial.requests import new_entry_id
from solotrial.v1.diary_service_pb2 import (
    Cursor,
    EntryRejection,
    ListChangesRequest,
    ListChangesResponse,
    RecordEntriesRequest,
    RecordEntriesResponse,
)
from solotrial.v1.entry_pb2 import Entry
from solotrial.v1.trial_pb2 import Trial

_FORMAT = 1
_MAX_ENTRIES = 500
# Engines take requests of up to 4 MiB.
_MAX_BATCH_BYTES = 1 << 20

_SCHEMA = """
CREATE TABLE entry (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  trial TEXT NOT NULL,
  date TEXT NOT NULL,
  body BLOB NOT NULL,
  -- pending: not known to be stored; stored: durable in `epoch`; rejected: refused for good.
  state TEXT NOT NULL CHECK (state IN ('pending', 'stored', 'rejected')),
  epoch TEXT NOT NULL DEFAULT '',
  rejection BLOB
);
CREATE INDEX entry_state ON entry (trial, state, position);
CREATE INDEX entry_date ON entry (trial, date, position);
CREATE TABLE trial (
  name TEXT PRIMARY KEY,
  body BLOB,
  epoch TEXT NOT NULL DEFAULT '',
  sequence INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE notice (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  trial TEXT NOT NULL,
  text TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class Refused:
    """An entry that the engine did not take, and why."""

    trial: str
    entry: Entry = field(repr=False)  # what a person wrote stays out of logs
    reason: str
    """An ErrorReason without its prefix, for example `VALUE_OUT_OF_RANGE`."""
    field_path: str
    """The field at fault, from the entry's root."""
    message: str
    """What is wrong, and what would be right."""
    retryable: bool
    """It waits and is sent again; otherwise it is kept until it is discarded."""


class Outbox:
    """Entries of one person on one device, in one SQLite file. Thread-safe; processes may share it.

    Nothing here talks to an engine: see solotrial.sync.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        device: str = "",
        clock: Callable[[], datetime] = days.utc_now,
    ) -> None:
        """Opens or makes the file at `path`, readable by this user only.

        `device` is what the person calls this device; `clock` says what time it is, with an offset.
        """
        self._device = device
        self._clock = clock
        self._lock = threading.RLock()
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._db = sqlite3.connect(
            str(path), timeout=10, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        # An entry that was shown as kept survives the loss of power.
        self._db.execute("PRAGMA synchronous=FULL")
        with self._transaction():
            (found,) = self._db.execute("PRAGMA user_version").fetchone()
            if found == 0:
                for statement in _SCHEMA.split(";\n"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version={_FORMAT}")
            elif found != _FORMAT:
                raise ValueError(
                    f"{path} was written by a newer version of this package: update the package"
                )

    # --- what the person does --------------------------------------------------------------------

    def follow(self, trial: Trial) -> None:
        """Keeps `trial` in step from now on, and knows its days; again after every change of it."""
        with self._transaction():
            self._db.execute(
                "INSERT INTO trial (name, body) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET body = excluded.body",
                (trial.name, trial.SerializeToString()),
            )

    def record(
        self, trial: str, content: Entry, *, on: date | str = "", supersedes: str = ""
    ) -> Entry:
        """Keeps an entry and returns it as it will be sent.

        `content` comes from solotrial.entries. `on` is the day that it is about; absent: today by
        the day rule of a trial that is followed. A correction of what counts on this device
        supersedes it by itself; `supersedes` names another entry.
        """
        now = self._clock()
        if now.tzinfo is None:
            raise ValueError("the clock has no time zone: use datetime.now(timezone.utc)")
        entry = Entry()
        entry.CopyFrom(content)
        entry.id = new_entry_id(int(now.timestamp() * 1000))
        entry.date = str(on) or entry.date or self.today(trial).isoformat()
        entry.client_time.CopyFrom(_timestamp(now))
        offset = now.astimezone().utcoffset()
        entry.utc_offset_minutes = int(offset.total_seconds() // 60) if offset else 0
        entry.device = self._device
        if supersedes:
            entry.supersedes = supersedes
        with self._transaction():
            if not entry.supersedes:
                entry.supersedes = self._head_of(trial, entry)
            self._insert(trial, entry, "pending", "")
        return entry

    def today(self, trial: str) -> date:
        """The day of a trial that is followed, by this outbox's clock."""
        return days.today(self.trial(trial), self._clock())

    def trial(self, name: str) -> Trial:
        """A trial that is followed, as it was last seen."""
        with self._lock:
            row = self._db.execute("SELECT body FROM trial WHERE name = ?", (name,)).fetchone()
        if row is None or row[0] is None:
            raise KeyError(f"{name} is not followed: call follow() with it, or say the day")
        return Trial.FromString(row[0])

    def trials(self) -> list[str]:
        """The trials that are followed or have entries here."""
        with self._lock:
            rows = self._db.execute(
                "SELECT name FROM trial UNION SELECT trial FROM entry ORDER BY 1"
            ).fetchall()
        return [name for (name,) in rows]

    def current(self, trial: str) -> list[Entry]:
        """The entries that count as far as this device knows; refused ones do not."""
        return entries.current(self._entries(trial, "state <> 'rejected'"))

    def pending(self, trial: str) -> list[Entry]:
        """What the engine is not known to have."""
        return self._entries(trial, "state = 'pending'")

    def refused(self, trial: str) -> list[Refused]:
        """What the engine did not take. Correct it by a new entry, then discard it."""
        with self._lock:
            rows = self._db.execute(
                "SELECT body, rejection FROM entry "
                "WHERE trial = ? AND rejection IS NOT NULL ORDER BY position",
                (trial,),
            ).fetchall()
        return [_refused(trial, body, rejection) for body, rejection in rows]

    def discard(self, entry_id: str) -> None:
        """Forgets an entry that was refused; KeyError for any other."""
        with self._transaction():
            gone = self._db.execute(
                "DELETE FROM entry WHERE id = ? AND rejection IS NOT NULL", (entry_id,)
            )
            if gone.rowcount == 0:
                raise KeyError(f"{entry_id} was not refused: take it back by entries.retraction")

    def forget(self, trial: str) -> None:
        """Removes everything of a trial from this machine, sent or not."""
        with self._transaction():
            self._db.execute("DELETE FROM entry WHERE trial = ?", (trial,))
            self._db.execute("DELETE FROM trial WHERE name = ?", (trial,))
            self._db.execute("DELETE FROM notice WHERE trial = ?", (trial,))

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._db.close()

    # --- the two halves of synchronisation (solotrial.sync calls them) ----------------------------

    def next_batch(
        self, trial: str, skip: Sequence[str] = (), locale: str = ""
    ) -> RecordEntriesRequest | None:
        """What to send next, without the ids in `skip`; None when there is nothing."""
        request = RecordEntriesRequest(trial=trial, locale=locale)
        skipped = set(skip)
        size = 0
        for entry in self.pending(trial):
            size += entry.ByteSize() + 8
            if entry.id in skipped:
                continue
            if request.entries and (
                len(request.entries) == _MAX_ENTRIES or size > _MAX_BATCH_BYTES
            ):
                break
            request.entries.append(entry)
        return request if request.entries else None

    def apply_results(self, trial: str, answer: RecordEntriesResponse) -> None:
        """Keeps what became of every entry of a batch, and what the person has to be told."""
        epoch = answer.cursor.epoch
        with self._transaction():
            self._db.executemany(
                "INSERT INTO notice (trial, text) VALUES (?, ?)",
                [(trial, notice.text) for notice in answer.notices],
            )
            for result in answer.results:
                if result.accepted:
                    self._db.execute(
                        "UPDATE entry SET state = 'stored', epoch = ?, rejection = NULL "
                        "WHERE trial = ? AND id = ?",
                        (epoch, trial, result.entry_id),
                    )
                else:
                    # A repetition may find stored what an earlier answer rejected; never the
                    # other way round.
                    state = "pending" if result.rejection.retryable else "rejected"
                    self._db.execute(
                        "UPDATE entry SET state = ?, rejection = ? "
                        "WHERE trial = ? AND id = ? AND state <> 'stored'",
                        (state, result.rejection.SerializeToString(), trial, result.entry_id),
                    )

    def next_read(self, trial: str) -> ListChangesRequest:
        """What to ask for next."""
        with self._lock:
            row = self._db.execute(
                "SELECT epoch, sequence FROM trial WHERE name = ?", (trial,)
            ).fetchone()
        request = ListChangesRequest(trial=trial)
        if row is not None and row[0]:
            request.cursor.CopyFrom(Cursor(epoch=row[0], sequence=row[1]))
        return request

    def apply_changes(self, trial: str, answer: ListChangesResponse) -> None:
        """Keeps what was read, with the cursor that follows it."""
        cursor = answer.cursor
        with self._transaction():
            for entry in answer.entries:
                self._insert(trial, _as_sent(entry), "stored", cursor.epoch)
            self._db.execute(
                "INSERT INTO trial (name, epoch, sequence) VALUES (?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, "
                "sequence = excluded.sequence",
                (trial, cursor.epoch, cursor.sequence),
            )
            # What is stored in an epoch that is over may have been lost with it.
            self._db.execute(
                "UPDATE entry SET state = 'pending' "
                "WHERE trial = ? AND state = 'stored' AND epoch <> ?",
                (trial, cursor.epoch),
            )

    def epoch_changed(self, trial: str) -> None:
        """The engine was restored: read from the start and send everything again."""
        with self._transaction():
            self._db.execute("UPDATE trial SET epoch = '', sequence = 0 WHERE name = ?", (trial,))
            self._db.execute(
                "UPDATE entry SET state = 'pending' WHERE trial = ? AND state = 'stored'",
                (trial,),
            )

    def take_notices(self, trial: str) -> list[str]:
        """What the person has to be told; each is given out once."""
        with self._transaction():
            rows = self._db.execute(
                "SELECT text FROM notice WHERE trial = ? ORDER BY position", (trial,)
            ).fetchall()
            self._db.execute("DELETE FROM notice WHERE trial = ?", (trial,))
        return [text for (text,) in rows]

    # --- inside ---------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _insert(self, trial: str, entry: Entry, state: str, epoch: str) -> None:
        self._db.execute(
            "INSERT INTO entry (id, trial, date, body, state, epoch) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET state = excluded.state, epoch = excluded.epoch, "
            "rejection = NULL "
            # An id that was used for something else stays refused here.
            "WHERE entry.state <> 'rejected' OR entry.body = excluded.body",
            (entry.id, trial, entry.date, entry.SerializeToString(), state, epoch),
        )

    def _entries(self, trial: str, condition: str, *values: str) -> list[Entry]:
        with self._lock:
            rows = self._db.execute(
                f"SELECT body FROM entry WHERE trial = ? AND {condition} ORDER BY position",
                (trial, *values),
            ).fetchall()
        return [Entry.FromString(body) for (body,) in rows]

    def _head_of(self, trial: str, entry: Entry) -> str:
        """The last word on the same key, if any: what a new one corrects.

        Also when it was taken back: otherwise the new one would depend on clocks to count.
        """
        key = entries.key_of(entry)
        if key[-1]:
            return ""  # a key of its own
        said = (
            self._entries(trial, "state <> 'rejected'")
            if entry.HasField("guess")  # a block is guessed once, on whatever day
            else self._entries(trial, "date = ? AND state <> 'rejected'", entry.date)
        )
        head = entries.heads(said).get(key)
        return head.id if head else ""


def _as_sent(entry: Entry) -> Entry:
    """`entry` without what the engine adds: as any device would send it again."""
    sent = Entry()
    sent.CopyFrom(entry)
    sent.sequence = 0
    sent.ClearField("record_time")
    return sent


def _refused(trial: str, body: bytes, rejection: bytes) -> Refused:
    why = EntryRejection.FromString(rejection)
    return Refused(trial, Entry.FromString(body), why.reason, why.field, why.message, why.retryable)


def _timestamp(instant: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(instant)
    return stamp
