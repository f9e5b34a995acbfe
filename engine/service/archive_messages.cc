#include "engine/service/archive_messages.h"

#include <optional>
#include <string>
#include <utility>

#include "engine/base/fault.h"
#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

absl::StatusOr<Date> ReadDate(const std::string& field, const std::string& text) {
  const std::optional<Date> date = ParseDate(text);
  if (!date.has_value()) return InvalidField(field, "must be an ISO 8601 date, YYYY-MM-DD");
  return *date;
}

absl::StatusOr<absl::Time> ReadTime(const std::string& field, bool present,
                                    const google::protobuf::Timestamp& time) {
  if (!present) return InvalidField(field, "is required");
  return absl::FromUnixSeconds(time.seconds()) + absl::Microseconds(time.nanos() / 1'000);
}

}  // namespace

v1::ArchivedTrial ToArchive(const TrialData& data) {
  const trial::Trial& trial = data.trial;
  v1::ArchivedTrial archived;
  archived.set_trial_id(trial.id);
  archived.set_state(static_cast<v1::ArchivedTrial::State>(trial.state));
  *archived.mutable_create_time() = ToProto(trial.create_time);
  archived.set_protocol_digest(trial.protocol_digest);
  if (trial.start_date.has_value()) archived.set_start_date(FormatDate(*trial.start_date));
  archived.set_commitment(trial.commitment);
  if (!trial.seed.empty()) {
    archived.mutable_order()->set_seed(trial.seed);
    archived.mutable_order()->set_allocation(trial.allocation);
  }
  for (const trial::Pause& pause : trial.pauses) {
    v1::Pause& proto = *archived.add_pauses();
    proto.set_pause_date(FormatDate(pause.pause_date));
    if (pause.resume_date.has_value()) proto.set_resume_date(FormatDate(*pause.resume_date));
    proto.set_reason(pause.reason);
    if (pause.cause == trial::Pause::Cause::kSideEffect) {
      proto.set_cause(v1::Pause::CAUSE_SIDE_EFFECT);
    }
  }
  if (trial.stop.has_value()) {
    archived.mutable_stop()->set_stop_date(FormatDate(trial.stop->stop_date));
    archived.mutable_stop()->set_reason(trial.stop->reason);
  }
  if (trial.safety_confirmation.has_value()) {
    v1::ArchivedConfirmation& proto = *archived.mutable_confirmation();
    proto.set_clinician(trial.safety_confirmation->name);
    *proto.mutable_confirm_time() = ToProto(trial.safety_confirmation->time);
    proto.set_digest(trial.safety_confirmation->digest);
  }
  archived.set_revision(trial.revision);
  for (const store::ImportedDay& day : data.days) {
    v1::ArchivedDay& proto = *archived.add_days();
    proto.set_date(FormatDate(day.date));
    proto.set_on(day.on);
    if (day.block.has_value()) proto.set_block(*day.block);
  }
  for (const store::LookRow& look : data.looks) {
    v1::ArchivedLook& proto = *archived.add_looks();
    proto.set_pair(look.pair);
    proto.set_data_date(FormatDate(look.data_date));
    proto.set_recording_may_end(look.recording_may_end);
    proto.set_decision(look.decision);
    proto.set_data_digest(look.data_digest);
    *proto.mutable_record_time() = ToProto(look.record_time);
  }
  for (const trial::Amendment& made : data.trial.amendments) {
    // The key stays with the engine that the helper gave it to.
    if (made.kind == trial::Amendment::Kind::kArchiveKey) continue;
    v1::ArchivedAmendment& proto = *archived.add_amendments();
    proto.set_kind(static_cast<v1::ArchivedAmendment::Kind>(made.kind));
    proto.set_date(FormatDate(made.date));
    *proto.mutable_time() = ToProto(made.time);
    proto.set_reason(made.reason);
    proto.set_text(made.text);
    proto.set_pairs(made.pairs);
  }
  return archived;
}

v1::ArchivedLog LogToArchive(const std::vector<trial::Entry>& log) {
  v1::ArchivedLog archived;
  for (const trial::Entry& entry : log) *archived.add_entries() = ToProto(entry);
  return archived;
}

absl::StatusOr<TrialData> FromArchive(const v1::ArchivedTrial& archived) {
  TrialData data;
  trial::Trial& trial = data.trial;
  trial.id = archived.trial_id();
  if (archived.state() < v1::ArchivedTrial::STATE_DRAFT ||
      archived.state() > v1::ArchivedTrial::STATE_IMPORTED) {
    return InvalidField("state", "is none that this engine knows");
  }
  trial.state = static_cast<trial::Trial::State>(archived.state());
  SOLOTRIAL_ASSIGN_OR_RETURN(trial.create_time, ReadTime("createTime", archived.has_create_time(),
                                                         archived.create_time()));
  trial.protocol_digest = archived.protocol_digest();
  if (!archived.start_date().empty()) {
    SOLOTRIAL_ASSIGN_OR_RETURN(trial.start_date, ReadDate("startDate", archived.start_date()));
  }
  trial.commitment = archived.commitment();
  trial.seed = archived.order().seed();
  trial.allocation = archived.order().allocation();
  for (const v1::Pause& proto : archived.pauses()) {
    trial::Pause& pause = trial.pauses.emplace_back();
    SOLOTRIAL_ASSIGN_OR_RETURN(pause.pause_date, ReadDate("pauses", proto.pause_date()));
    if (!proto.resume_date().empty()) {
      SOLOTRIAL_ASSIGN_OR_RETURN(pause.resume_date, ReadDate("pauses", proto.resume_date()));
    }
    pause.reason = proto.reason();
    if (proto.cause() == v1::Pause::CAUSE_SIDE_EFFECT) {
      pause.cause = trial::Pause::Cause::kSideEffect;
    }
  }
  if (archived.has_stop()) {
    trial.stop.emplace();
    SOLOTRIAL_ASSIGN_OR_RETURN(trial.stop->stop_date,
                               ReadDate("stop", archived.stop().stop_date()));
    trial.stop->reason = archived.stop().reason();
  }
  // Anybody may have made an archive: who wants to start a trial has it confirmed here.
  if (archived.has_confirmation() && trial.state != trial::Trial::State::kDraft) {
    trial::SafetyConfirmation& confirmation = trial.safety_confirmation.emplace();
    confirmation.name = archived.confirmation().clinician();
    SOLOTRIAL_ASSIGN_OR_RETURN(confirmation.time,
                               ReadTime("confirmation", archived.confirmation().has_confirm_time(),
                                        archived.confirmation().confirm_time()));
    confirmation.digest = archived.confirmation().digest();
  }
  trial.revision = archived.revision();
  for (const v1::ArchivedDay& proto : archived.days()) {
    store::ImportedDay& day = data.days.emplace_back();
    SOLOTRIAL_ASSIGN_OR_RETURN(day.date, ReadDate("days", proto.date()));
    day.on = proto.on();
    if (proto.has_block()) day.block = proto.block();
  }
  for (const v1::ArchivedLook& proto : archived.looks()) {
    store::LookRow& look = data.looks.emplace_back();
    look.pair = proto.pair();
    SOLOTRIAL_ASSIGN_OR_RETURN(look.data_date, ReadDate("looks", proto.data_date()));
    look.recording_may_end = proto.recording_may_end();
    look.decision = proto.decision();
    look.data_digest = proto.data_digest();
    SOLOTRIAL_ASSIGN_OR_RETURN(look.record_time,
                               ReadTime("looks", proto.has_record_time(), proto.record_time()));
  }
  for (const v1::ArchivedAmendment& proto : archived.amendments()) {
    if (proto.kind() < v1::ArchivedAmendment::KIND_PACKING_LIST ||
        proto.kind() > v1::ArchivedAmendment::KIND_TIME_ZONE) {
      return InvalidField("amendments", "hold a kind that this engine does not know");
    }
    trial::Amendment& made = trial.amendments.emplace_back();
    made.kind = static_cast<trial::Amendment::Kind>(proto.kind());
    SOLOTRIAL_ASSIGN_OR_RETURN(made.date, ReadDate("amendments", proto.date()));
    SOLOTRIAL_ASSIGN_OR_RETURN(made.time, ReadTime("amendments", proto.has_time(), proto.time()));
    made.reason = proto.reason();
    made.text = proto.text();
    made.pairs = proto.pairs();
  }
  return data;
}

}  // namespace solotrial::service
