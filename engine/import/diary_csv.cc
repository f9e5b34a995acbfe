#include "engine/import/diary_csv.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/civil_time.h"
#include "engine/base/fault.h"
#include "engine/import/cells.h"
#include "engine/import/columns.h"
#include "engine/import/table.h"
#include "engine/import/text.h"

namespace solotrial::import {
namespace {

using Kind = Column::Kind;

constexpr size_t kMaxNoteCharacters = 10000;

// A note that begins with an apostrophe and one of these was given the apostrophe by the writer, so
// that no spreadsheet takes the note for a formula (engine/report/csv_cells.cc has the same list).
constexpr std::array kEscapedBeginnings = {"=",  "+",  "-",  "@",  "\t", "\r",
                                           "\n", "＝", "＋", "－", "＠", "'"};

std::string Unescaped(const std::string& note) {
  if (note.empty() || note[0] != '\'') return note;
  for (const std::string beginning : kEscapedBeginnings) {
    if (note.compare(1, beginning.size(), beginning) == 0) return note.substr(1);
  }
  return note;
}

// What the numbers of one column may be.
struct Allowed {
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool whole = false;
  std::string description;  // "a number from 0 to 10"
};

Allowed AllowedIn(const Column& column) {
  switch (column.kind) {
    case Kind::kOn:
      return {0, 1, false, "0, 1 or a fraction between"};
    case Kind::kDose:
      return {0, 1, false, "the part of the dose that was taken, 0 to 1"};
    case Kind::kBlock:
      return {1, inference::kMaxDays, true, "the number of a block, 1 or more"};
    case Kind::kCovariate:
      if (column.covariate->binary) return {0, 1, true, "0 or 1"};
      return {.description = "a number"};
    case Kind::kScore: {
      const trial::Measure& measure = *column.measure;
      return {measure.minimum, measure.maximum, !trial::IsContinuous(measure.family),
              trial::ScoreWords(measure)};
    }
    case Kind::kDate:
    case Kind::kNote:
    case Kind::kUnusable:
      break;
  }
  return {};
}

class DiaryReader {
 public:
  DiaryReader(const trial::Protocol& protocol, char separator)
      : protocol_(protocol), separator_(separator), numbers_(separator) {}

  // False when nothing after the row needs to be read.
  bool TakeRow(const Row& row) {
    if (header_line_ == 0) return TakeHeader(row);
    has_rows_ = true;
    TakeDay(row);
    return faults_.size() < kMaxFaults;
  }

  absl::StatusOr<trial::DiaryFile> Finish(std::optional<TableFault> end) && {
    if (end.has_value()) faults_.push_back(*std::move(end));
    if (faults_.empty() && header_line_ == 0) {
      AddFault(1, 1, "the file is empty; it needs a header such as date,on and a row for each day");
    }
    if (faults_.empty() && !has_rows_) {
      AddFault(header_line_, 1, "there are no days below the header; write one row for each day");
    }
    if (!faults_.empty()) return Unreadable();
    return std::move(file_);
  }

 private:
  void AddFault(int line, int column, std::string description) {
    faults_.push_back({line, column, std::move(description)});
  }

  bool TakeHeader(const Row& row) {
    header_line_ = row.line;
    // Columns that are not known are called by their name: a row of a diary must not be.
    if (std::any_of(row.cells.begin(), row.cells.end(),
                    [](const Cell& cell) { return ParseDate(Trim(cell.text)).has_value(); })) {
      AddFault(row.line, 1,
               "the first line must name the columns, such as date,on, and holds a day");
      return false;
    }
    if (row.cells.size() == 1) {
      AddFault(row.line, 1,
               "the header has only one column; put commas, semicolons or tabs between the names");
    }
    columns_ = ReadHeader(row, protocol_, faults_);
    for (const Column& column : columns_) {
      allowed_.push_back(AllowedIn(column));
      file_.has_block_column = file_.has_block_column || column.kind == Kind::kBlock;
    }
    return faults_.size() < kMaxFaults;
  }

  void TakeDay(const Row& row) {
    if (row.cells.size() != columns_.size()) {
      AddFault(row.line, static_cast<int>(std::min(row.cells.size(), columns_.size())) + 1,
               absl::StrCat("this row has ", row.cells.size(), " cells, the header has ",
                            columns_.size(), HintForCount(row.cells.size())));
      return;  // nobody knows which cell is which
    }
    trial::DiaryRow day;
    day.line = row.line;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (faults_.size() >= kMaxFaults) return;
      TakeCell(row.cells[i], i, day);
    }
    file_.rows.push_back(std::move(day));
  }

  std::string HintForCount(size_t cells) const {
    if (cells < columns_.size()) return "; leave cells empty, but keep their separators";
    if (separator_ == ',') {
      return "; put a text with commas in quotes, and write decimals with a point";
    }
    return "; put a text with separators in quotes";
  }

  void TakeCell(const Cell& cell, size_t index, trial::DiaryRow& day) {
    const Column& column = columns_[index];
    const int number = static_cast<int>(index) + 1;
    if (!IsWellFormed(cell.text)) {
      AddFault(cell.line, number, "this cell is not valid UTF-8; save the file as UTF-8");
      return;
    }
    if (cell.text.find('\0') != std::string::npos) {
      AddFault(cell.line, number, "this cell has a NUL character; save the file as UTF-8");
      return;
    }
    switch (column.kind) {
      case Kind::kUnusable:
        return;
      case Kind::kDate:
        TakeDate(cell, number, day);
        return;
      case Kind::kNote:
        day.note = Unescaped(cell.text);
        if (CountCharacters(day.note) > kMaxNoteCharacters) {
          AddFault(cell.line, number, "this note is too long; at most 10,000 characters");
        }
        return;
      default:
        break;
    }
    const std::optional<double> value = ReadValue(cell, index);
    if (!value.has_value()) return;
    switch (column.kind) {
      case Kind::kOn:
        day.on = *value;
        break;
      case Kind::kDose:
        day.dose = *value;
        break;
      case Kind::kBlock:
        day.block = static_cast<int>(*value);
        break;
      case Kind::kCovariate:
        day.covariates[column.name] = *value;
        break;
      case Kind::kScore:
        day.scores[column.measure->id][column.slot] = *value;
        break;
      default:
        break;
    }
  }

  // The value of the cell; nothing where it is missing or wrong.
  std::optional<double> ReadValue(const Cell& cell, size_t index) {
    const Column& column = columns_[index];
    const Allowed& allowed = allowed_[index];
    const int number = static_cast<int>(index) + 1;
    const std::string text = Trim(cell.text);
    if (text.empty()) {
      if (column.kind == Kind::kOn) {
        AddFault(cell.line, number,
                 absl::StrCat("on is empty; on every day it is ", allowed.description));
      }
      return std::nullopt;
    }
    const absl::StatusOr<double> value = numbers_.Read(text, cell.line);
    std::string hint;
    if (value.ok()) {
      const bool fits = *value >= allowed.minimum && *value <= allowed.maximum &&
                        (!allowed.whole || std::floor(*value) == *value);
      if (fits) return *value;
    } else if (IsMissingMarker(text)) {
      hint = column.kind == Kind::kOn ? "it is known for every day"
                                      : "leave the cell empty where a value is missing";
    } else {
      hint = absl::StrCat(value.status().message());
    }
    AddFault(cell.line, number,
             absl::StrCat(column.name, ": ", Shown(text), " is not ", allowed.description,
                          hint.empty() ? "" : "; ", hint));
    return std::nullopt;
  }

  void TakeDate(const Cell& cell, int number, trial::DiaryRow& day) {
    const absl::StatusOr<Date> date = ReadDate(Trim(cell.text));
    if (!date.ok()) {
      AddFault(cell.line, number, absl::StrCat(date.status().message()));
      return;
    }
    day.date = *date;
    const auto [earlier, is_new] = line_of_date_.emplace(*date, cell.line);
    if (!is_new) {
      AddFault(cell.line, number,
               absl::StrCat(FormatDate(*date), " is here a second time; it is already on line ",
                            earlier->second));
      return;
    }
    // Compared with the row before, not with the latest so far: one wrong date is one fault.
    if (last_date_.has_value() && *date < *last_date_) {
      AddFault(
          cell.line, number,
          absl::StrCat(FormatDate(*date), " comes after ", FormatDate(*last_date_), " on line ",
                       line_of_date_[*last_date_], "; the earliest day comes first"));
    }
    last_date_ = *date;
    if (!first_date_.has_value()) first_date_ = *date;
    if (*date - *first_date_ >= inference::kMaxDays && !is_too_long_) {
      is_too_long_ = true;
      AddFault(cell.line, number,
               absl::StrCat(FormatDate(*date), " is ", *date - *first_date_, " days after ",
                            FormatDate(*first_date_), "; a record has at most ",
                            inference::kMaxDays, " days"));
    }
  }

  absl::Status Unreadable() {
    std::stable_sort(faults_.begin(), faults_.end(), [](const TableFault& a, const TableFault& b) {
      return std::pair(a.line, a.column) < std::pair(b.line, b.column);
    });
    if (faults_.size() > kMaxFaults) faults_.resize(kMaxFaults);
    Fault fault{Reason::kUnreadableDiary, {}, false};
    for (TableFault& f : faults_) {
      fault.violations.push_back(
          {absl::StrCat("diary_csv:", f.line, ":", f.column), std::move(f.description)});
    }
    std::string message =
        absl::StrCat("the diary cannot be read: line ", faults_[0].line, ", column ",
                     faults_[0].column, ": ", fault.violations[0].description);
    if (faults_.size() > 1) absl::StrAppend(&message, " (", faults_.size() - 1, " more)");
    return FaultStatus(std::move(fault), message);
  }

  const trial::Protocol& protocol_;
  const char separator_;
  NumberReader numbers_;
  std::vector<Column> columns_;
  std::vector<Allowed> allowed_;  // by column
  int header_line_ = 0;           // none seen yet
  bool has_rows_ = false;
  std::map<Date, int> line_of_date_;
  std::optional<Date> first_date_;
  std::optional<Date> last_date_;
  bool is_too_long_ = false;
  std::vector<TableFault> faults_;
  trial::DiaryFile file_;
};

}  // namespace

absl::StatusOr<trial::DiaryFile> ReadDiaryCsv(const std::string& bytes,
                                              const trial::Protocol& protocol) {
  if (bytes.size() > kMaxDiaryBytes) {
    return FaultStatus(
        Fault{
            Reason::kUnreadableDiary, {{"diary_csv:1:1", "the file is larger than 3 MiB"}}, false},
        "the diary is larger than 3 MiB");
  }
  const std::string text = ToUtf8(bytes);
  const char separator = SeparatorOf(text);
  DiaryReader reader(protocol, separator);
  std::optional<TableFault> end =
      ReadTable(text, separator, [&reader](const Row& row) { return reader.TakeRow(row); });
  return std::move(reader).Finish(std::move(end));
}

}  // namespace solotrial::import
