// The plan and the life of a trial in phrases: see summary_words.h.
#include <algorithm>

#include "engine/report/summary_words.h"
#include "engine/trial/catalog.h"

namespace solotrial::report {
namespace {

const char* FamilyName(inference::Family family) {
  switch (family) {
    case inference::Family::kGaussian:
      return "GAUSSIAN";
    case inference::Family::kStudentT:
      return "STUDENT_T";
    case inference::Family::kBernoulli:
      return "BERNOULLI";
    case inference::Family::kPoisson:
      return "POISSON";
    case inference::Family::kNegativeBinomial:
      return "NEGATIVE_BINOMIAL";
    case inference::Family::kOrdinal:
      return "ORDINAL";
  }
  return "";
}

// `3f… ` in words: `on, off | off, on`, pairs separated.
std::string SequenceText(const trial::Allocation& allocation, const trial::Design& design,
                         const SummaryWords& words) {
  std::string text;
  for (size_t i = 0; i < allocation.size(); ++i) {
    const bool new_pair = i > 0 && trial::PairOf(design, static_cast<int>(i)) !=
                                       trial::PairOf(design, static_cast<int>(i) - 1);
    if (i > 0) text += new_pair ? " | " : ", ";
    text += words.Arm(allocation[i] == '1');
  }
  return text;
}

}  // namespace

SummaryWords::SummaryWords(const Summary& summary, Language language)
    : summary_(summary),
      protocol_(*summary.protocol),
      primary_(trial::PrimaryMeasure(protocol_)),
      say_(language) {}

std::string SummaryWords::Arm(const std::optional<bool>& on) const {
  return say_(!on.has_value() ? "arm.outside" : *on ? "arm.on" : "arm.off");
}

std::string SummaryWords::State() const {
  switch (summary_.state) {
    case trial::EffectiveState::kDraft:
      return say_("state.draft");
    case trial::EffectiveState::kRunning:
      return say_("state.running");
    case trial::EffectiveState::kPaused:
      return say_("state.paused");
    case trial::EffectiveState::kCompleted:
      return say_("state.completed");
    case trial::EffectiveState::kStopped:
      return say_("state.stopped");
    case trial::EffectiveState::kImported:
      return say_("state.imported");
  }
  return "";
}

std::string SummaryWords::Abstract() const {
  std::string text =
      say_("cent.abstract",
           {{"treatment", Treatment()}, {"measure", NameOf(primary_)}, {"design", Design()}});
  if (summary_.results.has_value()) text += " " + Verdict();
  return text;
}

std::optional<std::string> SummaryWords::Condition() const {
  const trial::CatalogSymptom* symptom =
      trial::FindById(trial::TheCatalog().symptoms, protocol_.symptom);
  if (symptom == nullptr) return std::nullopt;
  return symptom->title.In(say_.language() == Language::kGerman ? trial::Locale::kGerman
                                                                : trial::Locale::kEnglish);
}

std::string SummaryWords::Treatment() const {
  return protocol_.intervention.has_value() ? Isolated(protocol_.intervention->name) : "";
}

std::string SummaryWords::TreatmentInFull() const {
  if (!protocol_.intervention.has_value()) return "";
  const trial::Intervention& intervention = *protocol_.intervention;
  std::string text = Isolated(intervention.name);
  const trial::CatalogForm* form = trial::FindById(trial::TheCatalog().forms, intervention.form);
  if (form != nullptr) {
    const std::string& title = form->title.In(
        say_.language() == Language::kGerman ? trial::Locale::kGerman : trial::Locale::kEnglish);
    if (title != intervention.name) text += ", " + title;
  }
  const std::optional<double> mg = trial::ElementalMgPerDay(intervention);
  if (mg.has_value() && *mg > 0) text += ", " + say_("page.elemental", {{"mg", Plain(*mg, 0)}});
  if (!intervention.on_instruction.empty()) text += ". " + Isolated(intervention.on_instruction);
  return text;
}

std::string SummaryWords::Comparator() const {
  if (!protocol_.intervention.has_value()) return "";
  const std::string& off = protocol_.intervention->off_instruction;
  return off.empty() ? say_("cent.nothing_taken") : Isolated(off);
}

std::string SummaryWords::Blinding() const {
  return say_(protocol_.design.blinding == trial::Blinding::kByHelper ? "cent.blinded"
                                                                      : "cent.open");
}

std::string SummaryWords::Mid() const {
  const std::optional<double>& mid = primary_.minimal_important_difference;
  if (!mid.has_value()) return "";
  return say_("page.amount", {{"value", Plain(*mid, *mid == static_cast<int>(*mid) ? 0 : 2)},
                              {"unit", trial::BenefitUnit(primary_.family)}});
}

std::string SummaryWords::Design() const {
  const trial::Design& design = protocol_.design;
  if (design.randomization == trial::Randomization::kNone || design.pairs == 0) {
    return say_("design.as_recorded");
  }
  if (design.block_unit == trial::BlockUnit::kVisits) {
    return say_("design.visits", {{"pairs", std::to_string(design.pairs)}});
  }
  if (design.block_unit == trial::BlockUnit::kCycles) {
    return say_("design.cycles", {{"pairs", std::to_string(design.pairs)},
                                  {"days", std::to_string(design.block_days)}});
  }
  return say_("design.pairs", {{"pairs", std::to_string(design.pairs)},
                               {"days", std::to_string(design.block_days)}});
}

std::string SummaryWords::Randomization() const {
  switch (protocol_.design.randomization) {
    case trial::Randomization::kPaired:
      return say_("randomization.paired");
    case trial::Randomization::kCounterbalanced:
      return say_("randomization.counterbalanced");
    case trial::Randomization::kRestricted:
      return say_("randomization.restricted",
                  {{"longest", std::to_string(protocol_.design.longest_run)}});
    case trial::Randomization::kBalanced:
      return say_("randomization.balanced");
    case trial::Randomization::kNone:
      return say_("randomization.none");
  }
  return "";
}

std::string SummaryWords::Kinetics() const {
  if (protocol_.design.washout_days > 0) {
    return say_("cent.washout", {{"days", std::to_string(protocol_.design.washout_days)}});
  }
  const inference::Kinetics& kinetics = protocol_.kinetics;
  if (kinetics.onset_half_life_days == 0 && kinetics.offset_half_life_days == 0) {
    return say_("cent.at_once");
  }
  return say_("cent.half_lives", {{"on", Plain(kinetics.onset_half_life_days, 1)},
                                  {"off", Plain(kinetics.offset_half_life_days, 1)}});
}

std::string SummaryWords::Step(const trial::DoseStep& step) const {
  std::string dose;
  if (step.elemental_mg > 0) {
    dose = say_("cent.step_mg", {{"mg", Plain(step.elemental_mg, 0)}});
    if (step.compound_mg > 0) {
      dose += " " + say_("cent.step_compound", {{"mg", Plain(step.compound_mg, 0)}});
    }
  } else if (step.count > 0) {
    dose = say_("cent.step_count", {{"count", Plain(step.count, 0)}});
  }
  std::string text = say_("cent.step", {{"day", std::to_string(step.from_day)}, {"dose", dose}});
  if (!step.instruction.empty()) text += " " + Isolated(step.instruction);
  return text;
}

std::string SummaryWords::Measure(const trial::Measure& measure) const {
  std::string text = NameOf(measure) + " (" + FamilyName(measure.family);
  if (!trial::IsCount(measure.family) && measure.family != inference::Family::kBernoulli) {
    text += ", " + say_.Short(measure.minimum) + "–" + say_.Short(measure.maximum);
  }
  text += ", " + say_(measure.lower_is_better ? "cent.lower" : "cent.higher");
  const size_t slots = trial::SlotsOrOne(measure.slots).size();
  text += ", " + say_("cent.times_a_day", {{"times", std::to_string(slots)}});
  if (slots > 1) {
    text += ", " + say_(measure.daily_rule == trial::DailyRule::kMean   ? "rule.mean"
                        : measure.daily_rule == trial::DailyRule::kMax  ? "rule.max"
                        : measure.daily_rule == trial::DailyRule::kLast ? "rule.last"
                                                                        : "rule.sum");
  }
  return text + ", " +
         say_(measure.refers_to == trial::RefersTo::kPreviousNight ? "cent.previous_night"
                                                                   : "cent.same_day") +
         ")";
}

std::string SummaryWords::Model() const {
  return say_("cent.model",
              {{"version", inference::kModelVersion}, {"family", FamilyName(primary_.family)}});
}

std::string SummaryWords::Priors() const {
  return say_("cent.prior", {{"sd", Plain(trial::NeutralEffectSd(primary_), 2)}});
}

std::string SummaryWords::ModelTerms() const {
  std::string text =
      say_(protocol_.trend ? "cent.trend" : "cent.no_trend") + " " +
      say_(protocol_.autocorrelation ? "cent.autocorrelation" : "cent.no_autocorrelation");
  for (const trial::Covariate& covariate : protocol_.covariates) {
    if (covariate.beside_only) continue;
    text += " " + say_("cent.covariate", {{"id", covariate.id}});
  }
  return text;
}

std::string SummaryWords::Dates() const {
  if (!summary_.start_date.has_value()) return "";
  if (!summary_.last_date.has_value()) {
    return say_("page.since", {{"date", FormatDate(*summary_.start_date)}});
  }
  return say_("page.from_to", {{"first", FormatDate(*summary_.start_date)},
                               {"last", FormatDate(*summary_.last_date)}});
}

std::string SummaryWords::IntendedSequence() const {
  if (!summary_.allocation.empty()) {
    return SequenceText(summary_.allocation, protocol_.design, *this);
  }
  if (trial::HasEnded(summary_.state)) return "";
  return say_(summary_.state == trial::EffectiveState::kDraft ? "page.drawn_at_start"
                                                              : "page.not_before_the_end");
}

std::vector<std::string> SummaryWords::Changes() const {
  std::vector<std::string> changes;
  for (const trial::Amendment& made : summary_.amendments) {
    if (made.kind == trial::Amendment::Kind::kExtension) {
      changes.push_back(say_("change.extended", {{"date", FormatDate(made.date)},
                                                 {"pairs", std::to_string(made.pairs)},
                                                 {"reason", Isolated(made.reason)}}));
    } else if (made.kind == trial::Amendment::Kind::kTimeZone) {
      changes.push_back(say_("change.zone", {{"date", FormatDate(made.date)},
                                             {"zone", made.text},
                                             {"reason", Isolated(made.reason)}}));
    } else if (made.kind == trial::Amendment::Kind::kUnblinding) {
      changes.push_back(say_("change.unblinded",
                             {{"date", FormatDate(made.date)}, {"reason", Isolated(made.reason)}}));
    }
  }
  for (const std::string& pause : Pauses()) changes.push_back(pause);
  if (summary_.results.has_value()) {
    for (const NotedEvent& event : summary_.results->events) {
      if (event.kind.id.rfind("deviation.", 0) != 0) continue;
      changes.push_back(FormatDate(event.date) + ": " + say_.Of(event.kind) +
                        (event.text.empty() ? "" : ": " + Isolated(event.text)));
    }
  }
  if (summary_.stop.has_value()) {
    changes.push_back(say_("change.stopped", {{"date", FormatDate(summary_.stop->stop_date)},
                                              {"reason", Isolated(summary_.stop->reason)}}));
  }
  return changes;
}

std::vector<std::string> SummaryWords::Pauses() const {
  std::vector<std::string> pauses;
  for (const trial::Pause& pause : summary_.pauses) {
    std::string text = pause.resume_date.has_value()
                           ? say_("change.paused", {{"first", FormatDate(pause.pause_date)},
                                                    {"last", FormatDate(*pause.resume_date - 1)}})
                           : say_("change.paused_open", {{"first", FormatDate(pause.pause_date)}});
    if (pause.cause == trial::Pause::Cause::kSideEffect) text += " " + say_("change.side_effect");
    if (!pause.reason.empty()) text += " " + Isolated(pause.reason);
    pauses.push_back(text);
  }
  return pauses;
}

std::string SummaryWords::WhyEnded() const {
  if (summary_.stop.has_value()) {
    return say_("change.stopped", {{"date", FormatDate(summary_.stop->stop_date)},
                                   {"reason", Isolated(summary_.stop->reason)}});
  }
  switch (summary_.state) {
    case trial::EffectiveState::kCompleted:
      return say_("end.completed");
    case trial::EffectiveState::kImported:
      return say_("end.imported");
    default:
      return say_("end.not_yet");
  }
}

std::string SummaryWords::ScoresSoFar() const {
  return say_("page.scores", {{"recorded", std::to_string(summary_.progress->scores_recorded)},
                              {"scheduled", std::to_string(summary_.progress->scores_scheduled)}});
}

}  // namespace solotrial::report
