#include "clients/cli/render_analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "clients/cli/dates.h"
#include "clients/cli/measures.h"
#include "clients/cli/plot.h"
#include "clients/cli/render_sensitivity.h"
#include "clients/cli/text.h"
#include "clients/cli/trial_choice.h"

namespace solotrial::cli {
namespace {

const v1::Measure* FindMeasure(const v1::Protocol& protocol, const std::string& id) {
  for (const v1::Measure& measure : protocol.measures()) {
    if (measure.id() == id) return &measure;
  }
  return nullptr;
}

std::string BetterOrWorse(double benefit) { return benefit < 0 ? "worse" : "better"; }

// `1.8 points`, `1 day per 28 days`: the first word of a unit is its plural.
std::string WithUnit(const std::string& number, const v1::Benefit& benefit) {
  std::string unit = Clean(benefit.unit());
  const size_t end = std::min(unit.find(' '), unit.size());
  if (number == "1" && end > 0 && unit[end - 1] == 's') unit.erase(end - 1, 1);
  return number + " " + unit;
}

std::string SizeText(const v1::Benefit& benefit) {
  const int digits = DigitsFor(benefit.sd());
  const auto size = [&](double value) { return Rounded(std::fabs(value), digits); };
  std::string text = WithUnit(size(benefit.mean()), benefit) + " " + BetterOrWorse(benefit.mean());
  if (!benefit.has_q025() || !benefit.has_q975()) return text;
  const double low = benefit.q025();
  const double high = benefit.q975();
  if (low < 0 && high > 0) {
    return text + fmt::format("; 95 % sure: from {} worse to {} better", size(low), size(high));
  }
  return text + fmt::format("; 95 % sure: from {} to {} {}",
                            size(std::fabs(low) < std::fabs(high) ? low : high),
                            size(std::fabs(low) < std::fabs(high) ? high : low),
                            BetterOrWorse(low + high));
}

// `0.62`, `0.0034`, `14.2`.
std::string RatioNumber(double value) {
  if (value < 0.1) return fmt::format("{:.2g}", value);
  return Rounded(value, value < 10 ? 2 : value < 100 ? 1 : 0);
}

// The median, which is the middle of a ratio whichever way round it is taken.
std::string RatioText(const v1::Summary& ratio, const std::string& of) {
  return fmt::format("{} (95 % sure: from {} to {}): {}", RatioNumber(ratio.q500()),
                     RatioNumber(ratio.q025()), RatioNumber(ratio.q975()), of);
}

std::string Ratios(const v1::AnalysisResult& result, const Style& style) {
  const auto width = static_cast<size_t>(style.width);
  std::string text;
  if (result.has_odds_ratio()) {
    const std::string what = result.family() == v1::Measure::BERNOULLI
                                 ? "the odds of a yes"
                                 : "the odds of a higher score";
    text += Paragraph(RatioText(result.odds_ratio(), what + " on, over those off"),
                      "  odds ratio      ", width);
  }
  if (result.has_rate_ratio()) {
    text += Paragraph(RatioText(result.rate_ratio(), "events on, over those off"),
                      "  rate ratio      ", width);
  }
  return text;
}

// `3.1 days (95 % sure: from 1.4 to 7.5)`.
std::string HalfLifeText(const v1::Summary& days) {
  return fmt::format("{} days (95 % sure: from {} to {})", Rounded(days.q500(), 1),
                     Rounded(days.q025(), 1), Rounded(days.q975(), 1));
}

std::string HalfLives(const v1::AnalysisResult& result, const Style& style) {
  const v1::Hyperparameters& hyper = result.hyperparameters();
  if (!hyper.has_onset_half_life_days() || !hyper.has_offset_half_life_days()) return "";
  return Paragraph(
      fmt::format("Half of the effect is there after {} and gone after {}, as far as the diary can "
                  "tell: the protocol asked to learn this.",
                  HalfLifeText(hyper.onset_half_life_days()),
                  HalfLifeText(hyper.offset_half_life_days())),
      "  ", static_cast<size_t>(style.width));
}

std::string Benefit(const v1::AnalysisResult& result, const v1::Measure* measure,
                    const Style& style) {
  if (!result.has_benefit() || !result.benefit().has_mean()) return "";
  const v1::Benefit& benefit = result.benefit();
  std::string text = Heading(style, "How big, and how sure");
  text += Paragraph(SizeText(benefit), "  on against off  ", static_cast<size_t>(style.width));
  text += Ratios(result, style);

  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const std::string& what, double probability) {
    rows.push_back({what, Percent(probability), LikelihoodWord(probability)});
  };
  if (benefit.has_p_any()) add("better at all", benefit.p_any());
  if (benefit.has_p_important()) {
    const bool known = measure != nullptr && measure->has_minimal_important_difference();
    const std::string mid = known ? fmt::format("better by {} or more (what matters to you)",
                                                Number(measure->minimal_important_difference()))
                                  : "better by what matters to you";
    add(mid, benefit.p_important());
  }
  if (benefit.has_p_worse()) add("worse", benefit.p_worse());
  if (result.has_p_better_day()) {
    // No word for how sure: it says how often, not how certain.
    rows.push_back({"a day on is better than a day off", Percent(result.p_better_day()), ""});
  }
  text += Table(rows, "lrl", "  ");
  text += HalfLives(result, style);
  if (result.has_reached_benefit() && result.exposure_contrast() < 0.95) {
    text += Paragraph(
        fmt::format("The blocks reached {} of the full contrast between on and off, so the scores "
                    "themselves differ by less: {} {}.",
                    Percent(result.exposure_contrast()),
                    WithUnit(Rounded(std::fabs(result.reached_benefit()), DigitsFor(benefit.sd())),
                             benefit),
                    BetterOrWorse(result.reached_benefit())),
        "  ", static_cast<size_t>(style.width));
  }
  return text;
}

std::string Remarks(const v1::AnalysisResult& result, const Style& style) {
  std::string text;
  for (const v1::Message& remark : result.verdict().remarks()) {
    text += Paragraph(Clean(remark.text()), "  - ", static_cast<size_t>(style.width));
  }
  return text.empty() ? "" : Heading(style, "Please note") + text;
}

std::string Analysed(const v1::AnalysisResult& result, const Style& style) {
  std::string text = Heading(style, "What was analysed");
  const auto width = static_cast<size_t>(style.width);
  const int days = result.days();
  const int observed = result.observed_days();
  std::string line = fmt::format("{}: {}", Clean(result.measure()),
                                 Count(static_cast<size_t>(std::max(days, 0)), "day"));
  if (result.series_size() > 1) {
    line += fmt::format(" ({} to {})", Clean(result.series(0).date()),
                        Clean(result.series(result.series_size() - 1).date()));
  }
  line += fmt::format(", {} with a score", observed);
  if (result.has_missing_on_days() || result.has_missing_off_days()) {
    const int missing = result.missing_on_days() + result.missing_off_days();
    line += missing == 0 ? "; none missing in the blocks"
                         : fmt::format("; missing in the blocks: {} on, {} off",
                                       result.missing_on_days(), result.missing_off_days());
  }
  text += Paragraph(line + ".", "  ", width);
  // A protobuf map has no order.
  const std::map<std::string, int> missing(result.missing_covariate_days().begin(),
                                           result.missing_covariate_days().end());
  for (const auto& [id, count] : missing) {
    text += Paragraph(fmt::format("{} was missing on {} and counted as 0 there.", Clean(id),
                                  Count(static_cast<size_t>(count), "day")),
                      "  ", width);
  }
  return text;
}

std::string ArmWord(v1::Arm arm) {
  return arm == v1::ARM_ON ? "on" : arm == v1::ARM_OFF ? "off" : "?";
}

std::string Blocks(const v1::AnalysisResult& result, const Style& style) {
  if (result.blocks().empty()) return "";
  // A table of a hundred blocks helps nobody; the picture shows them.
  constexpr int kMostBlocks = 24;
  std::string text = Heading(style, "Blocks");
  if (result.blocks_size() > kMostBlocks) {
    double sums[2] = {0, 0};
    int scores[2] = {0, 0};
    for (const v1::BlockSummary& block : result.blocks()) {
      const int arm = block.arm() == v1::ARM_ON ? 0 : 1;
      sums[arm] += block.mean() * block.observed_days();
      scores[arm] += block.observed_days();
    }
    const auto mean = [&](int arm) {
      return scores[arm] == 0 ? "no scores"
                              : fmt::format("mean {:.2f} of {}", sums[arm] / scores[arm],
                                            Count(static_cast<size_t>(scores[arm]), "score"));
    };
    return text + Paragraph(fmt::format("{} blocks, too many to list (--json has them all). On: "
                                        "{}. Off: {}.",
                                        result.blocks_size(), mean(0), mean(1)),
                            "  ", static_cast<size_t>(style.width));
  }
  const bool pairs = std::any_of(result.blocks().begin(), result.blocks().end(),
                                 [](const v1::BlockSummary& block) { return block.pair() > 0; });
  std::vector<std::vector<std::string>> rows = {
      {"block", "pair", "arm", "from", "to", "days", "scores", "mean"}};
  for (const v1::BlockSummary& block : result.blocks()) {
    rows.push_back({std::to_string(block.number()),
                    block.pair() > 0 ? std::to_string(block.pair()) : "", ArmWord(block.arm()),
                    Clean(block.start_date()), Clean(block.end_date()),
                    std::to_string(block.days()), std::to_string(block.observed_days()),
                    block.has_mean() ? fmt::format("{:.2f}", block.mean()) : "-"});
  }
  if (!pairs) {
    for (auto& row : rows) row.erase(row.begin() + 1);
  }
  return text + Table(rows, pairs ? "rrlllrrr" : "rlllrrr", "  ");
}

std::string Picture(const v1::AnalysisResult& result, const v1::Measure* measure,
                    const Style& style) {
  PlotScale scale;
  std::string heading = "Scores, day by day";
  if (measure != nullptr) {
    heading += " (" + ScaleText(*measure) + "; " + BetterText(*measure) + ")";
    scale.levels = HasWholeScores(measure->family());
    scale.minimum = measure->minimum();
    scale.maximum = measure->maximum();
    if (measure->family() == v1::Measure::BERNOULLI) scale.maximum = 1;
    // What can be recorded says nothing about how high the picture should be.
    if (IsCount(measure->family())) scale.maximum.reset();
  }
  return Heading(style, heading) + PlotSeries(result.series(), scale, style);
}

// `0.25`, `0.043`, `below 0.001`.
std::string PValue(double p) {
  return p < 0.0005 ? "below 0.001" : Number(std::round(p * 1000) / 1000);
}

std::string Test(const v1::AnalysisResult& result, const Style& style) {
  if (!result.has_randomization_test()) return "";
  const v1::RandomizationTest& test = result.randomization_test();
  if (!test.has_p_one_sided()) return "";
  const std::string orders =
      test.has_draws() ? fmt::format("Of {} orders drawn from those", WholeNumber(test.draws()))
                       : fmt::format("Of all {} orders", WholeNumber(test.allocations()));
  std::string text = fmt::format(
      "The plain means differ by {} in favour of {}. {} that the design could have given, {} would "
      "show a difference at least as good by luck alone (p {}",
      Rounded(std::fabs(test.statistic()), 2), test.statistic() < 0 ? "off" : "on", orders,
      Percent(test.p_one_sided()), PValue(test.p_one_sided()));
  if (test.has_p_two_sided()) text += fmt::format("; two-sided {}", PValue(test.p_two_sided()));
  if (test.has_smallest_p()) {
    text += fmt::format("; the smallest this design can give {}", PValue(test.smallest_p()));
  }
  return Heading(style, "Randomisation test") +
         Paragraph(text + ").", "  ", static_cast<size_t>(style.width));
}

std::string Diagnostics(const v1::AnalysisResult& result, const Style& style, bool verbose) {
  const v1::Diagnostics& diagnostics = result.diagnostics();
  const bool unreliable = diagnostics.has_reliable() && !diagnostics.reliable();
  if (!unreliable && !verbose) return "";
  std::string text = Heading(style, unreliable ? "The numbers are not reliable" : "Diagnostics");
  if (!diagnostics.problem().empty()) {
    text += Paragraph(Clean(diagnostics.problem()), "  ", static_cast<size_t>(style.width));
  }
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"method", Clean(diagnostics.method())});
  if (diagnostics.has_effective_draws()) {
    rows.push_back({"effective draws", fmt::format("{:.0f}", diagnostics.effective_draws())});
  }
  if (diagnostics.has_pareto_k()) {
    rows.push_back({"Pareto k", fmt::format("{:.2f}", diagnostics.pareto_k())});
  }
  rows.push_back({"reliable", diagnostics.reliable() ? "yes" : "no"});
  if (diagnostics.has_milliseconds()) {
    rows.push_back({"computed in", fmt::format("{:.1f} ms", diagnostics.milliseconds())});
  }
  return text + Table(rows, "ll", "  ");
}

std::string Coefficients(const v1::AnalysisResult& result, const Style& style) {
  std::vector<std::vector<std::string>> rows = {{"", "mean", "sd", "2.5 %", "median", "97.5 %"}};
  const auto add = [&](const std::string& name, const v1::Summary& summary) {
    const auto number = [](bool has, double value) {
      return has ? fmt::format("{:.3f}", value) : std::string("-");
    };
    rows.push_back(
        {Clean(name), number(summary.has_mean(), summary.mean()),
         number(summary.has_sd(), summary.sd()), number(summary.has_q025(), summary.q025()),
         number(summary.has_q500(), summary.q500()), number(summary.has_q975(), summary.q975())});
  };
  const std::map<std::string, v1::Summary> coefficients(result.coefficients().begin(),
                                                        result.coefficients().end());
  for (const auto& [name, summary] : coefficients) add(name, summary);
  const v1::Hyperparameters& hyper = result.hyperparameters();
  if (hyper.has_latent_sd()) add("latent sd", hyper.latent_sd());
  if (hyper.has_latent_correlation()) add("latent correlation", hyper.latent_correlation());
  if (hyper.has_noise_sd()) add("noise sd", hyper.noise_sd());
  if (hyper.has_noise_sd_ratio()) add("noise sd, on over off", hyper.noise_sd_ratio());
  if (hyper.has_degrees_of_freedom()) add("degrees of freedom", hyper.degrees_of_freedom());
  if (hyper.has_dispersion()) add("dispersion", hyper.dispersion());
  if (hyper.has_onset_half_life_days()) {
    add("onset half-life (days)", hyper.onset_half_life_days());
  }
  if (hyper.has_offset_half_life_days()) {
    add("offset half-life (days)", hyper.offset_half_life_days());
  }
  if (result.has_odds_ratio()) add("odds ratio", result.odds_ratio());
  if (result.has_rate_ratio()) add("rate ratio", result.rate_ratio());
  if (rows.size() == 1) return "";
  return Heading(style, "Model (on the scale of the linear predictor)") +
         Table(rows, "lrrrrr", "  ");
}

std::string Bar(double share, const Style& style) {
  constexpr int kCells = 40;
  const int full = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * kCells));
  std::string bar;
  for (int i = 0; i < full; ++i) bar += style.utf8 ? "█" : "#";
  std::string rest;
  for (int i = full; i < kCells; ++i) rest += style.utf8 ? "░" : ".";
  return OnColor(style, bar) + Dim(style, rest);
}

std::string JoinDates(const google::protobuf::RepeatedPtrField<std::string>& dates) {
  std::string joined;
  for (const std::string& date : dates) joined += (joined.empty() ? "" : ", ") + Clean(date);
  return joined;
}

std::string OutcomeText(const v1::Look& look) {
  if (!look.message().text().empty()) return Clean(look.message().text());
  return look.outcome() == v1::Look::OUTCOME_RECORDING_MAY_END ? "Recording may end."
                                                               : "Keep going.";
}

}  // namespace

std::string Heading(const Style& style, const std::string& text) {
  return "\n" + Bold(style, text) + "\n";
}

int DigitsFor(double sd) { return sd < 0.1 ? 2 : sd < 10 ? 1 : 0; }

std::string Rounded(double value, int digits) {
  const std::string text = fmt::format("{:.{}f}", value, digits);
  return text.find_first_not_of("-0.") == std::string::npos && text[0] == '-' ? text.substr(1)
                                                                              : text;
}

std::string DecisionWords(v1::Verdict::Decision decision) {
  std::string words = v1::Verdict::Decision_Name(decision);
  std::replace(words.begin(), words.end(), '_', ' ');
  std::transform(words.begin(), words.end(), words.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return words;
}

std::string Percent(double probability) {
  if (probability > 0.995) return probability >= 1 ? "100 %" : "over 99 %";
  if (probability < 0.005) return probability <= 0 ? "0 %" : "under 1 %";
  return fmt::format("{:.0f} %", probability * 100);
}

std::string LikelihoodWord(double probability) {
  if (probability >= 0.99) return "almost certain";
  if (probability >= 0.95) return "very likely";
  if (probability >= 0.80) return "likely";
  if (probability >= 0.60) return "rather likely";
  if (probability > 0.40) return "open";
  if (probability > 0.20) return "rather unlikely";
  if (probability > 0.05) return "unlikely";
  if (probability > 0.01) return "very unlikely";
  return "almost ruled out";
}

std::string RenderResult(const v1::AnalysisResult& result, const v1::Protocol& protocol,
                         const Style& style, bool verbose) {
  const v1::Measure* measure = FindMeasure(protocol, result.measure());
  const auto width = static_cast<size_t>(style.width);
  const v1::Verdict& verdict = result.verdict();
  const std::string sentence =
      verdict.sentence().empty() ? "There is no verdict." : Clean(verdict.sentence());
  std::string text;
  for (const std::string& line : Wrap(sentence, width)) text += Bold(style, line) + "\n";
  text += "Verdict: " + DecisionWords(verdict.decision());
  text += protocol.title().empty() ? "\n" : " (" + Clean(protocol.title()) + ")\n";
  text += Benefit(result, measure, style);
  text += Remarks(result, style);
  text += Analysed(result, style);
  text += Picture(result, measure, style);
  text += Blocks(result, style);
  text += Test(result, style);
  text += RenderSensitivity(result, style);
  if (verbose) text += Coefficients(result, style);
  text += Diagnostics(result, style, verbose);
  text += "\n";
  if (result.manual_clock()) {
    text += "Made with a clock that was set by hand: a rehearsal, not a trial.\n";
  }
  std::string origin = "Model version " + Clean(result.model_version());
  if (result.has_seed()) origin += fmt::format(", seed {}", result.seed());
  text += Dim(style, origin + ". Digest of model, protocol, data and seed:") + "\n";
  text += Dim(style, Clean(result.digest())) + "\n";
  return text;
}

std::string RenderProgress(const v1::Analysis& analysis, const Style& style) {
  const v1::Progress& progress = analysis.progress();
  const auto width = static_cast<size_t>(style.width);
  const double share = progress.days_planned() > 0
                           ? static_cast<double>(progress.days_done()) / progress.days_planned()
                           : 0;
  std::string text = fmt::format("{}: day {} of {}\n",
                                 analysis.state() == v1::TRIAL_STATE_PAUSED ? "Paused" : "Running",
                                 progress.days_done(), progress.days_planned());
  text += fmt::format("  {}  {}\n\n", Bar(share, style), Percent(share));
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"scores", fmt::format("{} of {} so far", progress.scores_recorded(),
                                        progress.scores_scheduled())});
  rows.push_back(
      {"pairs over", fmt::format("{} of {}", progress.pairs_done(), progress.pairs_planned())});
  if (!progress.next_look_date().empty()) {
    rows.push_back({"next look", ReadableDate(Clean(progress.next_look_date()))});
  }
  text += Table(rows, "ll", "  ");
  if (!progress.missing_dates().empty()) {
    text += Paragraph(JoinDates(progress.missing_dates()), "  to fill in  ", width);
  }
  text += "\n";
  if (analysis.has_last_look()) {
    text += Paragraph(
        fmt::format("Look after pair {} (data to {}): {}", analysis.last_look().pair(),
                    Clean(analysis.last_look().data_date()), OutcomeText(analysis.last_look())),
        "", width);
  }
  text += Paragraph(
      "The verdict comes when the trial has ended: looking at the numbers before would make a "
      "wrong answer more likely.",
      "", width);
  return text;
}

std::string RenderAnalysis(const v1::Analysis& analysis, const v1::Protocol& protocol,
                           const Style& style, bool verbose) {
  return analysis.has_result() ? RenderResult(analysis.result(), protocol, style, verbose)
                               : RenderProgress(analysis, style);
}

std::string RenderChange(const v1::Analysis& analysis, const std::string& time,
                         const Style& style) {
  const v1::Progress& progress = analysis.progress();
  const std::string before = time + "  ";
  const auto width = static_cast<size_t>(style.width);
  std::string text = fmt::format("{}: day {} of {}, {} of {} scores", StateWord(analysis.state()),
                                 progress.days_done(), progress.days_planned(),
                                 progress.scores_recorded(), progress.scores_scheduled());
  if (analysis.has_last_look() && !analysis.has_result()) {
    text += "; look after pair " + std::to_string(analysis.last_look().pair()) + ": " +
            OutcomeText(analysis.last_look());
  }
  text = Paragraph(text, before, width);
  if (analysis.has_result()) {
    text += Paragraph(Clean(analysis.result().verdict().sentence()),
                      std::string(before.size(), ' '), width);
  }
  return text;
}

}  // namespace solotrial::cli
