// What came of a trial in phrases: see summary_words.h.
#include <algorithm>
#include <cmath>

#include "engine/report/summary_words.h"

namespace solotrial::report {
namespace {

using Prior = trial::PriorAlternative::Prior;

int Total(const trial::HarmCounts& counts) { return counts.mild + counts.moderate + counts.severe; }

}  // namespace

std::string SummaryWords::PerPeriod(const trial::Measure& measure, double mean,
                                    int decimals) const {
  return Plain(mean * trial::DaysPerPeriod(measure.family), decimals);
}

std::string SummaryWords::LivedSequence() const {
  std::string text;
  int pair = 0;
  for (const trial::BlockSummary& block : outcome().blocks) {
    if (!text.empty()) text += block.block.pair != pair ? " | " : ", ";
    pair = block.block.pair;
    text += Arm(block.block.on) + " (" + std::to_string(block.observed_days) + "/" +
            std::to_string(block.days) + ")";
  }
  return text;
}

std::string SummaryWords::ScoresRecorded() const {
  int days = 0;
  int scored = 0;
  for (const trial::BlockSummary& block : outcome().blocks) {
    days += block.days;
    scored += block.observed_days;
  }
  return say_("page.scores_by_arm", {{"recorded", std::to_string(scored)},
                                     {"scheduled", std::to_string(days)},
                                     {"on", std::to_string(outcome().missing_on_days)},
                                     {"off", std::to_string(outcome().missing_off_days)}});
}

std::string SummaryWords::DosesTaken() const {
  int on_days = 0;
  int on_logged = 0;
  double on_taken = 0;
  int off_taken = 0;
  int logged = 0;
  for (const trial::AdherenceDay& day : record().adherence) {
    if (day.dose.has_value()) ++logged;
    if (day.block == 0) continue;
    if (day.on) {
      ++on_days;
      if (day.dose.has_value()) ++on_logged;
      on_taken += std::min(1.0, day.dose.value_or(0));
    } else if (day.dose.value_or(0) > 0) {
      ++off_taken;
    }
  }
  if (logged == 0) return "";
  return say_("page.doses", {{"taken", Plain(on_taken, on_taken == std::floor(on_taken) ? 0 : 1)},
                             {"days", std::to_string(on_days)},
                             {"logged", std::to_string(on_logged)},
                             {"off", std::to_string(off_taken)}});
}

std::string SummaryWords::Level(const trial::Measure& measure, const trial::ArmLevel& level) const {
  if (!level.mean.has_value()) return say_("page.not_recorded");
  return say_("page.amount", {{"value", PerPeriod(measure, *level.mean, DecimalsOf(measure))},
                              {"unit", trial::BenefitUnit(measure.family)}});
}

std::string SummaryWords::Observed(const trial::MeasureLevels& levels) const {
  return NameOf(*levels.measure) + ": " +
         say_("page.observed", {{"on", std::to_string(levels.on.observed_days)},
                                {"on_days", std::to_string(levels.on.days)},
                                {"off", std::to_string(levels.off.observed_days)},
                                {"off_days", std::to_string(levels.off.days)}});
}

std::string SummaryWords::Verdict() const {
  trial::Message message = outcome().verdict.message;
  if (message.parameters.contains("measure")) message.parameters["measure"] = NameOf(primary_);
  return Render(message, say_.language());
}

std::string SummaryWords::Benefit() const {
  const inference::Benefit& benefit = outcome().posterior.benefit;
  return say_.Interval(benefit.mean, benefit.q025, benefit.q975, primary_);
}

std::string SummaryWords::Certainty() const {
  const inference::Benefit& benefit = outcome().posterior.benefit;
  std::string text = say_("page.certainty", {{"any", say_.Percent(benefit.p_any)},
                                             {"worse", say_.Percent(benefit.p_worse)}});
  if (primary_.minimal_important_difference.has_value()) {
    text += " " + say_("page.certainty_mid",
                       {{"important", say_.Percent(benefit.p_important)}, {"mid", Mid()}});
  }
  return text;
}

std::string SummaryWords::Absolute() const {
  const trial::MeasureLevels& levels = record().levels.front();
  if (!levels.on.mean.has_value() || !levels.off.mean.has_value()) return "";
  // Whole numbers read best; a decimal where they would hide the difference.
  int decimals = DecimalsOf(primary_);
  const double per = trial::DaysPerPeriod(primary_.family);
  const bool whole = std::abs(*levels.on.mean - *levels.off.mean) * per >= 1.5;
  if (per > 1 && whole) decimals = 0;
  return say_(primary_.family == inference::Family::kBernoulli ? "page.instead.days"
              : trial::IsCount(primary_.family)                ? "page.instead.events"
                                                               : "page.instead.points",
              {{"on", PerPeriod(primary_, *levels.on.mean, decimals)},
               {"off", PerPeriod(primary_, *levels.off.mean, decimals)}});
}

std::string SummaryWords::Relative() const {
  const inference::Posterior& posterior = outcome().posterior;
  std::string text;
  const auto add = [&](const char* id, const std::optional<inference::Summary>& ratio) {
    if (!ratio.has_value()) return;
    text += say_(id, {{"mean", Plain(ratio->q500, 2)},
                      {"low", Plain(ratio->q025, 2)},
                      {"high", Plain(ratio->q975, 2)}}) +
            " ";
  };
  add("page.rate_ratio", posterior.rate_ratio);
  add("page.odds_ratio", posterior.odds_ratio);
  if (outcome().observed_days > 0) {
    text += say_("page.better_day", {{"percent", say_.Percent(posterior.p_better_day)}});
  }
  return text;
}

std::string SummaryWords::RandomizationTest() const {
  if (!outcome().randomization_test.has_value()) return "";
  const trial::RandomizationTest& test = *outcome().randomization_test;
  return say_("page.randomization_test", {{"one", say_.PValue(test.p_one_sided)},
                                          {"two", say_.PValue(test.p_two_sided)},
                                          {"smallest", say_.PValue(test.smallest_p)},
                                          {"orders", say_.Count(test.allocations)}});
}

std::string SummaryWords::CarryOver() const {
  if (!outcome().sensitivity.has_value() || !outcome().sensitivity->carry_over.has_value())
    return "";
  const trial::CarryOver& carry = *outcome().sensitivity->carry_over;
  return say_("page.carry_over", {{"days", std::to_string(carry.days)},
                                  {"mean", Plain(carry.effect.mean, 2)},
                                  {"low", Plain(carry.effect.q025, 2)},
                                  {"high", Plain(carry.effect.q975, 2)}});
}

std::string SummaryWords::Guesses() const {
  if (!outcome().sensitivity.has_value() || !outcome().sensitivity->blinding.has_value()) return "";
  const trial::BlindingScore& score = *outcome().sensitivity->blinding;
  return say_("page.guesses", {{"right", std::to_string(score.right)},
                               {"guesses", std::to_string(score.guesses)},
                               {"unknown", std::to_string(score.unknown)}});
}

std::string SummaryWords::Decision(trial::Decision decision) const {
  return say_(std::string("decision.") + trial::DecisionName(decision));
}

std::string SummaryWords::PriorName(Prior prior) const {
  switch (prior) {
    case Prior::kNeutral:
      return say_("prior.neutral");
    case Prior::kSceptical:
      return say_("prior.sceptical");
    case Prior::kLiterature:
      return say_("prior.literature");
    case Prior::kOwn:
      return say_("prior.own");
  }
  return "";
}

std::vector<std::string> SummaryWords::PriorRows() const {
  std::vector<std::string> rows;
  if (!outcome().sensitivity.has_value()) return rows;
  for (const trial::PriorAlternative& prior : outcome().sensitivity->priors) {
    const inference::Benefit& benefit = prior.answer.benefit;
    std::string row = PriorName(prior.prior) + ": " +
                      say_.Interval(benefit.mean, benefit.q025, benefit.q975, primary_);
    if (prior.answer.decision.has_value()) row += "; " + Decision(*prior.answer.decision);
    rows.push_back(row);
  }
  return rows;
}

std::vector<std::string> SummaryWords::BlockRows() const {
  std::vector<std::string> rows;
  for (size_t i = 0; i < outcome().blocks.size(); ++i) {
    const trial::BlockSummary& block = outcome().blocks[i];
    const trial::BlockMean& mean = record().block_means[i];
    std::string row = std::to_string(block.block.number) + ", " + Arm(block.block.on) + ": ";
    row += mean.mean.has_value() ? say_.Number(*mean.mean, 2) : say_("page.not_recorded");
    if (mean.q025.has_value()) {
      row +=
          " " + say_("page.range", {{"low", Plain(*mean.q025, 2)}, {"high", Plain(*mean.q975, 2)}});
    }
    rows.push_back(row);
  }
  return rows;
}

std::vector<std::string> SummaryWords::HarmRows() const {
  const std::optional<trial::Harms>& harms = summary_.results->harms;
  if (summary_.state == trial::EffectiveState::kImported) return {say_("page.not_recorded")};
  if (!harms.has_value()) return {say_("page.no_harms")};
  const auto row = [this](const char* arm, const trial::HarmCounts& counts) {
    return say_(arm) + ": " +
           say_("page.harms", {{"total", std::to_string(Total(counts))},
                               {"mild", std::to_string(counts.mild)},
                               {"moderate", std::to_string(counts.moderate)},
                               {"severe", std::to_string(counts.severe)}});
  };
  return {row("arm.on", harms->on), row("arm.off", harms->off), row("arm.outside", harms->outside)};
}

std::vector<std::string> SummaryWords::Limits() const {
  std::vector<std::string> limits = {say_("cent.this_person_only")};
  for (const trial::Message& remark : summary_.results->remarks) {
    limits.push_back(say_.Of(remark));
  }
  for (const std::string& check : FailedChecks(summary_, say_.language())) limits.push_back(check);
  return limits;
}

}  // namespace solotrial::report
