"""What a person says about a day, and which of what they said counts.

The makers below return an Entry that holds its content only; Outbox.record fills in the rest.
"""

from __future__ import annotations

from collections.abc import Iterable

from solotrial.v1.entry_pb2 import (
    CovariateValue,
    Deviation,
    Dose,
    Entry,
    Event,
    Guess,
    Mark,
    Note,
    Rescue,
    Retraction,
    Score,
)
from solotrial.v1.trial_pb2 import Arm

Key = tuple[str, str, str, str, str]
# Contents of which every entry is a key of its own. What this package does not know is kept apart
# as well, so that nothing of a newer engine hides anything.
_WITH_KEYS = ("score", "covariate", "dose", "guess")


def score(measure: str, value: float, slot: str = "") -> Entry:
    """A score of a measure."""
    return Entry(slot=slot, score=Score(measure_id=measure, value=value))


def covariate(covariate_id: str, value: float) -> Entry:
    """The value of a covariate."""
    return Entry(covariate=CovariateValue(covariate_id=covariate_id, value=value))


def dose(fraction: float = 1, slot: str = "") -> Entry:
    """A dose: 1 all of it, 0 skipped."""
    return Entry(slot=slot, dose=Dose(fraction=fraction))


def note(text: str) -> Entry:
    """Free text about the day."""
    return Entry(note=Note(text=text))


def event(
    kind: Event.Type.ValueType,
    text: str = "",
    grade: Event.Grade.ValueType = Event.GRADE_UNSPECIFIED,
    laboratory_id: str = "",
    laboratory_value: float | None = None,
) -> Entry:
    """Something that happened: a side effect, an illness, a laboratory value."""
    return Entry(
        event=Event(
            type=kind,
            grade=grade,
            text=text,
            laboratory_id=laboratory_id,
            laboratory_value=laboratory_value,
        )
    )


def rescue(name: str, doses: int = 1) -> Entry:
    """Rescue medication."""
    return Entry(rescue=Rescue(name=name, doses=doses))


def guess(block_number: int, arm: Arm.ValueType) -> Entry:
    """What the person takes a block of a blinded trial for."""
    return Entry(guess=Guess(block_number=block_number, arm=arm))


def deviation(text: str, kind: Deviation.Kind.ValueType, days: int = 1) -> Entry:
    """Something that was not as planned."""
    return Entry(deviation=Deviation(kind=kind, text=text, days=days))


def mark() -> Entry:
    """A visit took place, or a new cycle began."""
    return Entry(mark=Mark())


def retraction(entry: Entry) -> Entry:
    """Takes `entry` back; nothing counts in its place."""
    return Entry(date=entry.date, slot=entry.slot, supersedes=entry.id, retraction=Retraction())


def key_of(entry: Entry) -> Key:
    """What two entries share of which only one can count: see solotrial.v1.Entry."""
    content = entry.WhichOneof("content") or ""
    if content not in _WITH_KEYS:
        return (content, "", entry.date, entry.slot, entry.id)
    subject = ""
    date = entry.date
    if content == "score":
        subject = entry.score.measure_id
    elif content == "covariate":
        subject = entry.covariate.covariate_id
    elif content == "guess":
        subject, date = str(entry.guess.block_number), ""
    return (content, subject, date, entry.slot, "")


def current(log: Iterable[Entry]) -> list[Entry]:
    """The entries that count, by date, then id. Any order of `log` gives the same.

    The engine's own rule, for a device that is offline: of every key the latest entry that none
    supersedes, unless it was taken back; where entries supersede each other in a circle, the
    latest of all.
    """
    said = list(log)
    retracted = {entry.supersedes for entry in said if entry.HasField("retraction")}
    counting = [entry for entry in heads(said).values() if entry.id not in retracted]
    return sorted(counting, key=lambda entry: (entry.date, entry.id))


def heads(log: Iterable[Entry]) -> dict[Key, Entry]:
    """The last word on every key, also where it was taken back: what a correction supersedes."""
    by_id = {entry.id: entry for entry in log if not entry.HasField("retraction")}
    superseded: set[str] = set()
    for entry in by_id.values():
        target = by_id.get(entry.supersedes)
        if target is not None and _corrects(entry, target):
            superseded.add(target.id)

    last: dict[Key, Entry] = {}
    in_circles: dict[Key, Entry] = {}
    for entry in sorted(by_id.values(), key=_age):
        key = key_of(entry)
        if entry.id not in superseded:
            last[key] = entry
        elif key[0] in _WITH_KEYS:
            in_circles[key] = entry
    return {**in_circles, **last}


def _corrects(entry: Entry, target: Entry) -> bool:
    content = entry.WhichOneof("content")
    if content not in _WITH_KEYS:
        return content == target.WhichOneof("content")
    return key_of(entry) == key_of(target)


def _age(entry: Entry) -> tuple[int, int, str]:
    # The engine keeps microseconds.
    return (entry.client_time.seconds, entry.client_time.nanos // 1000, entry.id)
