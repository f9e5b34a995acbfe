// Where a person writes something down: which trial, which day, and the outbox that it goes
// through.
#ifndef SOLOTRIAL_CLIENTS_CLI_DESK_H_
#define SOLOTRIAL_CLIENTS_CLI_DESK_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cli/session.h"
#include "clients/cpp/outbox.h"

namespace solotrial::cli {

class Desk {
 public:
  // `trial` and `date` as they were typed. Asks the engine first, unless `later`. Where the engine
  // cannot be reached, or is not to be asked, what this machine keeps of the engine that it was
  // paired with is enough; of its own engine it keeps nothing.
  static absl::StatusOr<Desk> Open(Session& session, const std::string& trial,
                                   const std::string& date, bool later);

  const v1::Trial& trial() const { return trial_; }
  const std::string& date() const { return date_; }  // ISO 8601
  bool online() const { return engine_ != nullptr; }

  // What counts as far as is known here.
  absl::StatusOr<std::vector<v1::Entry>> Current() { return outbox_->Current(trial_.name()); }

  // Keeps the entries, sends them, and says what became of each; the number is the exit code.
  absl::StatusOr<int> Record(const std::vector<v1::Entry>& contents);

 private:
  explicit Desk(Session& session) : session_(&session) {}
  absl::Status MeetEngine(const std::string& trial);
  absl::StatusOr<v1::Trial> AskForTrial(const std::string& trial);

  Session* session_;
  Connection* engine_ = nullptr;  // null: offline
  std::shared_ptr<absl::Time> now_;
  std::unique_ptr<client::Outbox> outbox_;
  v1::Trial trial_;
  std::string date_;
  std::vector<std::string> notices_;  // of what waited from earlier
};

// The outbox of the settings; `now` is its clock.
absl::StatusOr<std::unique_ptr<client::Outbox>> OpenOutbox(const Settings& settings,
                                                           std::shared_ptr<absl::Time> now);
// Whether what is recorded outlives this program.
bool KeepsEntries(const Settings& settings);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_DESK_H_
