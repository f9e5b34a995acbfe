"""A trial as tables: lists of dicts, or pandas data frames (`pip install 'solotrial[frames]'`).

The tables are the engine's own (ReportService.ExportTable): `scores` has one row per day and
measure, missed days included; `entries` every entry that counts; `blocks`, `measures` and `changes`
say what the trial was; `dictionary` explains every column. Arms are there where they may be known.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from solotrial.aio import AsyncClient
from solotrial.client import Client
from solotrial.v1.report_service_pb2 import ExportTableRequest, RenderedDocument

if TYPE_CHECKING:
    import pandas as pd

Rows = list[dict[str, Any]]


def tables(client: Client, trial: str) -> dict[str, Rows]:
    """Every table of a trial by name.

    Raises ConfirmationNeeded on a device that has not confirmed in the last ten minutes
    (`client.access.confirm`), and WrongState for a draft.
    """
    return read(client.reports.export_table(trial=trial, format=ExportTableRequest.FORMAT_JSON))


async def tables_async(client: AsyncClient, trial: str) -> dict[str, Rows]:
    """As tables."""
    return read(
        await client.reports.export_table(trial=trial, format=ExportTableRequest.FORMAT_JSON)
    )


def read(document: RenderedDocument) -> dict[str, Rows]:
    """The tables of an export that was made as JSON."""
    exported = json.loads(document.content)
    if exported.get("format") != "solotrial-tidy-1":
        raise ValueError("that is no export of tables, or one of a newer engine")
    return {name: rows for name, rows in exported.items() if isinstance(rows, list)}


def frame(tables: dict[str, Rows], name: str = "scores") -> pd.DataFrame:
    """One of the tables as a data frame: dates as dates, whole numbers and absence kept apart."""
    try:
        import pandas
    except ModuleNotFoundError:
        raise ModuleNotFoundError("pandas is missing: pip install 'solotrial[frames]'") from None
    if name not in tables:
        raise KeyError(f"{name!r} is no table of this trial: {', '.join(tables)}")
    columns = [row["column"] for row in tables["dictionary"] if row["table"] == name]
    data: pd.DataFrame = pandas.DataFrame(tables[name], columns=columns or None)
    data = data.convert_dtypes()
    for column in data.columns:
        if column == "date" or column.endswith("_date"):
            data[column] = pandas.to_datetime(data[column])
    return data
