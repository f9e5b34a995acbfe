#include "tests/report/fhir_bundles.h"

#include "engine/report/fhir.h"
#include "tests/report/trials.h"

namespace solotrial::report {
namespace {

using Kind = trial::Entry::Kind;

// Made up: what a report carries, and not what these scores say.
trial::AnalysisOutcome MadeUpOutcome(const trial::Protocol& protocol) {
  trial::AnalysisOutcome outcome;
  outcome.measure = &trial::PrimaryMeasure(protocol);
  outcome.posterior.benefit.mean = 1.25;
  outcome.posterior.benefit.sd = 0.5;
  outcome.posterior.benefit.q025 = 0.25;
  outcome.posterior.benefit.q500 = 1.25;
  outcome.posterior.benefit.q975 = 2.25;
  outcome.posterior.benefit.p_any = 0.99;
  outcome.posterior.benefit.p_important = 0.7;
  outcome.posterior.benefit.p_worse = 0.01;
  outcome.posterior.effect.mean = -0.8;
  outcome.exposure_contrast = 0.9;
  outcome.randomization_test = trial::RandomizationTest{.p_two_sided = 0.5, .p_one_sided = 0.25};
  outcome.verdict.decision = trial::Decision::kUndecided;
  outcome.verdict.message = {"verdict.insufficient_data.ended", {}};
  return outcome;
}

}  // namespace

std::string BundleOf(const ExportedTrial& trial, const std::string& pdf) {
  const trial::AnalysisOutcome outcome = MadeUpOutcome(trial.protocol);
  FhirRequest request{.trial = trial, .summary_pdf = pdf};
  request.time = absl::FromCivil(absl::CivilHour(2026, 3, 1, 12), absl::UTCTimeZone());
  if (trial::HasEnded(trial.state)) request.analysis = &outcome;
  return WriteFhirBundle(request);
}

ExportedTrial YearOfEntries() {
  trial::Protocol protocol = SmallProtocol();
  protocol.design.block_days = 30;
  protocol.design.pairs = 6;
  std::vector<trial::Entry> entries;
  const auto add = [&entries](Kind kind, int day, const std::string& subject,
                              const std::string& slot, double value) {
    entries.push_back(EntryOf(static_cast<int>(entries.size()), kind, kFirstDay + day));
    entries.back().subject = subject;
    entries.back().slot = slot;
    entries.back().value = value;
  };
  for (int day = 0; day < 362; ++day) {
    add(Kind::kScore, day, "pain", "morning", day % 11);
    add(Kind::kScore, day, "pain", "evening", day % 7);
    add(Kind::kScore, day, "sleep", "", day % 101);
    add(Kind::kCovariate, day, "weekend", "", day % 7 > 4 ? 1 : 0);
    add(Kind::kDose, day, "", "morning", 1);
    add(Kind::kDose, day, "", "evening", 0.5);
  }
  return ExportOfTrial(protocol, SmallTrial("100101101001"), std::move(entries), kFirstDay + 400);
}

std::vector<std::string> SampleBundles() {
  const trial::Protocol open = SmallProtocol();
  const trial::Protocol blinded = SmallProtocol(trial::Blinding::kByHelper);
  trial::Protocol rich = SmallProtocol();
  rich.symptom = "migraine";
  rich.measures[1].family = inference::Family::kBernoulli;
  rich.measures[1].maximum = 1;
  rich.intervention->steps = {{.from_day = 1, .elemental_mg = 150}};
  std::vector<trial::Entry> texts;
  for (const std::string& text : AwkwardTexts()) {
    for (const Kind kind : {Kind::kNote, Kind::kRescue, Kind::kEvent}) {
      texts.push_back(EntryOf(static_cast<int>(texts.size()), kind, kFirstDay + 2));
      texts.back().text = text;
      texts.back().value = 1;
      if (kind == Kind::kEvent) texts.back().subject = trial::kSideEffectType;
    }
  }
  const auto sleep_as_yes_or_no = [] {
    std::vector<trial::Entry> entries = SomeEntries();
    for (trial::Entry& entry : entries) {
      if (entry.subject == "sleep") entry.value = 1;
    }
    return entries;
  };
  trial::Trial stopped = SmallTrial();
  stopped.state = trial::Trial::State::kStopped;
  stopped.stop = trial::Stop{kFirstDay + 4, "enough"};
  return {
      BundleOf(ExportOfTrial(open, SmallTrial(), SomeEntries(), kFirstDay + 20), "%PDF-1.7\n"),
      BundleOf(ExportOfTrial(blinded, SmallTrial(), SomeEntries(), kFirstDay + 6)),
      BundleOf(ExportOfTrial(blinded, SmallTrial(), SomeEntries(), kFirstDay + 20)),
      BundleOf(ExportOfTrial(open, SmallTrial(), {}, kFirstDay - 3)),
      BundleOf(ExportOfTrial(rich, stopped, sleep_as_yes_or_no(), kFirstDay + 20)),
      BundleOf(ExportOfTrial(open, SmallTrial(), texts, kFirstDay + 20)),
      BundleOf(YearOfEntries()),
  };
}

}  // namespace solotrial::report
