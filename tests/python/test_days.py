"""The day rule: also through changes of the clock, and after a move."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from solotrial import day_of, today
from solotrial.v1 import Protocol, TimeZoneChange, Trial


@pytest.mark.parametrize(
    ("instant", "zone", "start", "day"),
    [
        ("2026-03-02T00:30:00+01:00", "Europe/Berlin", "04:00", "2026-03-01"),
        ("2026-03-02T03:59:59+01:00", "Europe/Berlin", "04:00", "2026-03-01"),
        ("2026-03-02T04:00:00+01:00", "Europe/Berlin", "04:00", "2026-03-02"),
        ("2026-03-02T00:00:00+01:00", "Europe/Berlin", "00:00", "2026-03-02"),
        ("2026-03-02T11:59:00+01:00", "Europe/Berlin", "12:00", "2026-03-01"),
        # An evening west of Greenwich is tomorrow in UTC.
        ("2026-03-02T03:30:00+00:00", "America/Los_Angeles", "04:00", "2026-03-01"),
        ("2026-03-01T23:00:00+00:00", "Pacific/Kiritimati", "04:00", "2026-03-02"),
        # The clocks go forward at 02:00 and back at 03:00: the day still begins at 04:00.
        ("2026-03-29T01:59:00+00:00", "Europe/Berlin", "04:00", "2026-03-28"),
        ("2026-03-29T02:00:00+00:00", "Europe/Berlin", "04:00", "2026-03-29"),
        ("2026-10-25T02:59:00+00:00", "Europe/Berlin", "04:00", "2026-10-24"),
        ("2026-10-25T03:00:00+00:00", "Europe/Berlin", "04:00", "2026-10-25"),
        # 02:30 does not exist on that night: it begins at 03:00.
        ("2026-03-29T00:59:00+00:00", "Europe/Berlin", "02:30", "2026-03-28"),
        ("2026-03-29T01:00:00+00:00", "Europe/Berlin", "02:30", "2026-03-29"),
    ],
)
def test_day(instant: str, zone: str, start: str, day: str) -> None:
    assert day_of(datetime.fromisoformat(instant), zone, start) == date.fromisoformat(day)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        day_of(datetime(2026, 3, 1), "Europe/Berlin")


def test_a_trial_that_moved_has_the_days_of_where_it_is() -> None:
    trial = Trial(protocol=Protocol(time_zone="Europe/Berlin"))
    instant = datetime.fromisoformat("2026-03-02T05:00:00+01:00")
    assert today(trial, instant) == date(2026, 3, 2)
    trial.time_zone_changes.append(TimeZoneChange(time_zone="America/New_York"))
    assert today(trial, instant) == date(2026, 3, 1)
