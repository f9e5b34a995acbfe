#include "engine/report/tidy_programs.h"

namespace solotrial::report {

std::string TidyReadme(const std::string& list) {
  return R"(Everything that one trial holds, as tables.

)" + list +
         R"(  trial.json  What the trial is, and its protocol.

Every table is CSV (RFC 4180): UTF-8, commas, a header line, an empty cell where there is no value.
dictionary.csv says of every column what it means, its unit, its range and its codes.

A text that a spreadsheet would take for a formula, and one that begins with an apostrophe, has an
apostrophe before it. The programs here take it away again:

  python3 read.py      needs nothing but Python 3
  Rscript read.R       needs nothing but R

With pandas: pandas.read_csv("scores.csv", parse_dates=["date", "score_date"]).
)";
}

std::string PythonReader() {
  return R"PY(#!/usr/bin/env python3
"""Reads the tables of this folder as dictionary.csv says, and prints what the scores say."""
import csv
import pathlib
import statistics

FOLDER = pathlib.Path(__file__).resolve().parent
ESCAPED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


def cells(table):
    with open(FOLDER / f"{table}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def plain(text):
    """The text as it was written, without the apostrophe that keeps it from being a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(ESCAPED) else text


READ = {"text": plain, "date": plain, "time": plain, "integer": int, "number": float}
TYPES = {}
for column in cells("dictionary"):
    TYPES.setdefault(column["table"], {})[column["column"]] = READ[column["type"]]


def read(table):
    """The rows of a table: None where there is no value, numbers as numbers, texts as written."""
    return [
        {name: TYPES[table][name](cell) if cell else None for name, cell in row.items()}
        for row in cells(table)
    ]


TABLES = {table: read(table) for table in TYPES}


def mean(values):
    return f"{statistics.fmean(values):.4f}" if values else "NA"


if __name__ == "__main__":
    for measure in TABLES["measures"]:
        days = [row for row in TABLES["scores"] if row["measure"] == measure["measure"]]
        scored = [row for row in days if row["value"] is not None]
        on = [row["value"] for row in scored if row["on"] == 1]
        off = [row["value"] for row in scored if row["on"] == 0]
        print(f"{measure['measure']}: {len(scored)} of {len(days)} days, "
              f"mean on {mean(on)}, mean off {mean(off)}")
    print(f"{len(TABLES['entries'])} entries")
)PY";
}

std::string RReader() {
  return R"R(# Reads the tables of this folder as dictionary.csv says, and prints what the scores say.
arguments <- commandArgs(trailingOnly = FALSE)
file <- sub("^--file=", "", grep("^--file=", arguments, value = TRUE))
folder <- if (length(file) == 1) dirname(file) else "."

cells <- function(table) {
  read.csv(file.path(folder, paste0(table, ".csv")), colClasses = "character", na.strings = "",
           encoding = "UTF-8", check.names = FALSE)
}

# The text as it was written, without the apostrophe that keeps it from being a formula.
plain <- function(text) sub("^'(?=[=+\\-@\\t\\r\\n'\uff1d\uff0b\uff0d\uff20])", "", text, perl = TRUE)

dictionary <- cells("dictionary")

# The rows of a table: NA where there is no value, numbers as numbers, texts as written.
read <- function(table) {
  rows <- cells(table)
  for (column in names(rows)) {
    type <- dictionary$type[dictionary$table == table & dictionary$column == column]
    rows[[column]] <- switch(type, integer = as.integer(rows[[column]]),
                             number = as.numeric(rows[[column]]), date = as.Date(rows[[column]]),
                             plain(rows[[column]]))
  }
  rows
}

tables <- sapply(unique(dictionary$table), read, simplify = FALSE)

average <- function(values) {
  values <- values[!is.na(values)]
  if (length(values) == 0) "NA" else sprintf("%.4f", mean(values))
}

for (measure in tables$measures$measure) {
  days <- tables$scores[tables$scores$measure == measure, ]
  cat(sprintf("%s: %d of %d days, mean on %s, mean off %s\n", measure, sum(!is.na(days$value)),
              nrow(days), average(days$value[days$on %in% 1]),
              average(days$value[days$on %in% 0])))
}
cat(sprintf("%d entries\n", nrow(tables$entries)))
)R";
}

}  // namespace solotrial::report
