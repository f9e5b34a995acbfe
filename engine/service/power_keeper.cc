#include "engine/service/power_keeper.h"

#include <utility>

#include "engine/base/parallel.h"
#include "engine/inference/inference.h"
#include "engine/service/convert.h"
#include "engine/service/thread_priority.h"

namespace solotrial::service {

PowerKeeper::PowerKeeper(store::TrialStore& store, int trials)
    : store_(store), trials_(trials), thread_([this] { Run(); }) {}

PowerKeeper::~PowerKeeper() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void PowerKeeper::Later(const std::string& person_id, const std::string& trial_id,
                        const v1::Protocol& protocol) {
  {
    const std::lock_guard lock(mutex_);
    wanted_.push_back({person_id, trial_id, protocol});
  }
  changed_.notify_all();
}

std::optional<trial::SimulatedPower> PowerKeeper::Now(const v1::Protocol& protocol) const {
  return Simulate(protocol, UsefulThreads(), nullptr);
}

void PowerKeeper::Keep(const std::string& person_id, const std::string& trial_id,
                       const trial::SimulatedPower& power) {
  // Where it cannot be kept it is simulated again.
  store_.Write(
      [=](store::WriteTransaction& transaction) {
        return transaction.PutPower(person_id, trial_id, inference::kModelVersion, power);
      },
      [](const absl::Status&) {});
}

std::optional<trial::SimulatedPower> PowerKeeper::Simulate(const v1::Protocol& protocol,
                                                           int threads,
                                                           std::function<bool()> cancelled) const {
  const auto planned = ToDomain(protocol, trial::Purpose::kTrial);
  if (!planned.ok()) return std::nullopt;
  const auto power = trial::SimulatePower(*planned, trials_, threads, std::move(cancelled));
  return power.ok() ? std::optional(*power) : std::nullopt;
}

void PowerKeeper::Run() {
  LowerPriority();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closing_ || !wanted_.empty(); });
    if (closing_) return;
    const Wanted wanted = std::move(wanted_.front());
    wanted_.pop_front();
    lock.unlock();
    const auto power = Simulate(wanted.protocol, 1, [this] { return closing_.load(); });
    if (power.has_value()) Keep(wanted.person_id, wanted.trial_id, *power);
    lock.lock();
  }
}

}  // namespace solotrial::service
