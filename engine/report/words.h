// Sentences and numbers of the pages, in one language.
#ifndef SOLOTRIAL_ENGINE_REPORT_WORDS_H_
#define SOLOTRIAL_ENGINE_REPORT_WORDS_H_

#include <map>
#include <optional>
#include <string>

#include "engine/report/messages.h"
#include "engine/trial/message.h"
#include "engine/trial/protocol.h"
#include "engine/trial/trial.h"

namespace solotrial::report {

class Words {
 public:
  explicit Words(Language language) : language_(language) {}

  Language language() const { return language_; }

  // The sentence `id` of the catalogue with its parameters.
  std::string operator()(const std::string& id,
                         const std::map<std::string, std::string>& parameters = {}) const;
  // The same for a message whose parameters hold what people wrote.
  std::string Of(const trial::Message& message) const;

  // With the language's decimal mark; never "-0".
  std::string Number(double value, int decimals) const;
  // At most `decimals`, without zeros at the end.
  std::string Short(double value, int decimals = 2) const;
  // A probability as people say it: never 0 and never 100, without the sign.
  std::string Percent(double probability) const;
  // A number of things, however many: `924`, `1.36 × 10¹⁴`.
  std::string Count(double count) const;
  // A p-value.
  std::string PValue(double p) const;
  // `1.4 points`.
  std::string Amount(double value, const trial::Measure& measure) const;
  // `1.4 points (95 % interval 0.6 to 2.1)`.
  std::string Interval(double mean, double low, double high, const trial::Measure& measure) const;

 private:
  Language language_;
};

// How many decimals a benefit of `measure` is worth saying.
int DecimalsOf(const trial::Measure& measure);

// What a measure is called: its question, else its id in words.
std::string NameOf(const trial::Measure& measure);

// A plain decimal with a point, as parameters of the catalogue are.
std::string Plain(double value, int decimals);

// What somebody wrote, fit to stand inside a sentence: without control characters, and where it is
// written from right to left or switches direction, isolated so that the sentence around it stays
// in order (Unicode TR9, FSI and PDI).
std::string Isolated(const std::string& text);

}  // namespace solotrial::report

#endif  // SOLOTRIAL_ENGINE_REPORT_WORDS_H_
