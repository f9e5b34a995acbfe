// The simulated power of trials, computed beside the calls and kept for their summaries.
#ifndef SOLOTRIAL_ENGINE_SERVICE_POWER_KEEPER_H_
#define SOLOTRIAL_ENGINE_SERVICE_POWER_KEEPER_H_

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/store/trial_store.h"
#include "engine/trial/power.h"
#include "solotrial/v1/protocol.pb.h"

namespace solotrial::service {

// Thread-safe. What waits or is under way when it is destroyed is given up: the trial's first
// summary then simulates it.
class PowerKeeper {
 public:
  // `store` must outlive it. `trials`: see EngineServer::Options.power_trials.
  PowerKeeper(store::TrialStore& store, int trials);
  PowerKeeper(const PowerKeeper&) = delete;
  PowerKeeper& operator=(const PowerKeeper&) = delete;
  ~PowerKeeper();

  // Simulates the trial, whose protocol is frozen, at low priority and keeps the outcome.
  void Later(const std::string& person_id, const std::string& trial_id,
             const v1::Protocol& protocol);
  // On the calling thread, without keeping it. nullopt when the protocol is none that can be
  // planned.
  std::optional<trial::SimulatedPower> Now(const v1::Protocol& protocol) const;
  void Keep(const std::string& person_id, const std::string& trial_id,
            const trial::SimulatedPower& power);

 private:
  struct Wanted {
    std::string person_id;
    std::string trial_id;
    v1::Protocol protocol;
  };

  std::optional<trial::SimulatedPower> Simulate(const v1::Protocol& protocol, int threads,
                                                std::function<bool()> cancelled) const;
  void Run();

  store::TrialStore& store_;
  const int trials_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Wanted> wanted_;          // guarded by mutex_
  std::atomic<bool> closing_ = false;  // changed under mutex_

  std::thread thread_;  // last: starts when all else is there
};

}  // namespace solotrial::service

#endif  // SOLOTRIAL_ENGINE_SERVICE_POWER_KEEPER_H_
