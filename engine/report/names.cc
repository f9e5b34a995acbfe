#include "engine/report/names.h"

#include "absl/time/time.h"

namespace solotrial::report {

const char* PhaseName(ExportedDay::Phase phase) {
  switch (phase) {
    case ExportedDay::Phase::kRunIn:
      return "run_in";
    case ExportedDay::Phase::kBlock:
      return "block";
    case ExportedDay::Phase::kPaused:
      return "paused";
    case ExportedDay::Phase::kOutside:
      break;
  }
  return "outside";
}

const char* StateName(trial::EffectiveState state) {
  switch (state) {
    case trial::EffectiveState::kDraft:
      return "draft";
    case trial::EffectiveState::kRunning:
      return "running";
    case trial::EffectiveState::kPaused:
      return "paused";
    case trial::EffectiveState::kCompleted:
      return "completed";
    case trial::EffectiveState::kStopped:
      return "stopped";
    case trial::EffectiveState::kImported:
      break;
  }
  return "imported";
}

const char* FamilyName(inference::Family family) {
  switch (family) {
    case inference::Family::kGaussian:
      return "gaussian";
    case inference::Family::kStudentT:
      return "student_t";
    case inference::Family::kBernoulli:
      return "bernoulli";
    case inference::Family::kPoisson:
      return "poisson";
    case inference::Family::kNegativeBinomial:
      return "negative_binomial";
    case inference::Family::kOrdinal:
      break;
  }
  return "ordinal";
}

const char* KindName(trial::Entry::Kind kind) {
  switch (kind) {
    case trial::Entry::Kind::kScore:
      return "score";
    case trial::Entry::Kind::kCovariate:
      return "covariate";
    case trial::Entry::Kind::kDose:
      return "dose";
    case trial::Entry::Kind::kNote:
      return "note";
    case trial::Entry::Kind::kRetraction:
      return "retraction";
    case trial::Entry::Kind::kEvent:
      return "event";
    case trial::Entry::Kind::kRescue:
      return "rescue";
    case trial::Entry::Kind::kGuess:
      return "guess";
    case trial::Entry::Kind::kMark:
      return "mark";
    case trial::Entry::Kind::kDeviation:
      break;
  }
  return "deviation";
}

const char* AmendmentName(trial::Amendment::Kind kind) {
  switch (kind) {
    case trial::Amendment::Kind::kPackingList:
      return "packing_list_opened";
    case trial::Amendment::Kind::kUnblinding:
      return "unblinding";
    case trial::Amendment::Kind::kExtension:
      return "extension";
    case trial::Amendment::Kind::kTimeZone:
      return "time_zone";
    case trial::Amendment::Kind::kArchiveKey:
      break;
  }
  return "archive_key";
}

const char* RandomizationName(trial::Randomization kind) {
  switch (kind) {
    case trial::Randomization::kPaired:
      return "paired";
    case trial::Randomization::kCounterbalanced:
      return "counterbalanced";
    case trial::Randomization::kRestricted:
      return "restricted";
    case trial::Randomization::kBalanced:
      return "balanced";
    case trial::Randomization::kNone:
      break;
  }
  return "none";
}

std::string DeviationName(const trial::Entry& deviation) {
  if (deviation.subject == "2") return "illness";
  if (deviation.subject == "3") return "travel";
  if (deviation.subject == "4") return "wrong_treatment";
  if (deviation.subject == "5") return "untold_pause";
  return "other";
}

std::string GradeName(double grade) {
  if (grade == trial::kGradeMild) return "mild";
  return grade == trial::kGradeModerate ? "moderate" : "severe";
}

std::string ArmName(const std::optional<bool>& on, const std::string& fallback) {
  if (!on.has_value()) return fallback;
  return *on ? "on" : "off";
}

std::string LocalTimeText(const trial::Entry& entry) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S%Ez", entry.client_time,
                          absl::FixedTimeZone(entry.utc_offset_minutes * 60));
}

}  // namespace solotrial::report
