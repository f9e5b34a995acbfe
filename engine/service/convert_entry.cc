#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

absl::Status Required(const std::string& field, const std::string& meaning) {
  return InvalidField(field, "is required: " + meaning);
}

// Fills in kind and content.
absl::Status ConvertContent(const v1::Entry& from, trial::Entry& to) {
  switch (from.content_case()) {
    case v1::Entry::kScore:
      to.kind = trial::Entry::Kind::kScore;
      to.subject = from.score().measure_id();
      if (!from.score().has_value()) return Required("score.value", "the score");
      to.value = from.score().value();
      return absl::OkStatus();
    case v1::Entry::kCovariate:
      to.kind = trial::Entry::Kind::kCovariate;
      to.subject = from.covariate().covariate_id();
      if (!from.covariate().has_value()) return Required("covariate.value", "the value");
      to.value = from.covariate().value();
      return absl::OkStatus();
    case v1::Entry::kDose:
      to.kind = trial::Entry::Kind::kDose;
      if (!from.dose().has_fraction()) {
        return Required("dose.fraction", "0 (skipped) to 1 (all of it)");
      }
      to.value = from.dose().fraction();
      return absl::OkStatus();
    case v1::Entry::kNote:
      to.kind = trial::Entry::Kind::kNote;
      to.text = from.note().text();
      return absl::OkStatus();
    case v1::Entry::kRetraction:
      to.kind = trial::Entry::Kind::kRetraction;
      return absl::OkStatus();
    case v1::Entry::CONTENT_NOT_SET:
      break;
  }
  return Required("content", "a score, covariate, dose, note or retraction that this engine knows");
}

}  // namespace

absl::StatusOr<trial::Entry> ToDomain(const v1::Entry& from) {
  trial::Entry to;
  to.id = from.id();
  const std::optional<Date> date = ParseDate(from.date());
  if (!date.has_value()) return InvalidField("date", "must be an ISO 8601 date, YYYY-MM-DD");
  to.date = *date;
  to.slot = from.slot();
  if (!from.has_client_time()) return Required("client_time", "when the entry was made");
  // The range of google.protobuf.Timestamp: years 1 to 9999.
  if (from.client_time().seconds() < -62'135'596'800 ||
      from.client_time().seconds() > 253'402'300'799 || from.client_time().nanos() < 0 ||
      from.client_time().nanos() > 999'999'999) {
    return InvalidField("client_time", "is not a valid timestamp");
  }
  // Microseconds are what is kept.
  to.client_time = absl::FromUnixSeconds(from.client_time().seconds()) +
                   absl::Microseconds(from.client_time().nanos() / 1'000);
  to.utc_offset_minutes = from.utc_offset_minutes();
  to.device = from.device();
  to.supersedes = from.supersedes();
  SOLOTRIAL_RETURN_IF_ERROR(ConvertContent(from, to));
  return to;
}

v1::Entry ToProto(const trial::Entry& entry) {
  v1::Entry proto;
  proto.set_id(entry.id);
  proto.set_date(FormatDate(entry.date));
  proto.set_slot(entry.slot);
  *proto.mutable_client_time() = ToProto(entry.client_time);
  proto.set_utc_offset_minutes(entry.utc_offset_minutes);
  proto.set_device(entry.device);
  proto.set_supersedes(entry.supersedes);
  switch (entry.kind) {
    case trial::Entry::Kind::kScore:
      proto.mutable_score()->set_measure_id(entry.subject);
      proto.mutable_score()->set_value(entry.value);
      break;
    case trial::Entry::Kind::kCovariate:
      proto.mutable_covariate()->set_covariate_id(entry.subject);
      proto.mutable_covariate()->set_value(entry.value);
      break;
    case trial::Entry::Kind::kDose:
      proto.mutable_dose()->set_fraction(entry.value);
      break;
    case trial::Entry::Kind::kNote:
      proto.mutable_note()->set_text(entry.text);
      break;
    case trial::Entry::Kind::kRetraction:
      proto.mutable_retraction();
      break;
  }
  proto.set_sequence(entry.sequence);
  *proto.mutable_record_time() = ToProto(entry.record_time);
  return proto;
}

}  // namespace solotrial::service
