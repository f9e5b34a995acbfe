// What PlanService does, apart from transport, authorisation and threads.
#ifndef SOLOTRIAL_ENGINE_SERVICE_PLAN_HANDLERS_H_
#define SOLOTRIAL_ENGINE_SERVICE_PLAN_HANDLERS_H_

#include <functional>

#include "absl/status/status.h"
#include "solotrial/v1/plan.pb.h"
#include "solotrial/v1/plan_service.pb.h"

namespace solotrial::service {

// PlanService.PlanTrial on the calling thread and as many more as there are processors. `progress`
// is called at the start and between cells with the plan so far, on the calling thread; `cancelled`
// is asked from several threads at once. Either may be empty. `response` is the last message.
absl::Status PlanTrial(const v1::PlanTrialRequest& request, const std::function<bool()>& cancelled,
                       const std::function<void(const v1::Plan&)>& progress, v1::Plan* response);

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_PLAN_HANDLERS_H_
