#include <optional>
#include <string>

#include "engine/service/convert.h"
#include "engine/service/request_fields.h"

namespace solotrial::service {
namespace {

// Named so that no line begins with `import`, which the formatter takes for a module's.
using import::DateOrder;
using import::SeveralValues;

SeveralValues SeveralOf(v1::ImportMapping::SeveralValues several) {
  switch (several) {
    case v1::ImportMapping::SEVERAL_VALUES_FIRST:
      return SeveralValues::kFirst;
    case v1::ImportMapping::SEVERAL_VALUES_LAST:
      return SeveralValues::kLast;
    case v1::ImportMapping::SEVERAL_VALUES_MEAN:
      return SeveralValues::kMean;
    case v1::ImportMapping::SEVERAL_VALUES_MAX:
      return SeveralValues::kMax;
    case v1::ImportMapping::SEVERAL_VALUES_SUM:
      return SeveralValues::kSum;
    default:
      return SeveralValues::kRefuse;
  }
}

DateOrder OrderOf(v1::ImportMapping::DateOrder order) {
  switch (order) {
    case v1::ImportMapping::DATE_ORDER_DAY_MONTH_YEAR:
      return DateOrder::kDayMonthYear;
    case v1::ImportMapping::DATE_ORDER_MONTH_DAY_YEAR:
      return DateOrder::kMonthDayYear;
    default:
      return DateOrder::kUnknown;
  }
}

v1::ImportPreview::Format ToProto(import::SourceFormat format) {
  switch (format) {
    case import::SourceFormat::kStudyU:
      return v1::ImportPreview::FORMAT_STUDYU;
    case import::SourceFormat::kWrap:
      return v1::ImportPreview::FORMAT_WRAP;
    case import::SourceFormat::kTrialist:
      return v1::ImportPreview::FORMAT_TRIALIST;
    case import::SourceFormat::kTable:
      break;
  }
  return v1::ImportPreview::FORMAT_TABLE;
}

v1::ImportPreview::Question::Kind ToProto(import::Question::Kind kind) {
  switch (kind) {
    case import::Question::Kind::kDateOrder:
      return v1::ImportPreview::Question::KIND_DATE_ORDER;
    case import::Question::Kind::kOnValues:
      return v1::ImportPreview::Question::KIND_ON_VALUES;
    case import::Question::Kind::kSubject:
      break;
  }
  return v1::ImportPreview::Question::KIND_SUBJECT;
}

void PutDay(const trial::DiaryRow& row, v1::ImportPreview::Day& day) {
  day.set_date(FormatDate(row.date));
  day.set_on(row.on);
  for (const auto& [measure, scores] : row.scores) {
    for (const auto& [slot, score] : scores) {
      (*day.mutable_values())[measure + (slot.empty() ? "" : "@" + slot)] = score;
    }
  }
  for (const auto& [covariate, value] : row.covariates) (*day.mutable_values())[covariate] = value;
  if (row.dose.has_value()) day.set_dose(*row.dose);
  day.set_note(row.note);
  day.set_block(row.block.value_or(0));
}

}  // namespace

absl::StatusOr<import::Mapping> ToDomain(const v1::ImportMapping& mapping) {
  import::Mapping domain;
  std::vector<Violation> violations;
  const auto date = [&violations](const std::string& text,
                                  const std::string& field) -> std::optional<Date> {
    const std::optional<Date> parsed = ParseDate(text);
    if (!parsed.has_value()) violations.push_back({field, "must be a date like 2026-03-01"});
    return parsed;
  };
  for (const v1::ImportMapping::Column& column : mapping.columns()) {
    domain.columns.push_back(
        {column.column(), column.target(), SeveralOf(column.several_values()),
         column.has_absent_value() ? std::optional(column.absent_value()) : std::nullopt});
  }
  domain.date_order = OrderOf(mapping.date_order());
  domain.on_values.assign(mapping.on_values().begin(), mapping.on_values().end());
  domain.off_values.assign(mapping.off_values().begin(), mapping.off_values().end());
  domain.missing_values.assign(mapping.missing_values().begin(), mapping.missing_values().end());
  for (int i = 0; i < mapping.on_stretches_size() && violations.size() < 100; ++i) {
    const std::string path = "mapping.on_stretches[" + std::to_string(i) + "]";
    const auto first = date(mapping.on_stretches(i).first_date(), path + ".first_date");
    const auto last = date(mapping.on_stretches(i).last_date(), path + ".last_date");
    if (first.has_value() && last.has_value()) domain.on_stretches.push_back({*first, *last});
  }
  for (const v1::ImportMapping::Filter& filter : mapping.filters()) {
    domain.filters.push_back({filter.column(), filter.value()});
  }
  if (!mapping.first_date().empty()) {
    domain.first_date = date(mapping.first_date(), "mapping.first_date");
  }
  if (!mapping.last_date().empty()) {
    domain.last_date = date(mapping.last_date(), "mapping.last_date");
  }
  SOLOTRIAL_RETURN_IF_ERROR(InvalidFields(std::move(violations)));
  return domain;
}

v1::ImportPreview ToProto(const import::Preview& preview) {
  v1::ImportPreview proto;
  proto.set_format(ToProto(preview.format));
  proto.set_rows(preview.rows);
  for (const import::ColumnPreview& column : preview.columns) {
    v1::ImportPreview::Column& shown = *proto.add_columns();
    shown.set_name(column.name);
    shown.set_label(column.label);
    shown.set_filled(column.filled);
    for (const std::string& sample : column.samples) shown.add_samples(sample);
    shown.set_suggestion(column.suggestion);
  }
  for (const import::Question& question : preview.questions) {
    v1::ImportPreview::Question& asked = *proto.add_questions();
    asked.set_kind(ToProto(question.kind));
    asked.set_column(question.column);
    for (const std::string& example : question.examples) asked.add_examples(example);
  }
  for (const Violation& violation : preview.not_understood) {
    v1::ImportPreview::Problem& problem = *proto.add_not_understood();
    problem.set_field(violation.field);
    problem.set_description(violation.description);
  }
  for (const trial::DiaryRow& row : preview.days) PutDay(row, *proto.add_days());
  proto.set_day_count(preview.day_count);
  return proto;
}

}  // namespace solotrial::service
