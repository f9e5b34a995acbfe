"""What the tests of the Python client share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import grpc
import pytest
import solotrial
from google.protobuf import json_format
from solotrial.v1 import Protocol, Trial

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "conformance"))
from engine import Engine

NOON = datetime(2026, 3, 1, 11, 0, tzinfo=timezone.utc)

# Nothing that is screened: the tests are about clients.
PROTOCOL = {
    "title": "Does an evening walk calm my legs?",
    "design": {"randomization": "PAIRED", "blockDays": 3, "pairs": 2},
    "measures": [
        {
            "id": "legs",
            "family": "ORDINAL",
            "minimum": 0,
            "maximum": 10,
            "lowerIsBetter": True,
            "minimalImportantDifference": 1,
        }
    ],
    "intervention": {"name": "an evening walk", "onInstruction": "Walk for half an hour."},
    "timeZone": "Europe/Berlin",
}


@pytest.fixture(scope="session")
def shared_engine() -> Iterator[Engine]:
    """An engine for tests that neither stop it nor move its clock."""
    with Engine() as engine:
        yield engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine of the test's own."""
    with Engine() as engine:
        yield engine


def connect(engine: Engine) -> solotrial.Client:
    """The owner's client; what is repeated is repeated at once."""
    return solotrial.Client(engine.address, engine.token, sleep=lambda seconds: None)


def wait_for(client: solotrial.Client) -> None:
    """Waits until the client's channel has found its engine again."""
    grpc.channel_ready_future(client._transport._channel).result(timeout=60)


def running_trial(client: solotrial.Client) -> Trial:
    """A trial that begins today."""
    draft = client.trials.create_trial(protocol=json_format.ParseDict(PROTOCOL, Protocol()))
    return client.trials.start_trial(name=draft.name)


@pytest.fixture
def client(shared_engine: Engine) -> Iterator[solotrial.Client]:
    """The owner's client of the shared engine."""
    with connect(shared_engine) as client:
        yield client


@pytest.fixture
def trial(client: solotrial.Client) -> Trial:
    """A trial of the test's own that begins today."""
    return running_trial(client)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[solotrial.Outbox]:
    """An empty outbox at noon."""
    box = solotrial.Outbox(tmp_path / "diary.sqlite", device="a laptop", clock=lambda: NOON)
    yield box
    box.close()
