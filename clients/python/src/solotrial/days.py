"""Which day of a trial an instant belongs to."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from solotrial.v1.protocol_pb2 import Protocol
from solotrial.v1.trial_pb2 import Trial

_DAY_STARTS_AT = "04:00"


def day_of(instant: datetime, time_zone: str, day_starts_at: str = _DAY_STARTS_AT) -> date:
    """The civil date in `time_zone`, or the one before while the clock there is before the start.

    So a score at half past midnight belongs to the evening before. `instant` knows its offset from
    UTC; `day_starts_at` is `HH:MM`.
    """
    if instant.tzinfo is None:
        raise ValueError("the instant has no time zone: use datetime.now(timezone.utc)")
    local = instant.astimezone(ZoneInfo(time_zone))
    hours, minutes = day_starts_at.split(":")
    if (local.hour, local.minute) < (int(hours), int(minutes)):
        return local.date() - timedelta(days=1)
    return local.date()


def zone_of(trial: Trial) -> str:
    """The time zone that the trial is lived in: the protocol's, or the last it moved to."""
    if trial.time_zone_changes:
        return trial.time_zone_changes[-1].time_zone
    return trial.protocol.time_zone


def day_start_of(protocol: Protocol) -> str:
    """When a new day begins, `HH:MM`."""
    return protocol.day_starts_at if protocol.HasField("day_starts_at") else _DAY_STARTS_AT


def today(trial: Trial, instant: datetime) -> date:
    """The trial's day at `instant`."""
    return day_of(instant, zone_of(trial), day_start_of(trial.protocol))


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(timezone.utc)
