"""Personal (n-of-1) trials from Python: a client of the solotrial engine.

    import solotrial

    with solotrial.connect() as client:
        for trial in client.all_trials():
            print(trial.name, trial.protocol.title)

`solotrial.aio` has the same for asyncio, `solotrial.v1` the messages of the API,
`solotrial.entries` what a person says about a day, `solotrial.frames` a trial as tables.
"""

from solotrial.client import Client, connect, join
from solotrial.days import day_of, today
from solotrial.errors import (
    EngineError,
    NotSupported,
    SolotrialError,
    TimedOut,
    Unreachable,
    VersionMismatch,
    Violation,
    WrongCertificate,
)
from solotrial.outbox import Outbox, Refused
from solotrial.settings import Settings
from solotrial.sync import Backoff, Report, sync, sync_async, sync_until_done, sync_until_done_async

__all__ = [
    "Backoff",
    "Client",
    "EngineError",
    "NotSupported",
    "Outbox",
    "Refused",
    "Report",
    "Settings",
    "SolotrialError",
    "TimedOut",
    "Unreachable",
    "VersionMismatch",
    "Violation",
    "WrongCertificate",
    "connect",
    "day_of",
    "join",
    "sync",
    "sync_async",
    "sync_until_done",
    "sync_until_done_async",
    "today",
]
