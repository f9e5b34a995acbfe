#include "engine/trial/verdict.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "absl/strings/str_format.h"

namespace solotrial::trial {
namespace {

constexpr double kLowestContrast = 0.5;
constexpr int kMostFurtherPairs = 20;

// Probabilities that decide.
struct Thresholds {
  double any;            // RESPONDS: P(B > 0) at least
  double important;      // RESPONDS: P(B >= MID) at least
  double worse;          // WORSENS: P(B < 0) at least
  double not_important;  // DOES_NOT_RESPOND: P(B >= MID) at most
  bool small_benefits;   // whether BENEFIT_TOO_SMALL and BENEFIT_SIZE_OPEN can be said
};

constexpr Thresholds kAtLastPair = {0.975, 0.80, 0.975, 0.05, true};
constexpr Thresholds kBeforeLastPair = {0.995, 0.90, 0.99, 0.01, false};
constexpr double kTooSmall = 0.20;  // BENEFIT_TOO_SMALL: P(B >= MID) at most

Decision DecisionOf(const VerdictFacts& facts) {
  if (!facts.reliable || !facts.autocorrelation) return Decision::kNotComputed;
  if (!facts.enough_data) return Decision::kInsufficientData;
  if (!facts.randomised) return Decision::kNotRandomised;
  // Blocks too short for the half-life: the full effect would be an extrapolation.
  if (facts.exposure_contrast < kLowestContrast) return Decision::kUndecided;
  const Thresholds& at = facts.before_last_pair ? kBeforeLastPair : kAtLastPair;
  const inference::Benefit& benefit = facts.benefit;
  const bool has_mid = facts.minimal_important_difference.has_value();
  if (has_mid && benefit.p_any >= at.any && benefit.p_important >= at.important) {
    return Decision::kResponds;
  }
  if (benefit.p_worse >= at.worse) return Decision::kWorsens;
  if (at.small_benefits && benefit.p_any >= at.any) {
    return has_mid && benefit.p_important <= kTooSmall ? Decision::kBenefitTooSmall
                                                       : Decision::kBenefitSizeOpen;
  }
  if (has_mid && benefit.p_important <= at.not_important) return Decision::kDoesNotRespond;
  return Decision::kUndecided;
}

// The fewest further pairs after which the probabilities would decide if the mean stayed where it
// is and the standard deviation fell with the square root of the number of pairs. A rough guide
// for the person, said as such; nullopt beyond 20.
std::optional<int> FurtherPairs(const VerdictFacts& facts) {
  if (facts.pairs == 0 || !(facts.benefit.sd > 0)) return std::nullopt;
  const boost::math::normal standard;
  for (int more = 1; more <= kMostFurtherPairs; ++more) {
    VerdictFacts then = facts;
    then.before_last_pair = false;
    const double sd =
        facts.benefit.sd * std::sqrt(facts.pairs / static_cast<double>(facts.pairs + more));
    const double mean = facts.benefit.mean;
    then.benefit.p_any = boost::math::cdf(standard, mean / sd);
    then.benefit.p_worse = 1 - then.benefit.p_any;
    then.benefit.p_important =
        boost::math::cdf(standard, (mean - facts.minimal_important_difference.value_or(0)) / sd);
    if (DecisionOf(then) != Decision::kUndecided) return more;
  }
  return std::nullopt;
}

// As many decimals as say something on a scale of this range: none for 0-1000, 1 for 0-10 and
// 0-100, 2 for 0-1.
std::string Rounded(double value, double range) {
  const int decimals =
      range >= 1000 ? 0 : std::clamp(2 - static_cast<int>(std::ceil(std::log10(range))), 1, 6);
  const std::string text = absl::StrFormat("%.*f", decimals, value);
  // "-0.0" reads as if it meant something.
  const bool zero = text.find_first_not_of("-0.") == std::string::npos;
  return zero && text[0] == '-' ? text.substr(1) : text;
}

// Probabilities as people say them: never 0 and never 100.
std::string Percent(double probability) {
  if (probability < 0.01) return "<1";
  return absl::StrFormat("%.0f", std::min(99.0, 100 * probability));
}

Message SentenceOf(const VerdictFacts& facts, Decision decision) {
  const inference::Benefit& benefit = facts.benefit;
  // WORSENS speaks of the harm as a positive number.
  const bool harm = decision == Decision::kWorsens;
  const double low = harm ? -benefit.q975 : benefit.q025;
  const double high = harm ? -benefit.q025 : benefit.q975;
  Message message;
  message.parameters = {
      {"treatment", facts.treatment},
      {"measure", facts.measure},
      {"unit", facts.unit},
      {"mean", Rounded(harm ? -benefit.mean : benefit.mean, facts.range)},
      {"low", Rounded(low, facts.range)},
      {"high", Rounded(high, facts.range)},
  };
  if (facts.minimal_important_difference.has_value()) {
    message.parameters["mid"] = absl::StrFormat("%g", *facts.minimal_important_difference);
    message.parameters["percent"] = Percent(benefit.p_important);
  }
  switch (decision) {
    case Decision::kNotComputed:
      message.id = facts.reliable ? "verdict.not_computed.autocorrelation_off"
                                  : "verdict.not_computed.unreliable";
      message.parameters = {{"problem", facts.problem}};
      break;
    case Decision::kInsufficientData:
      message.id = facts.recording_goes_on ? "verdict.insufficient_data.going_on"
                                           : "verdict.insufficient_data.ended";
      message.parameters.clear();
      break;
    case Decision::kNotRandomised:
      message.id = "verdict.not_randomised";
      break;
    case Decision::kResponds:
      message.id = "verdict.responds";
      break;
    case Decision::kWorsens:
      message.id = "verdict.worsens";
      break;
    case Decision::kBenefitTooSmall:
      message.id = "verdict.benefit_too_small";
      break;
    case Decision::kBenefitSizeOpen:
      message.id = facts.minimal_important_difference.has_value()
                       ? "verdict.benefit_size_open"
                       : "verdict.benefit_size_open.no_mid";
      break;
    case Decision::kDoesNotRespond:
      message.id = "verdict.does_not_respond";
      break;
    case Decision::kUndecided:
      message.id = facts.exposure_contrast < kLowestContrast ? "verdict.undecided_low_contrast"
                                                             : "verdict.undecided";
      message.parameters["contrast"] = absl::StrFormat("%.0f", 100 * facts.exposure_contrast);
      break;
  }
  return message;
}

bool IsAboutEffect(Decision decision) {
  return decision != Decision::kNotComputed && decision != Decision::kInsufficientData;
}

std::vector<Message> RemarksOf(const VerdictFacts& facts, const Verdict& verdict) {
  std::vector<Message> remarks;
  if (verdict.decision == Decision::kResponds && facts.randomization_p_one_sided.has_value() &&
      *facts.randomization_p_one_sided > std::max(0.05, facts.smallest_randomization_p)) {
    remarks.push_back({"remark.not_confirmed_by_block_means", {}});
  }
  if (verdict.further_pairs.has_value()) {
    remarks.push_back(
        {"remark.further_pairs", {{"pairs", absl::StrFormat("%d", *verdict.further_pairs)}}});
  }
  if (facts.stopped_early) {
    remarks.push_back({"remark.stopped_early", {}});
    if (facts.randomization_p_one_sided.has_value()) {
      remarks.push_back({"remark.not_adjusted_for_looks", {}});
    }
  }
  if (facts.unblinded_date.has_value()) {
    remarks.push_back({"remark.unblinded", {{"date", FormatDate(*facts.unblinded_date)}}});
  }
  if (IsAboutEffect(verdict.decision) && (!facts.blinded || facts.unblinded_date.has_value())) {
    remarks.push_back({"remark.open_label", {}});
  }
  if (facts.recording_ends) remarks.push_back({"remark.recording_may_end", {}});
  remarks.push_back({"remark.talk_to_doctor", {}});
  return remarks;
}

}  // namespace

const char* DecisionName(Decision decision) {
  switch (decision) {
    case Decision::kNotComputed:
      return "NOT_COMPUTED";
    case Decision::kInsufficientData:
      return "INSUFFICIENT_DATA";
    case Decision::kNotRandomised:
      return "NOT_RANDOMISED";
    case Decision::kResponds:
      return "RESPONDS";
    case Decision::kWorsens:
      return "WORSENS";
    case Decision::kBenefitTooSmall:
      return "BENEFIT_TOO_SMALL";
    case Decision::kBenefitSizeOpen:
      return "BENEFIT_SIZE_OPEN";
    case Decision::kDoesNotRespond:
      return "DOES_NOT_RESPOND";
    case Decision::kUndecided:
      return "UNDECIDED";
  }
  return "";
}

Verdict Decide(const VerdictFacts& facts) {
  Verdict verdict;
  verdict.decision = DecisionOf(facts);
  verdict.message = SentenceOf(facts, verdict.decision);
  const bool open_for_more =
      verdict.decision == Decision::kUndecided && facts.exposure_contrast >= kLowestContrast;
  if (open_for_more) verdict.further_pairs = FurtherPairs(facts);
  verdict.remarks = RemarksOf(facts, verdict);
  return verdict;
}

bool EndsRecording(Decision decision) {
  return decision == Decision::kResponds || decision == Decision::kWorsens ||
         decision == Decision::kDoesNotRespond;
}

}  // namespace solotrial::trial
