#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "engine/service/convert.h"
#include "engine/trial/catalog.h"
#include "engine/trial/guess.h"

namespace solotrial::service {
namespace {

absl::Status Required(const std::string& field, const std::string& meaning) {
  return InvalidField(field, "is required: " + meaning);
}

absl::Status ConvertGuess(const v1::Guess& from, trial::Entry& to) {
  switch (from.arm()) {
    case v1::ARM_UNSPECIFIED:
      trial::SetGuess(to, from.block_number(), std::nullopt);
      return absl::OkStatus();
    case v1::ARM_ON:
    case v1::ARM_OFF:
      trial::SetGuess(to, from.block_number(), from.arm() == v1::ARM_ON);
      return absl::OkStatus();
    default:
      return InvalidField("guess.arm", "must be ARM_ON, ARM_OFF, or absent for: I do not know");
  }
}

absl::Status ConvertDeviation(const v1::Deviation& from, trial::Entry& to) {
  if (!v1::Deviation::Kind_IsValid(from.kind())) {
    return InvalidField("deviation.kind", "is not known to this engine");
  }
  const bool other = from.kind() == v1::Deviation::KIND_UNSPECIFIED;
  to.kind = trial::Entry::Kind::kDeviation;
  to.subject = std::to_string(other ? v1::Deviation::KIND_OTHER : from.kind());
  to.value = from.has_days() ? from.days() : 1;
  to.text = from.text();
  return absl::OkStatus();
}

// The kind of a stored deviation.
v1::Deviation::Kind DeviationKind(const std::string& subject) {
  int kind = 0;
  std::from_chars(subject.data(), subject.data() + subject.size(), kind);
  return v1::Deviation::Kind_IsValid(kind) ? static_cast<v1::Deviation::Kind>(kind)
                                           : v1::Deviation::KIND_OTHER;
}

// The types whose name is their subject.
constexpr std::pair<v1::Event::Type, const char*> kEventTypes[] = {
    {v1::Event::TYPE_SIDE_EFFECT, trial::kSideEffectType},
    {v1::Event::TYPE_ILLNESS, trial::kIllness},
    {v1::Event::TYPE_TRAVEL, trial::kTravel},
    {v1::Event::TYPE_NEW_TREATMENT, trial::kNewTreatment},
    {v1::Event::TYPE_OTHER, trial::kOtherEvent},
};

absl::Status ConvertEvent(const v1::Event& from, trial::Entry& to) {
  to.kind = trial::Entry::Kind::kEvent;
  to.text = from.text();
  const bool graded = from.grade() != v1::Event::GRADE_UNSPECIFIED;
  if (graded && from.type() != v1::Event::TYPE_SIDE_EFFECT) {
    return InvalidField("event.grade", "is for side effects only; leave it out");
  }
  const bool measured = !from.laboratory_id().empty() || from.has_laboratory_value();
  if (measured && from.type() != v1::Event::TYPE_LABORATORY) {
    return InvalidField("event.laboratory_id", "is for laboratory values only; leave it out");
  }
  if (from.type() == v1::Event::TYPE_LABORATORY) {
    if (!from.has_laboratory_value()) return Required("event.laboratory_value", "the value");
    to.subject = from.laboratory_id();
    to.value = from.laboratory_value();
    if (trial::FindById(trial::TheCatalog().laboratory_values, to.subject) == nullptr) {
      return FieldFault(Reason::kUnknownId, "event.laboratory_id",
                        "is no laboratory value of the catalogue");
    }
    return absl::OkStatus();
  }
  for (const auto& [type, name] : kEventTypes) {
    if (from.type() != type) continue;
    to.subject = name;
    to.value = from.grade();
    return absl::OkStatus();
  }
  return Required("event.type", "SIDE_EFFECT, ILLNESS, TRAVEL, NEW_TREATMENT, LABORATORY or OTHER");
}

void EventToProto(const trial::Entry& entry, v1::Event& event) {
  event.set_text(entry.text);
  for (const auto& [type, name] : kEventTypes) {
    if (entry.subject != name) continue;
    event.set_type(type);
    if (type == v1::Event::TYPE_SIDE_EFFECT) {
      event.set_grade(static_cast<v1::Event::Grade>(static_cast<int>(entry.value)));
    }
    return;
  }
  event.set_type(v1::Event::TYPE_LABORATORY);
  event.set_laboratory_id(entry.subject);
  event.set_laboratory_value(entry.value);
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
    case v1::Entry::kEvent:
      return ConvertEvent(from.event(), to);
    case v1::Entry::kRescue:
      to.kind = trial::Entry::Kind::kRescue;
      to.text = from.rescue().name();
      to.value = from.rescue().has_doses() ? from.rescue().doses() : 1;
      return absl::OkStatus();
    case v1::Entry::kRetraction:
      to.kind = trial::Entry::Kind::kRetraction;
      return absl::OkStatus();
    case v1::Entry::kGuess:
      return ConvertGuess(from.guess(), to);
    case v1::Entry::kDeviation:
      return ConvertDeviation(from.deviation(), to);
    case v1::Entry::kMark:
      to.kind = trial::Entry::Kind::kMark;
      return absl::OkStatus();
    case v1::Entry::CONTENT_NOT_SET:
      break;
  }
  return Required("content", "a score, dose, note or other content that this engine knows");
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
    case trial::Entry::Kind::kGuess: {
      proto.mutable_guess()->set_block_number(trial::GuessedBlock(entry));
      const std::optional<bool> on = trial::GuessedArm(entry);
      if (on.has_value()) proto.mutable_guess()->set_arm(*on ? v1::ARM_ON : v1::ARM_OFF);
      break;
    }
    case trial::Entry::Kind::kDeviation:
      proto.mutable_deviation()->set_kind(DeviationKind(entry.subject));
      proto.mutable_deviation()->set_text(entry.text);
      proto.mutable_deviation()->set_days(static_cast<int32_t>(entry.value));
      break;
    case trial::Entry::Kind::kMark:
      proto.mutable_mark();
      break;
    case trial::Entry::Kind::kEvent:
      EventToProto(entry, *proto.mutable_event());
      break;
    case trial::Entry::Kind::kRescue:
      proto.mutable_rescue()->set_name(entry.text);
      proto.mutable_rescue()->set_doses(static_cast<int>(entry.value));
      break;
  }
  proto.set_sequence(entry.sequence);
  *proto.mutable_record_time() = ToProto(entry.record_time);
  return proto;
}

}  // namespace solotrial::service
