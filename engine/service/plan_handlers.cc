#include "engine/service/plan_handlers.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"
#include "engine/base/parallel.h"
#include "engine/inference/inference.h"
#include "engine/service/convert.h"
#include "engine/trial/allocation.h"
#include "engine/trial/plan.h"
#include "engine/trial/plan_checks.h"

namespace solotrial::service {
namespace {

constexpr int kFewestTrials = 50;
constexpr int kMostTrials = 10'000;
constexpr int kUsualTrials = 400;
constexpr int kMostCandidates = 8;
// Trials times the days of all designs.
constexpr double kMostDays = 5e6;
constexpr int kShortestCycle = 20;
constexpr int kLongestCycle = 45;
constexpr double kMostCorrelation = 0.8;
constexpr double kMostMissing = 0.8;

absl::StatusOr<trial::PersonAssumptions> AssumptionsOf(const v1::PlanAssumptions& proto,
                                                       const trial::Measure& measure,
                                                       bool by_visits) {
  trial::PersonAssumptions assumptions = trial::DefaultAssumptions(measure);
  if (by_visits) assumptions.autocorrelation = 0;
  std::vector<Violation> violations;
  const auto add = [&](const char* field, std::string description) {
    violations.push_back({std::string("assumptions.") + field, std::move(description)});
  };
  if (proto.has_typical_score()) {
    assumptions.typical_score = proto.typical_score();
    if (!trial::IsUsualScore(measure, assumptions.typical_score)) {
      add("typical_score", absl::StrFormat("must be a usual level of %s in %s, within the scale",
                                           measure.id, trial::BenefitUnit(measure.family)));
    }
  }
  const bool has_scale = assumptions.score_sd > 0;
  if (proto.has_score_sd()) {
    const double half = 0.5 * (measure.maximum - measure.minimum);
    if (!has_scale) {
      add("score_sd",
          "is for scores with a scale; how yes or no and counts scatter follows from "
          "their level");
    } else if (!(proto.score_sd() > 0 && proto.score_sd() <= half)) {
      add("score_sd", absl::StrFormat("must be above 0 and at most %g, half the range", half));
    }
    assumptions.score_sd = proto.score_sd();
  }
  if (proto.has_autocorrelation()) {
    assumptions.autocorrelation = proto.autocorrelation();
    if (!(assumptions.autocorrelation >= 0 && assumptions.autocorrelation <= kMostCorrelation)) {
      add("autocorrelation", "must be from 0 to 0.8");
    } else if (by_visits && assumptions.autocorrelation > 0) {
      add("autocorrelation", "must be 0 for visits, whose scores are taken as independent");
    }
  }
  if (proto.has_missing_share()) {
    assumptions.missing_share = proto.missing_share();
    if (!(assumptions.missing_share >= 0 && assumptions.missing_share <= kMostMissing)) {
      add("missing_share", "must be from 0 to 0.8");
    }
  }
  if (proto.cycle_days() != 0 &&
      (proto.cycle_days() < kShortestCycle || proto.cycle_days() > kLongestCycle)) {
    add("cycle_days", "must be 0 or from 20 to 45");
  }
  if (!violations.empty()) return InvalidFields(std::move(violations));
  return assumptions;
}

v1::PlanAssumptions AssumptionsToProto(const trial::PersonAssumptions& assumptions,
                                       int cycle_days) {
  v1::PlanAssumptions proto;
  proto.set_typical_score(assumptions.typical_score);
  if (assumptions.score_sd > 0) proto.set_score_sd(assumptions.score_sd);
  proto.set_autocorrelation(assumptions.autocorrelation);
  proto.set_missing_share(assumptions.missing_share);
  proto.set_cycle_days(cycle_days);
  return proto;
}

// The designs beside the protocol's own, in both forms.
struct Alternatives {
  std::vector<v1::Design> protos;
  std::vector<trial::Design> designs;
};

absl::StatusOr<Alternatives> AlternativesOf(const v1::PlanTrialRequest& request,
                                            const trial::Protocol& protocol) {
  Alternatives alternatives;
  if (request.candidates_size() > kMostCandidates) {
    return InvalidField("candidates", absl::StrFormat("has %d designs; must have at most %d",
                                                      request.candidates_size(), kMostCandidates));
  }
  if (request.no_candidates()) {
    if (request.candidates_size() > 0) {
      return InvalidField("candidates", "must be empty with no_candidates");
    }
    return alternatives;
  }
  for (int i = 0; i < request.candidates_size(); ++i) {
    v1::Protocol other = request.protocol();
    *other.mutable_design() = request.candidates(i);
    const absl::StatusOr<trial::Protocol> domain = ToDomain(other, trial::Purpose::kTrial);
    if (!domain.ok()) {
      // The protocol itself is valid: what is wrong is the design.
      Fault fault = FaultOf(domain.status());
      const std::string own = "protocol.design";
      for (Violation& violation : fault.violations) {
        if (violation.field.rfind(own, 0) == 0) {
          violation.field.replace(0, own.size(), absl::StrFormat("candidates[%d]", i));
        }
      }
      return InvalidFields(std::move(fault.violations));
    }
    alternatives.protos.push_back(request.candidates(i));
    alternatives.designs.push_back(domain->design);
  }
  if (request.candidates_size() > 0) return alternatives;
  for (const trial::Design& design : trial::FourWeeksLessAndMore(protocol)) {
    v1::Design proto = request.protocol().design();
    proto.set_pairs(design.pairs);
    alternatives.protos.push_back(std::move(proto));
    alternatives.designs.push_back(design);
  }
  return alternatives;
}

v1::PlanCell CellToProto(const trial::PlanCell& cell) {
  v1::PlanCell proto;
  proto.set_truth(static_cast<v1::PlanCell::Truth>(static_cast<int>(cell.truth) +
                                                   static_cast<int>(v1::PlanCell::TRUTH_NOTHING)));
  proto.set_benefit(cell.benefit);
  *proto.mutable_right() = ToProto(cell.right);
  *proto.mutable_wrong() = ToProto(cell.wrong);
  for (const trial::DecisionProbability& decision : cell.decisions) {
    *proto.add_decisions() = ToProto(decision);
  }
  proto.set_expected_days(cell.expected_days);
  *proto.mutable_ended_early() = ToProto(cell.ended_early);
  return proto;
}

}  // namespace

absl::Status PlanTrial(const v1::PlanTrialRequest& request, const std::function<bool()>& cancelled,
                       const std::function<void(const v1::Plan&)>& progress, v1::Plan* response) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Protocol protocol,
                             ToDomain(request.protocol(), trial::Purpose::kTrial));
  const trial::Measure& measure = trial::PrimaryMeasure(protocol);
  if (request.trials() != 0 &&
      (request.trials() < kFewestTrials || request.trials() > kMostTrials)) {
    return InvalidField("trials",
                        absl::StrFormat("must be 0 or from %d to %d", kFewestTrials, kMostTrials));
  }
  trial::PlanRequest plan_request;
  const bool by_visits = protocol.design.block_unit == trial::BlockUnit::kVisits;
  SOLOTRIAL_ASSIGN_OR_RETURN(plan_request.assumptions,
                             AssumptionsOf(request.assumptions(), measure, by_visits));
  SOLOTRIAL_ASSIGN_OR_RETURN(Alternatives alternatives, AlternativesOf(request, protocol));
  plan_request.cycle_days = request.assumptions().cycle_days();
  plan_request.alternatives = std::move(alternatives.designs);
  plan_request.trials = request.trials() == 0 ? kUsualTrials : request.trials();
  plan_request.seed = request.has_seed() ? request.seed() : 1;
  plan_request.threads = UsefulThreads();
  plan_request.cancelled = cancelled;
  double days = trial::BlockCount(protocol.design) * protocol.design.block_days;
  for (const trial::Design& design : plan_request.alternatives) {
    days += trial::BlockCount(design) * design.block_days;
  }
  if (days * plan_request.trials > kMostDays) {
    return InvalidField("trials",
                        absl::StrFormat("times the %g days of all designs must be at "
                                        "most %g; must be at most %d",
                                        days, kMostDays, static_cast<int>(kMostDays / days)));
  }

  response->set_model_version(inference::kModelVersion);
  response->set_measure(measure.id);
  response->set_unit(trial::BenefitUnit(measure.family));
  response->set_trials(plan_request.trials);
  response->set_seed(plan_request.seed);
  *response->mutable_assumptions() =
      AssumptionsToProto(plan_request.assumptions, plan_request.cycle_days);
  const auto put = [&](const std::vector<trial::PlanCandidate>& candidates) {
    response->clear_candidates();
    for (size_t i = 0; i < candidates.size(); ++i) {
      v1::PlanCandidate& proto = *response->add_candidates();
      *proto.mutable_design() = i == 0 ? request.protocol().design() : alternatives.protos[i - 1];
      proto.set_days(candidates[i].days);
      proto.set_exposure_contrast(candidates[i].exposure_contrast);
      for (const trial::PlanCell& cell : candidates[i].cells)
        *proto.add_cells() = CellToProto(cell);
    }
  };
  plan_request.progress = [&](double share, const std::vector<trial::PlanCandidate>& candidates) {
    if (!progress || share >= 1) return;
    put(candidates);
    response->set_progress(share);
    progress(*response);
  };
  response->set_progress(0);
  if (progress) progress(*response);
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Plan plan, trial::PlanTrial(protocol, plan_request));
  put(plan.candidates);
  response->set_progress(1);
  response->set_recommended(static_cast<int>(plan.recommended));
  response->set_likely_undecided(plan.likely_undecided);
  return absl::OkStatus();
}

}  // namespace solotrial::service
