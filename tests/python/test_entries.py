"""Which entries count, offline; the conformance cases compare the same with the engine's rule."""

from __future__ import annotations

import itertools
import random

from google.protobuf.timestamp_pb2 import Timestamp
from solotrial import entries
from solotrial.requests import new_entry_id
from solotrial.v1 import Entry


def entry(content: Entry, minute: int, number: int, supersedes: int = 0) -> Entry:
    made = Entry()
    made.CopyFrom(content)
    made.id = name(number)
    made.date = made.date or "2026-03-01"
    made.client_time.CopyFrom(Timestamp(seconds=60 * minute))
    made.supersedes = name(supersedes) if supersedes else made.supersedes
    return made


def name(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012d}"


def counting(log: list[Entry]) -> list[str]:
    return [e.id[-3:] for e in entries.current(log)]


def test_the_entry_that_none_supersedes_counts_whatever_its_time() -> None:
    later = entry(entries.score("legs", 3), minute=9, number=1)
    correction = entry(entries.score("legs", 4), minute=5, number=2, supersedes=1)
    assert counting([later, correction]) == ["002"]


def test_of_several_heads_the_latest_counts_then_the_greatest_id() -> None:
    log = [
        entry(entries.score("legs", 3), minute=5, number=1),
        entry(entries.score("legs", 4), minute=5, number=3),
        entry(entries.score("legs", 5), minute=4, number=9),
    ]
    assert counting(log) == ["003"]


def test_a_circle_leaves_the_latest() -> None:
    log = [
        entry(entries.score("legs", 3), minute=1, number=1, supersedes=2),
        entry(entries.score("legs", 4), minute=2, number=2, supersedes=1),
    ]
    assert counting(log) == ["002"]


def test_a_retraction_of_the_head_leaves_nothing() -> None:
    first = entry(entries.score("legs", 3), minute=1, number=1)
    second = entry(entries.score("legs", 4), minute=2, number=2, supersedes=1)
    taken_back = entry(entries.retraction(second), minute=3, number=3)
    assert counting([first, second, taken_back]) == []


def test_a_retraction_of_what_was_corrected_changes_nothing() -> None:
    first = entry(entries.score("legs", 3), minute=1, number=1)
    second = entry(entries.score("legs", 4), minute=2, number=2, supersedes=1)
    taken_back = entry(entries.retraction(first), minute=3, number=3)
    assert counting([first, second, taken_back]) == ["002"]


def test_a_correction_of_another_key_corrects_nothing() -> None:
    first = entry(entries.score("legs", 3), minute=1, number=1)
    other = entry(entries.score("legs", 4, slot="evening"), minute=2, number=2, supersedes=1)
    assert counting([first, other]) == ["001", "002"]


def test_notes_stand_side_by_side_and_can_be_corrected_on_another_day() -> None:
    log = [
        entry(entries.note("a"), minute=1, number=1),
        entry(entries.note("b"), minute=2, number=2),
        entry(Entry(date="2026-03-02", note=entries.note("c").note), 3, 3, supersedes=1),
    ]
    assert counting(log) == ["002", "003"]


def test_a_block_is_guessed_once_on_whatever_day() -> None:
    first = Entry(date="2026-03-01", guess=entries.guess(1, 1).guess)
    second = Entry(date="2026-03-02", guess=entries.guess(1, 2).guess)
    assert counting([entry(first, 1, 1), entry(second, 2, 2)]) == ["002"]


def test_content_of_a_newer_engine_hides_nothing() -> None:
    unknown = Entry.FromString(
        entry(Entry(), 1, 1).SerializeToString() + b"\xca\x0c\x00"  # field 201, empty
    )
    assert counting([unknown, entry(entries.score("legs", 1), 2, 2)]) == ["001", "002"]


def test_every_order_and_repetition_gives_the_same() -> None:
    chance = random.Random(7)
    for _ in range(40):
        log = []
        for number in range(1, 6):
            content = chance.choice([entries.score("legs", number), entries.note("x")])
            supersedes = chance.choice([0, 0, *range(1, 6)])
            if chance.random() < 0.2 and supersedes:
                content = Entry(retraction=entries.retraction(Entry()).retraction)
            log.append(entry(content, chance.randint(0, 2), number, supersedes))
        answers = {tuple(counting(list(order))) for order in itertools.permutations(log)}
        answers.add(tuple(counting(log + log)))
        assert len(answers) == 1


def test_ids_are_version_7_and_carry_their_time() -> None:
    made = new_entry_id(0x0123456789AB)
    assert made.startswith("01234567-89ab-7")
    assert made[19] in "89ab"
    assert made != new_entry_id(0x0123456789AB)
