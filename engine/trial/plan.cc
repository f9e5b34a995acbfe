#include "engine/trial/plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <utility>

#include "engine/base/fault.h"
#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "engine/inference/predictive.h"
#include "engine/trial/allocation.h"
#include "engine/trial/analysis.h"
#include "engine/trial/design_matrix.h"
#include "engine/trial/plan_checks.h"
#include "engine/trial/record.h"

namespace solotrial::trial {
namespace {

constexpr std::array kTruths = {Truth::kNothing, Truth::kHalfTheDifference, Truth::kTheDifference,
                                Truth::kTwiceTheDifference};
constexpr int kFourWeeks = 28;
constexpr double kOftenRight = 0.8;
constexpr double kHalf = 0.5;

// Streams of one trial, apart from each other: a longer design does not change the person.
enum class Stream : uint64_t { kPerson = 1, kOrder = 2, kScores = 3, kMissing = 4 };

RandomStream StreamOf(uint32_t seed, size_t trial, Stream stream) {
  constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;
  const uint64_t place = (static_cast<uint64_t>(seed) << 32) | static_cast<uint64_t>(trial);
  return RandomStream((place + 1) * kGolden ^ static_cast<uint64_t>(stream) << 60);
}

double Times(Truth truth) {
  switch (truth) {
    case Truth::kNothing:
      return 0;
    case Truth::kHalfTheDifference:
      return 0.5;
    case Truth::kTheDifference:
      return 1;
    case Truth::kTwiceTheDifference:
      return 2;
  }
  return 0;
}

// A record of the design's blocks, without scores; the run-in is no part of an analysis.
Record EmptyRecord(const Design& design, const Allocation& order) {
  Record record;
  record.design = design;
  record.planned_days = BlockCount(design) * design.block_days;
  const Date first(2000, 1, 1);
  for (int b = 0; b < BlockCount(design); ++b) {
    const bool on = order[static_cast<size_t>(b)] == '1';
    const size_t begin = record.days.size();
    for (int i = 0; i < design.block_days; ++i) {
      record.days.push_back({.date = first + static_cast<absl::civil_diff_t>(record.days.size()),
                             .assignment = on ? 1.0 : 0.0,
                             .block = b + 1});
    }
    record.blocks.push_back({.number = b + 1,
                             .pair = PairOf(design, b),
                             .on = on,
                             .first_day = begin,
                             .last_day = record.days.size() - 1});
  }
  return record;
}

// As it lies there when the pair `pair` is over.
Record ThroughPair(const Record& record, int pair) {
  Record through = record;
  through.blocks.resize(static_cast<size_t>(2 * pair));
  through.days.resize(through.blocks.back().last_day + 1);
  return through;
}

struct SimulatedTrial {
  Decision decision = Decision::kUndecided;
  double benefit = 0;
  int days = 0;  // of blocks
  bool ended_early = false;
};

class Simulator {
 public:
  Simulator(const Protocol& protocol, const PlanRequest& request, bool looks)
      : protocol_(protocol),
        measure_(PrimaryMeasure(protocol_)),
        request_(request),
        looks_(looks),
        sampler_(protocol_.design) {}

  absl::StatusOr<PlanCell> Cell(Truth truth) const {
    std::vector<absl::StatusOr<SimulatedTrial>> trials(static_cast<size_t>(request_.trials));
    InParallel(trials.size(), request_.threads, [&](size_t index) {
      try {
        trials[index] = Live(truth, index);
      } catch (const std::exception&) {
        trials[index] = FaultStatus(Reason::kInternal, "an exception escaped a simulation");
      }
    });
    PlanCell cell{.truth = truth};
    std::vector<Decision> decisions;
    int days = 0;
    int early = 0;
    for (const absl::StatusOr<SimulatedTrial>& trial : trials) {
      SOLOTRIAL_RETURN_IF_ERROR(trial.status());
      decisions.push_back(trial->decision);
      cell.benefit += trial->benefit;
      days += trial->days;
      if (trial->ended_early) ++early;
    }
    cell.benefit /= request_.trials;
    cell.right = ShareOfDecisions(decisions, [&](Decision d) { return IsRight(d, truth); });
    cell.wrong = ShareOfDecisions(decisions, [&](Decision d) { return IsWrong(d, truth); });
    cell.decisions = TallyDecisions(decisions);
    cell.expected_days = protocol_.design.run_in_days + static_cast<double>(days) / request_.trials;
    cell.ended_early = EstimateProbability(early, request_.trials);
    return cell;
  }

 private:
  absl::StatusOr<SimulatedTrial> Live(Truth truth, size_t index) const {
    SOLOTRIAL_RETURN_IF_ERROR(CheckStillWanted());
    RandomStream person_stream = StreamOf(request_.seed, index, Stream::kPerson);
    const SimulatedPerson person =
        DrawPerson(measure_, protocol_.kinetics, request_.assumptions,
                   Times(truth) * measure_.minimal_important_difference.value_or(0), person_stream);
    RandomStream order_stream = StreamOf(request_.seed, index, Stream::kOrder);
    Allocation order;
    sampler_.Draw(order_stream, order);
    Record record = EmptyRecord(protocol_.design, order);
    PutScores(person, index, record);

    const int pairs = protocol_.design.pairs;
    for (int pair = kFirstLook; looks_ && HasLooks(protocol_) && pair < pairs; ++pair) {
      SOLOTRIAL_ASSIGN_OR_RETURN(const Decision decision, Decide(ThroughPair(record, pair), true));
      if (EndsRecording(decision)) {
        return SimulatedTrial{decision, person.benefit, 2 * pair * protocol_.design.block_days,
                              true};
      }
    }
    SOLOTRIAL_ASSIGN_OR_RETURN(const Decision decision, Decide(record, false));
    return SimulatedTrial{decision, person.benefit, record.planned_days, false};
  }

  void PutScores(const SimulatedPerson& person, size_t index, Record& record) const {
    inference::Record matrix =
        DesignMatrix(protocol_, record, measure_, SeriesOf(protocol_, record, measure_));
    matrix.kinetics = person.kinetics;
    matrix.trend = false;
    matrix.covariates.clear();
    RandomStream random = StreamOf(request_.seed, index, Stream::kScores);
    RandomStream missing = StreamOf(request_.seed, index, Stream::kMissing);
    const std::vector<double> scores = inference::SimulateScores(matrix, person.scoring, random);
    for (size_t d = 0; d < scores.size(); ++d) {
      if (missing.Uniform() < person.missing_share) continue;
      record.days[d].scores[measure_.id] =
          std::clamp(scores[d], measure_.minimum, measure_.maximum);
    }
  }

  absl::Status CheckStillWanted() const {
    return request_.cancelled && request_.cancelled()
               ? absl::CancelledError("nobody waits for the plan any more")
               : absl::OkStatus();
  }

  absl::StatusOr<Decision> Decide(const Record& record, bool look) const {
    SOLOTRIAL_RETURN_IF_ERROR(CheckStillWanted());
    AnalysisRequest analysis;
    analysis.look = look;
    return DecideOn(protocol_, record, analysis, request_.precision);
  }

  const Protocol protocol_;
  const Measure& measure_;  // of protocol_
  const PlanRequest& request_;
  const bool looks_;
  const AllocationSampler sampler_;
};

Protocol WithDesign(const Protocol& protocol, const Design& design) {
  Protocol other = protocol;
  other.design = design;
  return other;
}

size_t Recommend(const std::vector<PlanCandidate>& candidates) {
  const auto right = [](const PlanCandidate& candidate, Truth truth) {
    return candidate.cells[static_cast<size_t>(truth)].right.probability;
  };
  std::optional<size_t> shortest;
  size_t most_often = 0;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const PlanCandidate& candidate = candidates[i];
    if (right(candidate, Truth::kTwiceTheDifference) >= kOftenRight &&
        right(candidate, Truth::kTheDifference) >= kHalf &&
        (!shortest.has_value() || candidate.days < candidates[*shortest].days)) {
      shortest = i;
    }
    if (right(candidate, Truth::kTheDifference) >
        right(candidates[most_often], Truth::kTheDifference)) {
      most_often = i;
    }
  }
  return shortest.value_or(most_often);
}

}  // namespace

bool IsRight(Decision decision, Truth truth) {
  switch (truth) {
    case Truth::kNothing:
      return decision == Decision::kDoesNotRespond;
    case Truth::kHalfTheDifference:
      return decision == Decision::kBenefitTooSmall || decision == Decision::kBenefitSizeOpen ||
             decision == Decision::kDoesNotRespond;
    case Truth::kTheDifference:
    case Truth::kTwiceTheDifference:
      return decision == Decision::kResponds || decision == Decision::kBenefitSizeOpen;
  }
  return false;
}

bool IsWrong(Decision decision, Truth truth) {
  return IsDecided(decision) && !IsRight(decision, truth);
}

std::vector<Design> FourWeeksLessAndMore(const Protocol& protocol) {
  const Design& design = protocol.design;
  const int step =
      design.randomization == Randomization::kCounterbalanced ? 2 : 1;  // foursomes stay whole
  const double pair_days = 2.0 * design.block_days;
  const bool by_visits = design.block_unit == BlockUnit::kVisits;  // on nobody knows which days
  const int pairs =
      by_visits
          ? step
          : std::max(step, step * static_cast<int>(std::lround(kFourWeeks / pair_days / step)));
  std::vector<Design> designs;
  for (const int change : {-pairs, pairs}) {
    Design other = design;
    other.pairs += change;
    if (other.pairs < 2) continue;
    if (CheckProtocol(WithDesign(protocol, other), Purpose::kTrial).empty()) {
      designs.push_back(other);
    }
  }
  return designs;
}

absl::StatusOr<PlanCell> SimulateCell(const Protocol& protocol, const PlanRequest& request,
                                      Truth truth, bool looks) {
  return Simulator(protocol, request, looks).Cell(truth);
}

absl::StatusOr<Plan> PlanTrial(const Protocol& protocol, const PlanRequest& request) {
  std::vector<Design> designs = {protocol.design};
  designs.insert(designs.end(), request.alternatives.begin(), request.alternatives.end());

  std::vector<Violation> violations;
  for (size_t i = 0; i < designs.size(); ++i) {
    const std::string path =
        i == 0 ? "protocol.design" : "candidates[" + std::to_string(i - 1) + "]";
    const size_t before = violations.size();
    for (Violation& violation : CheckProtocol(WithDesign(protocol, designs[i]), Purpose::kTrial)) {
      // What else is wrong with the protocol is said once, of its own design.
      constexpr char kDesign[] = "design";
      if (violation.field.rfind(kDesign, 0) == 0) {
        violation.field.replace(0, sizeof kDesign - 1, path);
      } else if (i == 0) {
        violation.field.insert(0, "protocol.");
      } else {
        continue;
      }
      violations.push_back(std::move(violation));
    }
    if (violations.size() > before) continue;
    for (Violation& violation :
         CheckDesign(designs[i], protocol.kinetics, request.cycle_days, path)) {
      violations.push_back(std::move(violation));
    }
  }
  if (violations.empty()) {
    violations = CheckDifference(PrimaryMeasure(protocol), request.assumptions.typical_score);
  }
  if (!violations.empty()) return InvalidFields(std::move(violations));

  Plan plan;
  const double all = static_cast<double>(designs.size() * kTruths.size());
  double done = 0;
  for (const Design& design : designs) {
    PlanCandidate& candidate = plan.candidates.emplace_back();
    candidate.design = design;
    candidate.days = design.run_in_days + BlockCount(design) * design.block_days;
    candidate.exposure_contrast = ExpectedContrast(design, protocol.kinetics);
    const Simulator simulator(WithDesign(protocol, design), request, true);
    for (const Truth truth : kTruths) {
      SOLOTRIAL_ASSIGN_OR_RETURN(PlanCell cell, simulator.Cell(truth));
      candidate.cells.push_back(std::move(cell));
      ++done;
      if (request.progress) request.progress(done / all, plan.candidates);
    }
  }
  plan.recommended = Recommend(plan.candidates);
  const PlanCell& cell =
      plan.candidates[plan.recommended].cells[static_cast<size_t>(Truth::kTheDifference)];
  plan.likely_undecided = cell.right.probability + cell.wrong.probability < kHalf;
  return plan;
}

}  // namespace solotrial::trial
