#include "clients/cli/render_sensitivity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "clients/cli/render_analysis.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// `96 %`, `>99 %`: in columns there is no room for words.
std::string ShortPercent(double probability) {
  if (probability > 0.995) return ">99 %";
  if (probability < 0.005) return "<1 %";
  return fmt::format("{:.0f} %", probability * 100);
}

// `1.8 (0.9 to 2.7)`.
template <typename Summary>
std::string WithInterval(const Summary& summary, int digits) {
  return fmt::format("{} ({} to {})", Rounded(summary.mean(), digits),
                     Rounded(summary.q025(), digits), Rounded(summary.q975(), digits));
}

std::string PriorText(v1::PriorAlternative::Prior prior) {
  switch (prior) {
    case v1::PriorAlternative::NEUTRAL:
      return "as it was analysed";
    case v1::PriorAlternative::SCEPTICAL:
      return "a sceptic's prior";
    case v1::PriorAlternative::LITERATURE:
      return "literature prior";
    case v1::PriorAlternative::OWN:
      return "your own prior";
    default:
      return "another prior";
  }
}

// `pair 3`, `blocks 4 to 6`.
std::string LeftOutText(const v1::LeftOut& left_out) {
  const bool pairs = left_out.first_pair() > 0;
  const int first = pairs ? left_out.first_pair() : left_out.first_block();
  const int last = pairs ? left_out.last_pair() : left_out.last_block();
  const std::string noun = pairs ? "pair" : "block";
  return first == last ? fmt::format("{} {}", noun, first)
                       : fmt::format("{}s {} to {}", noun, first, last);
}

// A score as it is filled in: 2, 7.5.
std::string ScoreText(double score) { return Number(std::round(score * 10) / 10); }

std::string Choices(const v1::AnalysisResult& result, const Style& style) {
  const v1::Sensitivity& sensitivity = result.sensitivity();
  Rows rows = {{"", "benefit (95 %)", "better", "matters", "would say"}};
  const auto add = [&](const std::string& what, const v1::Alternative& answer) {
    const v1::Benefit& benefit = answer.benefit();
    const bool decides = answer.decision() != v1::Verdict::DECISION_UNSPECIFIED;
    rows.push_back({what, WithInterval(benefit, DigitsFor(benefit.sd())),
                    ShortPercent(benefit.p_any()),
                    benefit.has_p_important() ? ShortPercent(benefit.p_important()) : "-",
                    decides ? DecisionWords(answer.decision()) : "-"});
  };
  for (const v1::PriorAlternative& prior : sensitivity.priors()) {
    add(PriorText(prior.prior()), prior.answer());
  }
  if (sensitivity.has_as_taken()) add("as taken", sensitivity.as_taken().answer());
  for (const v1::LeftOut& left_out : sensitivity.leave_one_out()) {
    add("without " + LeftOutText(left_out), left_out.answer());
  }
  for (const v1::FilledMissing& filled : sensitivity.filled_missing()) {
    add(fmt::format("missing: on {}, off {}", ScoreText(filled.on_score()),
                    ScoreText(filled.off_score())),
        filled.answer());
  }
  if (sensitivity.has_classic_washout()) {
    const v1::ClassicWashout& washout = sensitivity.classic_washout();
    add("washout of " + Count(static_cast<size_t>(washout.washout_days()), "day"),
        washout.answer());
  }
  if (sensitivity.has_carry_over()) add("with carry-over", sensitivity.carry_over().answer());
  std::string text = Heading(style, "Had it been done otherwise (none of this decides)");
  text += Table(rows, "llrrl", "  ");
  if (sensitivity.has_as_taken()) {
    text += Paragraph(
        fmt::format("As taken: {} with a logged dose; {} on without one counted as taken. Who "
                    "feels worse may take more or less, so it decides nothing.",
                    Count(static_cast<size_t>(sensitivity.as_taken().logged_days()), "day"),
                    Count(static_cast<size_t>(sensitivity.as_taken().unlogged_days()), "day")),
        "  ", static_cast<size_t>(style.width));
  }
  return text;
}

std::string TipText(const v1::TippingPoint::Tip& tip, const std::string& word) {
  return fmt::format("{:.1f} standard deviations {} ({}): {}", std::fabs(tip.shift()), word,
                     ScoreText(tip.score()), DecisionWords(tip.decision()));
}

std::string MissingDays(const v1::AnalysisResult& result, const Style& style) {
  const v1::Sensitivity& sensitivity = result.sensitivity();
  const auto width = static_cast<size_t>(style.width);
  std::string text = Heading(style, "Missing days");
  text += Paragraph(fmt::format("{} of {} on days and {} of {} off days have no score.",
                                sensitivity.on_days().missing(), sensitivity.on_days().days(),
                                sensitivity.off_days().missing(), sensitivity.off_days().days()),
                    "  ", width);
  if (!sensitivity.has_tipping_point()) return text;
  const v1::TippingPoint& point = sensitivity.tipping_point();
  const std::string mean = Rounded(point.mean(), DigitsFor(point.standard_deviation()));
  if (point.at_mean() != result.verdict().decision() &&
      point.at_mean() != v1::Verdict::NOT_COMPUTED) {
    return text + Paragraph(fmt::format("Had every missing on day been like the others ({}), the "
                                        "verdict would already be another: {}.",
                                        mean, DecisionWords(point.at_mean())),
                            "  ", width);
  }
  if (!point.has_lower() && !point.has_higher()) {
    return text +
           Paragraph(fmt::format("Wherever the missing on days lay, up to 3 standard deviations "
                                 "from the others (mean {}), the verdict would stay.",
                                 mean),
                     "  ", width);
  }
  text += Paragraph(
      fmt::format("The verdict would change if the missing on days lay so far from the others "
                  "(mean {}):",
                  mean),
      "  ", width);
  if (point.has_lower()) text += Paragraph(TipText(point.lower(), "lower"), "  - ", width);
  if (point.has_higher()) text += Paragraph(TipText(point.higher(), "higher"), "  - ", width);
  return text;
}

std::string BlindingText(const v1::Blinding& blinding) {
  std::string text =
      fmt::format("{} of {} guesses were right", blinding.right(), blinding.guesses());
  if (blinding.has_share_right()) {
    text += fmt::format(" (95 % sure: {} to {}; by chance 50 %)",
                        ShortPercent(blinding.share_right().q025()),
                        ShortPercent(blinding.share_right().q975()));
  }
  const auto add = [&text](const std::string& arm, const v1::Blinding::Arm& score) {
    text += fmt::format("; blinding index {} {:.2f} ({:.2f} to {:.2f})", arm,
                        score.index().estimate(), score.index().q025(), score.index().q975());
  };
  if (blinding.has_on()) add("on", blinding.on());
  if (blinding.has_off()) add("off", blinding.off());
  return text + ".";
}

std::string Estimates(const v1::Sensitivity& sensitivity, const Style& style) {
  Rows rows;
  const auto add = [&](const std::string& what, const v1::Summary& summary) {
    rows.push_back({what, WithInterval(summary, 2)});
  };
  if (sensitivity.has_carry_over()) {
    const int days = sensitivity.carry_over().days();
    add(days == 1 ? "carry-over into the first day off"
                  : fmt::format("carry-over into the first {} days off", days),
        sensitivity.carry_over().effect());
  }
  if (sensitivity.has_trend()) add("trend over the whole trial", sensitivity.trend());
  if (sensitivity.has_autocorrelation()) {
    add("from one day to the next (rho)", sensitivity.autocorrelation());
  }
  std::string text;
  if (!rows.empty()) {
    text = Heading(style, "Beside the effect (on the scale of the linear predictor, 95 %)");
    text += Table(rows, "ll", "  ");
  }
  if (sensitivity.has_blinding()) {
    text += Heading(style, "Guesses");
    text += Paragraph(BlindingText(sensitivity.blinding()), "  ", static_cast<size_t>(style.width));
  }
  return text;
}

std::string StatisticText(const v1::PredictiveCheck& check) {
  switch (check.statistic()) {
    case v1::PredictiveCheck::MEAN:
      return "mean";
    case v1::PredictiveCheck::STANDARD_DEVIATION:
      return "standard deviation";
    case v1::PredictiveCheck::SHARE_LOWEST:
      return "share of the lowest score";
    case v1::PredictiveCheck::LAG_ONE_CORRELATION:
      return "correlation of neighbours";
    case v1::PredictiveCheck::BLOCK_MEAN:
      return fmt::format("mean of block {}", check.block());
    default:
      return "?";
  }
}

std::string Checks(const v1::Sensitivity& sensitivity, const Style& style) {
  if (sensitivity.predictive_checks().empty()) return "";
  // A list of a hundred blocks helps nobody: of many only those that stand out.
  constexpr int kMostChecks = 24;
  constexpr double kStandsOut = 0.05;
  const bool many = sensitivity.predictive_checks_size() > kMostChecks;
  Rows rows = {{"", "recorded", "expected, 95 %", "p"}};
  for (const v1::PredictiveCheck& check : sensitivity.predictive_checks()) {
    const bool block = check.statistic() == v1::PredictiveCheck::BLOCK_MEAN;
    if (many && block && check.p() >= kStandsOut) continue;
    rows.push_back({StatisticText(check), Rounded(check.observed(), 2),
                    fmt::format("{} to {}", Rounded(check.q025(), 2), Rounded(check.q975(), 2)),
                    fmt::format("{:.2f}", check.p())});
  }
  std::string text = Heading(style, "Would the model write such a diary?");
  text += Table(rows, "lrrr", "  ");
  if (many) {
    text += Paragraph("Of the blocks only those with p under 0.05 (--json has them all).", "  ",
                      static_cast<size_t>(style.width));
  }
  return text;
}

std::string NotAnswered(const v1::Sensitivity& sensitivity, const Style& style) {
  if (sensitivity.left_out().empty()) return "";
  std::string text = Heading(style, "Not answered");
  for (const v1::Message& message : sensitivity.left_out()) {
    text += Paragraph(Clean(message.text()), "  - ", static_cast<size_t>(style.width));
  }
  return text;
}

std::string ForecastText(const v1::Forecast& forecast) {
  std::vector<v1::DecisionProbability> decisions(forecast.decisions().begin(),
                                                 forecast.decisions().end());
  std::stable_sort(decisions.begin(), decisions.end(),
                   [](const v1::DecisionProbability& a, const v1::DecisionProbability& b) {
                     return a.probability().probability() > b.probability().probability();
                   });
  std::string text;
  for (const v1::DecisionProbability& decision : decisions) {
    text += (text.empty() ? "" : ", ") + DecisionWords(decision.decision()) + " " +
            ShortPercent(decision.probability().probability());
  }
  return text;
}

}  // namespace

std::string RenderSensitivity(const v1::AnalysisResult& result, const Style& style) {
  if (!result.has_sensitivity()) return "";
  const v1::Sensitivity& sensitivity = result.sensitivity();
  return Choices(result, style) + MissingDays(result, style) + Estimates(sensitivity, style) +
         Checks(sensitivity, style) + NotAnswered(sensitivity, style);
}

std::string RenderPrediction(const v1::Prediction& prediction, const Style& style) {
  const auto width = static_cast<size_t>(style.width);
  std::string text;
  for (const std::string& line :
       Wrap("What further pairs of blocks would bring, if the model and the days so far are right",
            width)) {
    text += Bold(style, line) + "\n";
  }
  for (const v1::Forecast& forecast : prediction.forecasts()) {
    const v1::SimulatedProbability& decided = forecast.decided();
    text += "\n";
    text += Paragraph(fmt::format("After {} ({} in all): an answer with {}, give or take {:.0f}",
                                  Count(static_cast<size_t>(forecast.pairs()), "further pair"),
                                  Count(static_cast<size_t>(forecast.days()), "day"),
                                  // A share of some hundred futures is never a certainty.
                                  Percent(std::clamp(decided.probability(), 0.001, 0.999)),
                                  std::max(1.0, std::round(200 * decided.standard_error()))),
                      "", width);
    text += Paragraph(ForecastText(forecast), "  ", width);
  }
  text += "\n";
  text += Paragraph(
      "Whoever goes on writes down first how far: to go on until the answer pleases makes a wrong "
      "answer more likely.",
      "", width);
  text += "\n";
  text += Dim(style, fmt::format("{}: {} simulated futures. Model version {}, seed {}. Digest of "
                                 "the record:",
                                 Clean(prediction.measure()), prediction.futures(),
                                 Clean(prediction.model_version()), prediction.seed())) +
          "\n" + Dim(style, Clean(prediction.digest())) + "\n";
  return text;
}

}  // namespace solotrial::cli
