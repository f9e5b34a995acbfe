#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/offline.h"
#include "clients/cli/render_plan.h"

namespace solotrial::cli {

absl::StatusOr<int> Plan(Session& session, const PlanOptions& options) {
  v1::PlanTrialRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_protocol(), LoadProtocol(options.protocol_file));
  v1::PlanAssumptions& assumptions = *request.mutable_assumptions();
  if (options.typical_score.has_value()) assumptions.set_typical_score(*options.typical_score);
  if (options.score_sd.has_value()) assumptions.set_score_sd(*options.score_sd);
  if (options.autocorrelation.has_value()) {
    assumptions.set_autocorrelation(*options.autocorrelation);
  }
  if (options.missing_share.has_value()) assumptions.set_missing_share(*options.missing_share);
  assumptions.set_cycle_days(options.cycle_days);
  for (const int pairs : options.pairs) {
    v1::Design& design = *request.add_candidates();
    design = request.protocol().design();
    design.set_pairs(pairs);
  }
  for (const int days : options.block_days) {
    v1::Design& design = *request.add_candidates();
    design = request.protocol().design();
    design.set_block_days(days);
  }
  request.set_no_candidates(options.only);
  request.set_trials(options.trials);
  if (options.seed.has_value()) request.set_seed(*options.seed);
  CLIENT_ASSIGN_OR_RETURN(const v1::Plan plan, PlanTrial(request));
  CLIENT_RETURN_IF_ERROR(session.Print(plan, RenderPlan(plan, session.style())));
  return kOk;
}

}  // namespace solotrial::cli
