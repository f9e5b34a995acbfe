#include "engine/import/mapping.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/import/cells.h"
#include "engine/import/mapping_targets.h"
#include "engine/import/text.h"

namespace solotrial::import {
namespace {

using Kind = Target::Kind;

constexpr size_t kSamples = 3;
constexpr size_t kMaxNoteCharacters = 10'000;

bool Contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

std::optional<double> YesOrNo(const std::string& cell) {
  static constexpr std::array kYes = {"yes", "true", "y", "ja", "wahr"};
  static constexpr std::array kNo = {"no", "false", "n", "nein", "falsch"};
  const std::string lower = absl::AsciiStrToLower(cell);
  if (std::find(kYes.begin(), kYes.end(), lower) != kYes.end()) return 1;
  if (std::find(kNo.begin(), kNo.end(), lower) != kNo.end()) return 0;
  return std::nullopt;
}

double Reduced(const std::vector<double>& values, SeveralValues rule) {
  switch (rule) {
    case SeveralValues::kLast:
      return values.back();
    case SeveralValues::kMean:
      return std::accumulate(values.begin(), values.end(), 0.0) /
             static_cast<double>(values.size());
    case SeveralValues::kMax:
      return *std::max_element(values.begin(), values.end());
    case SeveralValues::kSum:
      return std::accumulate(values.begin(), values.end(), 0.0);
    case SeveralValues::kRefuse:
    case SeveralValues::kFirst:
      break;
  }
  return values.front();
}

// What the rows of one date say.
struct Day {
  int line = 0;                                  // of the first row
  std::map<size_t, std::vector<double>> values;  // by target
  std::string note;
};

class MappedReader {
 public:
  MappedReader(const SourceTable& table, const Mapping& mapping, const trial::Protocol& protocol,
               const DayZone& zone)
      : table_(table),
        mapping_(mapping),
        protocol_(protocol),
        zone_(zone),
        numbers_(table.format == SourceFormat::kTable ? table.separator : '\t') {}

  // The days; empty when something is wrong or open.
  std::vector<trial::DiaryRow> Read() {
    targets_ = ResolveTargets(mapping_, table_, protocol_, faults_);
    if (!faults_.empty()) return {};
    FindRows();
    AskForOrder();
    AskForArms();
    AskForSubject();
    if (!questions_.empty()) return {};
    for (const SourceRow* row : rows_) {
      if (faults_.size() >= kMaxFaults) return {};
      TakeRow(*row);
    }
    std::vector<trial::DiaryRow> days = Days();
    if (!faults_.empty()) days.clear();
    return days;
  }

  std::vector<Violation>& faults() { return faults_; }
  std::vector<Question>& questions() { return questions_; }

 private:
  void Fault(int line, std::optional<size_t> column, const std::string& description) {
    if (faults_.size() >= kMaxFaults) return;
    faults_.push_back({absl::StrCat("source:", line, ":", column.value_or(0) + 1), description});
  }

  bool IsMissing(const std::string& cell) const {
    return cell.empty() || Contains(mapping_.missing_values, cell);
  }

  const Target* TargetOf(Kind kind) const {
    const auto found = std::find_if(targets_.begin(), targets_.end(),
                                    [kind](const Target& target) { return target.kind == kind; });
    return found == targets_.end() ? nullptr : &*found;
  }

  const std::string& CellAt(const SourceRow& row, const Target& target) const {
    static const auto* const one = new std::string("1");
    return target.column.has_value() ? row.cells[*target.column] : *one;
  }

  void FindRows() {
    for (const SourceRow& row : table_.rows) {
      const bool wanted = std::all_of(
          mapping_.filters.begin(), mapping_.filters.end(), [&](const Mapping::Filter& filter) {
            return row.cells[*FindColumn(table_, filter.column)] == filter.value;
          });
      const bool empty = std::all_of(row.cells.begin(), row.cells.end(),
                                     [](const std::string& cell) { return cell.empty(); });
      if (wanted && !empty) rows_.push_back(&row);
    }
    if (rows_.empty()) Fault(1, std::nullopt, "there is no row to be read");
  }

  void AskForOrder() {
    std::vector<std::string> cells;
    const Target& date = *TargetOf(Kind::kDate);
    for (const SourceRow* row : rows_) cells.push_back(CellAt(*row, date));
    order_ = mapping_.date_order;
    if (order_ != DateOrder::kUnknown) return;
    order_ = OrderOfDates(cells);
    if (order_ != DateOrder::kUnknown) return;
    Question question{Question::Kind::kDateOrder, date.mapping->column, {}};
    for (const std::string& cell : cells) {
      if (question.examples.size() >= kSamples || OrderOfDates({cell}) != DateOrder::kUnknown) {
        continue;
      }
      if (!Contains(question.examples, cell)) question.examples.push_back(cell);
    }
    questions_.push_back(std::move(question));
  }

  // The texts of the arm's column of which it is not said what they are.
  void AskForArms() {
    const Target* on = TargetOf(Kind::kOn);
    if (on == nullptr) return;
    const bool listed = !mapping_.on_values.empty() || !mapping_.off_values.empty();
    Question question{Question::Kind::kOnValues, on->mapping->column, {}};
    for (const SourceRow* row : rows_) {
      const std::string& cell = CellAt(*row, *on);
      const bool known =
          Contains(mapping_.on_values, cell) || Contains(mapping_.off_values, cell) ||
          IsMissing(cell) ||
          (!listed && (YesOrNo(cell).has_value() || NumberReader('\t').Read(cell, row->line).ok()));
      if (known || Contains(question.examples, cell)) continue;
      if (question.examples.size() < kMaxMappingTexts) question.examples.push_back(cell);
    }
    if (!question.examples.empty()) questions_.push_back(std::move(question));
  }

  // A record is one person's.
  void AskForSubject() {
    const std::optional<size_t> column = FindColumn(table_, "subject");
    if (table_.format != SourceFormat::kStudyU || !column.has_value()) return;
    std::set<std::string> subjects;
    for (const SourceRow* row : rows_) subjects.insert(row->cells[*column]);
    if (subjects.size() < 2) return;
    Question question{Question::Kind::kSubject, "subject", {}};
    for (const std::string& subject : subjects) {
      if (question.examples.size() < kMaxMappingTexts) question.examples.push_back(subject);
    }
    questions_.push_back(std::move(question));
  }

  std::optional<double> NumberOf(const std::string& cell, const Target& target, int line) {
    if (target.kind == Kind::kOn) {
      if (Contains(mapping_.on_values, cell)) return 1;
      if (Contains(mapping_.off_values, cell)) return 0;
    }
    if (IsYesOrNo(target)) {
      if (const auto said = YesOrNo(cell)) return said;
    }
    const absl::StatusOr<double> number = numbers_.Read(cell, line);
    if (!number.ok()) {
      const std::string why(number.status().message());
      std::string description = Shown(cell) + " is not a number";
      if (IsMissingMarker(cell)) {
        description += "; if it means that there is none, name it in mapping.missing_values";
      } else if (!why.empty()) {
        description += "; " + why;
      }
      Fault(line, target.column, description);
      return std::nullopt;
    }
    return *number;
  }

  void TakeNote(const std::string& cell, const Target& target, int line, Day& day) {
    if (cell.find('\0') != std::string::npos) {
      return Fault(line, target.column, "holds a character that no text has");
    }
    day.note += (day.note.empty() ? "" : "\n") + cell;
    if (CountCharacters(day.note) > kMaxNoteCharacters) {
      Fault(line, target.column, "the notes of a day must have at most 10,000 characters");
    }
  }

  void TakeRow(const SourceRow& row) {
    const Target& date_target = *TargetOf(Kind::kDate);
    const std::string& date_cell = CellAt(row, date_target);
    const absl::StatusOr<Date> date = ReadSourceDate(date_cell, order_, zone_);
    if (!date.ok()) {
      return Fault(
          row.line, date_target.column,
          date_cell.empty() ? "the date is missing" : std::string(date.status().message()));
    }
    if (mapping_.first_date.has_value() && *date < *mapping_.first_date) return;
    if (mapping_.last_date.has_value() && *date > *mapping_.last_date) return;
    Day& day = days_[*date];
    if (day.line == 0) day.line = row.line;
    for (size_t i = 0; i < targets_.size(); ++i) {
      const Target& target = targets_[i];
      const std::string& cell = CellAt(row, target);
      if (target.kind == Kind::kDate || IsMissing(cell)) continue;
      if (target.kind == Kind::kNote) {
        TakeNote(cell, target, row.line, day);
      } else if (const auto number = NumberOf(cell, target, row.line)) {
        AddValue(i, *number, row.line, day);
      }
    }
  }

  void AddValue(size_t index, double number, int line, Day& day) {
    const Target& target = targets_[index];
    std::vector<double>& values = day.values[index];
    values.push_back(number);
    if (values.size() == 1) return;
    // Rows of one day that say the same about the day's treatment do not contradict each other.
    const bool of_the_day = target.kind == Kind::kOn || target.kind == Kind::kBlock;
    if (of_the_day && values.front() == number) {
      values.pop_back();
    } else if (of_the_day || target.mapping->several == SeveralValues::kRefuse) {
      Fault(line, target.column,
            of_the_day ? "contradicts an earlier row of the same day"
                       : "is a further value of one day; say in mapping.columns.several which "
                         "counts: the first, last or largest, the mean, or the sum");
      values.pop_back();
    }
  }

  bool WasOn(Date date) const {
    return std::any_of(
        mapping_.on_stretches.begin(), mapping_.on_stretches.end(),
        [date](const auto& stretch) { return stretch.first <= date && date <= stretch.last; });
  }

  // Days without a row where absent values are to be filled in.
  void FillAbsentDays() {
    const bool fill = std::any_of(targets_.begin(), targets_.end(), [](const Target& target) {
      return target.mapping->absent_value.has_value();
    });
    if (!fill || days_.empty()) return;
    const Date first = mapping_.first_date.value_or(days_.begin()->first);
    const Date last = mapping_.last_date.value_or(days_.rbegin()->first);
    if (last - first >= inference::kMaxDays) return;  // told below
    for (Date date = first; date <= last; ++date) days_[date];
  }

  std::vector<trial::DiaryRow> Days() {
    if (!faults_.empty()) return {};
    FillAbsentDays();
    if (days_.empty()) {
      Fault(1, std::nullopt, "there is no day to be read");
      return {};
    }
    if (days_.rbegin()->first - days_.begin()->first >= inference::kMaxDays) {
      Fault(days_.rbegin()->second.line, std::nullopt,
            "the days span more than 3,000; choose some with mapping.first_date and last_date");
      return {};
    }
    std::vector<trial::DiaryRow> rows;
    for (const auto& [date, day] : days_) rows.push_back(RowOf(date, day));
    return rows;
  }

  trial::DiaryRow RowOf(Date date, const Day& day) {
    trial::DiaryRow row{.date = date, .note = day.note, .line = day.line};
    if (TargetOf(Kind::kOn) == nullptr) row.on = WasOn(date) ? 1 : 0;
    for (size_t i = 0; i < targets_.size(); ++i) {
      const Target& target = targets_[i];
      const auto said = day.values.find(i);
      std::optional<double> value = target.mapping->absent_value;
      if (said != day.values.end()) value = Reduced(said->second, target.mapping->several);
      if (!value.has_value()) {
        if (target.kind == Kind::kOn)
          Fault(day.line, target.column, "does not say whether the day was on");
        continue;
      }
      if (const std::string right = WhatWouldBeRight(target, *value); !right.empty()) {
        Fault(day.line, target.column, NumberText(*value) + " must be " + right);
        continue;
      }
      switch (target.kind) {
        case Kind::kOn:
          row.on = *value;
          break;
        case Kind::kBlock:
          row.block = static_cast<int>(*value);
          break;
        case Kind::kDose:
          row.dose = *value;
          break;
        case Kind::kScore:
          row.scores[target.measure->id][target.slot] = *value;
          break;
        case Kind::kCovariate:
          row.covariates[target.covariate->id] = *value;
          break;
        case Kind::kDate:
        case Kind::kNote:
          break;
      }
    }
    return row;
  }

  const SourceTable& table_;
  const Mapping& mapping_;
  const trial::Protocol& protocol_;
  const DayZone& zone_;
  NumberReader numbers_;
  std::vector<Target> targets_;
  std::vector<const SourceRow*> rows_;
  DateOrder order_ = DateOrder::kUnknown;
  std::map<Date, Day> days_;
  std::vector<Violation> faults_;
  std::vector<Question> questions_;
};

// `suggested` holds the targets of the columns before: each is suggested once.
ColumnPreview PreviewOf(const SourceTable& table, size_t index, const trial::Protocol& protocol,
                        std::set<std::string>& suggested) {
  ColumnPreview preview{.name = table.columns[index].name, .label = table.columns[index].label};
  for (const SourceRow& row : table.rows) {
    const std::string& cell = row.cells[index];
    if (cell.empty()) continue;
    ++preview.filled;
    if (preview.samples.size() < kSamples && !Contains(preview.samples, cell)) {
      preview.samples.push_back(cell);
    }
  }
  const std::string suggestion = SuggestedTarget(preview.name, protocol);
  if (suggested.insert(suggestion).second) preview.suggestion = suggestion;
  return preview;
}

Mapping Suggested(const std::vector<ColumnPreview>& columns, Mapping mapping) {
  for (const ColumnPreview& column : columns) {
    if (column.suggestion.empty()) continue;
    mapping.columns.push_back({.column = column.name, .target = column.suggestion});
  }
  return mapping;
}

std::string QuestionText(Question::Kind kind) {
  switch (kind) {
    case Question::Kind::kDateOrder:
      return "mapping.date_order: must say whether the day or the month stands first";
    case Question::Kind::kOnValues:
      return "mapping.on_values: must say which texts mean on, and off_values which mean off";
    case Question::Kind::kSubject:
      break;
  }
  return "mapping.filters: must name one `subject`: the file holds several people";
}

}  // namespace

absl::StatusOr<Preview> PreviewSource(const std::string& bytes, const Mapping& mapping,
                                      const trial::Protocol& protocol, const DayZone& zone,
                                      size_t most_days) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const SourceTable table, ReadSource(bytes, mapping.first_date));
  Preview preview;
  preview.format = table.format;
  preview.rows = static_cast<int>(table.rows.size());
  std::set<std::string> suggested;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    preview.columns.push_back(PreviewOf(table, i, protocol, suggested));
  }
  const Mapping used = mapping.columns.empty() ? Suggested(preview.columns, mapping) : mapping;
  MappedReader reader(table, used, protocol, zone);
  preview.days = reader.Read();
  preview.day_count = static_cast<int>(preview.days.size());
  if (preview.days.size() > most_days) preview.days.resize(most_days);
  preview.questions = std::move(reader.questions());
  preview.not_understood = std::move(reader.faults());
  for (const TableFault& fault : table.left_out) {
    if (preview.not_understood.size() >= kMaxFaults) break;
    preview.not_understood.push_back(
        {absl::StrCat("source:", fault.line, ":", fault.column), fault.description});
  }
  return preview;
}

absl::StatusOr<trial::DiaryFile> ReadMapped(const std::string& bytes, const Mapping& mapping,
                                            const trial::Protocol& protocol, const DayZone& zone) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const SourceTable table, ReadSource(bytes, mapping.first_date));
  MappedReader reader(table, mapping, protocol, zone);
  trial::DiaryFile file;
  file.rows = reader.Read();
  std::vector<Violation> violations = std::move(reader.faults());
  for (const Question& question : reader.questions()) {
    const std::string text = QuestionText(question.kind);
    const size_t colon = text.find(": ");
    violations.push_back({text.substr(0, colon), text.substr(colon + 2)});
  }
  if (violations.empty()) {
    file.has_block_column =
        std::any_of(file.rows.begin(), file.rows.end(),
                    [](const trial::DiaryRow& row) { return row.block.has_value(); });
    return file;
  }
  const bool mapping_only = std::all_of(
      violations.begin(), violations.end(),
      [](const Violation& violation) { return violation.field.compare(0, 7, "mapping") == 0; });
  if (mapping_only) return InvalidFields(std::move(violations));
  const std::string message = violations.front().field + ": " + violations.front().description;
  return FaultStatus(Fault{Reason::kUnreadableDiary, std::move(violations), false}, message);
}

}  // namespace solotrial::import
