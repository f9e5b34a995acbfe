"""A trial as tables."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pandas as pd
import pytest
import solotrial
from engine import Engine
from google.protobuf import json_format
from solotrial import aio, entries, frames, reasons
from solotrial.v1 import Protocol, RenderedDocument, Trial

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def imported(client: solotrial.Client) -> Trial:
    """A whole record."""
    demo = REPOSITORY / "engine/demo"
    protocol = json_format.Parse((demo / "melatonin.json").read_text(), Protocol())
    return client.trials.import_trial(
        protocol=protocol, diary_csv=(demo / "melatonin.csv").read_bytes()
    )


def test_a_record_as_a_data_frame(client: solotrial.Client, imported: Trial) -> None:
    scores = frames.frame(frames.tables(client, imported.name))
    source = pd.read_csv(REPOSITORY / "engine/demo/melatonin.csv", parse_dates=["date"])
    merged = source.merge(scores, on="date", suffixes=("_source", ""))
    assert len(merged) == len(source)
    assert (merged["mood"] == merged["value"]).all()
    assert (merged["on_source"] == merged["on"]).all()


def test_missed_days_are_rows_with_nothing_in_them(client: solotrial.Client, trial: Trial) -> None:
    scores = frames.frame(frames.tables(client, trial.name))
    assert scores["value"].isna().all()
    assert pd.api.types.is_datetime64_any_dtype(scores["date"])


def test_every_table_becomes_a_frame_with_all_its_columns(
    client: solotrial.Client, trial: Trial, outbox: solotrial.Outbox
) -> None:
    outbox.follow(trial)
    outbox.record(trial.name, entries.note("2026-01-01"))
    solotrial.sync(client, outbox, trial.name)
    tables = frames.tables(client, trial.name)
    for name in tables:
        if name == "dictionary":
            continue
        described = [row["column"] for row in tables["dictionary"] if row["table"] == name]
        assert list(frames.frame(tables, name).columns) == described
    # What looks like a date stays what was written.
    assert frames.frame(tables, "entries")["text"].tolist() == ["2026-01-01"]


def test_a_draft_has_no_tables(client: solotrial.Client, trial: Trial) -> None:
    draft = client.trials.create_trial(protocol=trial.protocol)
    with pytest.raises(reasons.WrongState):
        frames.tables(client, draft.name)


def test_a_table_that_is_not_there_is_said(client: solotrial.Client, trial: Trial) -> None:
    with pytest.raises(KeyError, match="scores"):
        frames.frame(frames.tables(client, trial.name), "nothing")


def test_what_is_no_export_of_tables_is_refused() -> None:
    with pytest.raises(ValueError, match="newer"):
        frames.read(RenderedDocument(content=b'{"format": "solotrial-tidy-9"}'))


def test_without_pandas_there_are_still_tables(
    client: solotrial.Client, trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    tables = frames.tables(client, trial.name)
    assert tables["scores"]
    with pytest.raises(ModuleNotFoundError, match="frames"):
        frames.frame(tables)


def test_asyncio_reads_the_same(
    shared_engine: Engine, client: solotrial.Client, imported: Trial
) -> None:
    async def run() -> None:
        async with aio.AsyncClient(shared_engine.address, shared_engine.token) as other:
            there = await frames.tables_async(other, imported.name)
            assert there == frames.tables(client, imported.name)

    asyncio.run(run())
