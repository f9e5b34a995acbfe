#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

std::string DateOrEmpty(const std::optional<Date>& date) {
  return date.has_value() ? FormatDate(*date) : "";
}

v1::Arm ArmOf(bool on) { return on ? v1::ARM_ON : v1::ARM_OFF; }

v1::Measure::RefersTo RefersToProto(trial::RefersTo refers_to) {
  return refers_to == trial::RefersTo::kPreviousNight ? v1::Measure::REFERS_TO_PREVIOUS_NIGHT
                                                      : v1::Measure::REFERS_TO_SAME_DAY;
}

v1::Today::Phase PhaseToProto(trial::ScheduledDay::Phase phase) {
  switch (phase) {
    case trial::ScheduledDay::Phase::kBefore:
      return v1::Today::PHASE_BEFORE;
    case trial::ScheduledDay::Phase::kRunIn:
      return v1::Today::PHASE_RUN_IN;
    case trial::ScheduledDay::Phase::kBlock:
      return v1::Today::PHASE_BLOCK;
    case trial::ScheduledDay::Phase::kPaused:
      return v1::Today::PHASE_PAUSED;
    case trial::ScheduledDay::Phase::kAfter:
      return v1::Today::PHASE_AFTER;
    case trial::ScheduledDay::Phase::kWaiting:
      return v1::Today::PHASE_WAITING;
  }
  return v1::Today::PHASE_UNSPECIFIED;
}

v1::DueItem::Kind KindToProto(trial::DueItem::Kind kind) {
  switch (kind) {
    case trial::DueItem::Kind::kScore:
      return v1::DueItem::KIND_SCORE;
    case trial::DueItem::Kind::kCovariate:
      return v1::DueItem::KIND_COVARIATE;
    case trial::DueItem::Kind::kDose:
      return v1::DueItem::KIND_DOSE;
    case trial::DueItem::Kind::kGuess:
      return v1::DueItem::KIND_GUESS;
    case trial::DueItem::Kind::kMark:
      return v1::DueItem::KIND_MARK;
  }
  return v1::DueItem::KIND_UNSPECIFIED;
}

// What everything that was done to a trial has in common.
void PutOccasion(const trial::Amendment& made, auto& proto) {
  proto.set_date(FormatDate(made.date));
  *proto.mutable_time() = ToProto(made.time);
  proto.set_reason(made.reason);
}

void AddAmendments(const trial::Trial& trial, v1::Trial& proto) {
  using Kind = trial::Amendment::Kind;
  for (const trial::Amendment& made : trial.amendments) {
    switch (made.kind) {
      case Kind::kPackingList: {
        v1::PackingListOpening& row = *proto.add_packing_list_openings();
        *row.mutable_time() = ToProto(made.time);
        row.set_device(made.text);
        break;
      }
      case Kind::kUnblinding:
        PutOccasion(made, *proto.mutable_unblinding());
        break;
      case Kind::kExtension: {
        v1::Extension& row = *proto.add_extensions();
        PutOccasion(made, row);
        row.set_pairs(made.pairs);
        break;
      }
      case Kind::kTimeZone: {
        v1::TimeZoneChange& row = *proto.add_time_zone_changes();
        PutOccasion(made, row);
        row.set_time_zone(made.text);
        break;
      }
      case Kind::kArchiveKey:
        break;
    }
  }
}

}  // namespace

google::protobuf::Timestamp ToProto(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  const int64_t seconds = absl::ToUnixSeconds(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>((micros - seconds * 1'000'000) * 1'000));
  return timestamp;
}

v1::TrialState ToProto(trial::EffectiveState state) {
  switch (state) {
    case trial::EffectiveState::kDraft:
      return v1::TRIAL_STATE_DRAFT;
    case trial::EffectiveState::kRunning:
      return v1::TRIAL_STATE_RUNNING;
    case trial::EffectiveState::kPaused:
      return v1::TRIAL_STATE_PAUSED;
    case trial::EffectiveState::kCompleted:
      return v1::TRIAL_STATE_COMPLETED;
    case trial::EffectiveState::kStopped:
      return v1::TRIAL_STATE_STOPPED;
    case trial::EffectiveState::kImported:
      return v1::TRIAL_STATE_IMPORTED;
  }
  return v1::TRIAL_STATE_UNSPECIFIED;
}

v1::Trial ToProto(const trial::Trial& trial, const v1::Protocol& protocol,
                  const trial::Protocol& domain, Date today) {
  const trial::EffectiveState state = trial::StateOn(trial, domain, today);
  v1::Trial proto;
  if (!trial.id.empty()) {
    proto.set_name("trials/" + trial.id);
    proto.set_etag(std::to_string(trial.revision));
    *proto.mutable_create_time() = ToProto(trial.create_time);
  }
  *proto.mutable_protocol() = protocol;
  proto.set_state(ToProto(state));
  proto.set_start_date(DateOrEmpty(trial.start_date));
  if (!trial.allocation.empty()) {
    proto.set_last_date(DateOrEmpty(trial::Schedule(domain, trial).end_date()));
  }
  for (const trial::Pause& pause : trial.pauses) {
    v1::Pause& row = *proto.add_pauses();
    row.set_pause_date(FormatDate(pause.pause_date));
    row.set_resume_date(DateOrEmpty(pause.resume_date));
    row.set_reason(pause.reason);
    if (pause.cause == trial::Pause::Cause::kSideEffect) {
      row.set_cause(v1::Pause::CAUSE_SIDE_EFFECT);
    }
  }
  if (trial.stop.has_value()) {
    proto.mutable_stop()->set_stop_date(FormatDate(trial.stop->stop_date));
    proto.mutable_stop()->set_reason(trial.stop->reason);
  }
  proto.set_protocol_digest(trial.protocol_digest);
  proto.set_commitment(trial.commitment);
  if (trial::HasEnded(state)) proto.set_seed(trial.seed);
  proto.set_allocations(trial::AllocationCount(domain.design));
  AddAmendments(trial, proto);
  if (state != trial::EffectiveState::kImported) {
    *proto.mutable_safety() =
        SafetyToProto(domain, trial.safety_confirmation, trial::Locale::kEnglish);
  }
  return proto;
}

v1::Schedule ToProto(const trial::ParticipantView& view) {
  v1::Schedule proto;
  proto.set_run_in_start_date(DateOrEmpty(view.run_in_start_date));
  proto.set_run_in_end_date(DateOrEmpty(view.run_in_end_date));
  bool all_shown = true;
  for (const trial::ParticipantView::Block& block : view.blocks) {
    v1::Block& row = *proto.add_blocks();
    row.set_number(block.number);
    row.set_pair(block.pair);
    row.set_start_date(DateOrEmpty(block.start_date));
    row.set_end_date(DateOrEmpty(block.end_date));
    row.set_days(block.days);
    row.set_envelope(block.envelope);
    if (block.on.has_value()) {
      row.set_arm(ArmOf(*block.on));
    } else if (all_shown && !view.concealed) {
      all_shown = false;
      proto.set_online_before_date(DateOrEmpty(block.start_date));
    }
  }
  return proto;
}

v1::Today ToProto(const trial::Today& today, report::Language language) {
  v1::Today proto;
  proto.set_date(FormatDate(today.date));
  proto.set_phase(PhaseToProto(today.day.phase));
  proto.set_day_number(today.day.day_number);
  proto.set_planned_days(today.planned_days);
  proto.set_block_number(today.day.block_number);
  proto.set_day_in_block(today.day.day_in_block);
  proto.set_block_days(today.block_days);
  if (today.on.has_value()) proto.set_arm(ArmOf(*today.on));
  proto.set_envelope(today.envelope);
  proto.set_instruction(today.instruction.empty() ? report::Render(today.message, language)
                                                  : today.instruction);
  for (const trial::DueItem& item : today.due) {
    v1::DueItem& row = *proto.add_due();
    row.set_kind(KindToProto(item.kind));
    row.set_id(item.id);
    row.set_slot(item.slot);
    row.set_question(item.question.empty() && !item.message.id.empty()
                         ? report::Render(item.message, language)
                         : item.question);
    row.set_block_number(item.block_number);
    row.set_guessed(item.guessed);
    row.set_marked(item.marked);
    if (item.minimum.has_value()) row.set_minimum(*item.minimum);
    if (item.maximum.has_value()) row.set_maximum(*item.maximum);
    row.set_whole(item.whole);
    if (item.recorded.has_value()) row.set_recorded(*item.recorded);
    if (item.kind == trial::DueItem::Kind::kScore) {
      row.set_refers_to(RefersToProto(item.refers_to));
    }
  }
  return proto;
}

}  // namespace solotrial::service
