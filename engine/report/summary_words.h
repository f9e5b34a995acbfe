// The summary in phrases: what the checklist and the pages say alike.
#ifndef SOLOTRIAL_ENGINE_REPORT_SUMMARY_WORDS_H_
#define SOLOTRIAL_ENGINE_REPORT_SUMMARY_WORDS_H_

#include <optional>
#include <string>
#include <vector>

#include "engine/report/summary.h"
#include "engine/report/words.h"

namespace solotrial::report {

// Everything here is plain text in one language; an empty text or nullopt means that the engine
// does not know. Methods marked (results) need results. `summary` must outlive the words.
class SummaryWords {
 public:
  SummaryWords(const Summary& summary, Language language);

  // The plan.
  std::string State() const;
  std::string Abstract() const;
  std::optional<std::string> Condition() const;
  std::string Treatment() const;        // its name, else "treatment"
  std::string TreatmentInFull() const;  // with form, amount and instruction
  std::string Comparator() const;
  std::string Blinding() const;
  std::string Mid() const;
  std::string Design() const;
  std::string Randomization() const;
  std::string Kinetics() const;
  std::string Step(const trial::DoseStep& step) const;
  std::string Measure(const trial::Measure& measure) const;
  std::string Model() const;
  std::string Priors() const;
  std::string ModelTerms() const;

  // The life.
  std::string Dates() const;
  std::string IntendedSequence() const;  // empty unless ended
  std::vector<std::string> Changes() const;
  std::vector<std::string> Pauses() const;
  std::string WhyEnded() const;
  std::string ScoresSoFar() const;  // needs progress

  // What came of it (results).
  std::string LivedSequence() const;
  std::string ScoresRecorded() const;
  std::string DosesTaken() const;
  std::string Level(const trial::Measure& measure, const trial::ArmLevel& level) const;
  std::string Observed(const trial::MeasureLevels& levels) const;
  std::string Verdict() const;  // the sentence, with the measure's question for its id
  std::string Benefit() const;
  std::string Certainty() const;
  std::string Absolute() const;
  std::string Relative() const;
  std::string RandomizationTest() const;
  std::string CarryOver() const;
  std::string Guesses() const;
  std::string Decision(trial::Decision decision) const;
  std::string PriorName(trial::PriorAlternative::Prior prior) const;
  std::vector<std::string> PriorRows() const;
  std::vector<std::string> BlockRows() const;
  std::vector<std::string> HarmRows() const;
  std::vector<std::string> Limits() const;  // remarks, then failed checks

  std::string Arm(const std::optional<bool>& on) const;

 private:
  const trial::RecordSummary& record() const { return summary_.results->record; }
  const trial::AnalysisOutcome& outcome() const { return record().outcome; }
  // A level in the unit of the benefit, without the unit.
  std::string PerPeriod(const trial::Measure& measure, double mean, int decimals) const;

  const Summary& summary_;
  const trial::Protocol& protocol_;
  const trial::Measure& primary_;
  const Words say_;
};

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_SUMMARY_WORDS_H_
