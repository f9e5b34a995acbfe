// The commands about who may do what, as they can be typed.
#ifndef SOLOTRIAL_CLIENTS_CLI_ARGUMENTS_ACCESS_H_
#define SOLOTRIAL_CLIENTS_CLI_ARGUMENTS_ACCESS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/session.h"

namespace CLI {
class App;
}

namespace solotrial::cli {

class AccessArguments {
 public:
  using Action = std::function<absl::StatusOr<int>(Session&)>;
  // Adds a command to `parent`; no action for a group.
  using AddCommand =
      std::function<CLI::App*(CLI::App* parent, const std::string& name,
                              const std::string& description, const std::string& examples, Action)>;

  // This object must outlive `app`.
  void AddTo(CLI::App& app, const AddCommand& add);

 private:
  void AddPairing(CLI::App& app, const AddCommand& add);
  void AddDevices(CLI::App& app, const AddCommand& add);
  void AddRecovery(CLI::App& app, const AddCommand& add);
  void AddInvitations(CLI::App& app, const AddCommand& add);
  void AddSharing(CLI::App& app, const AddCommand& add);

  // Where the options are read into. Only one command runs, so they share.
  std::string code_;
  std::string pin_;
  std::string name_;
  std::string id_;
  std::string number_;
  std::string role_;
  std::string trial_;
  std::string label_;
  int days_ = 0;
  std::vector<std::string> reminders_;
  bool ask_ = false;
  bool revoke_others_ = false;
};

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_ARGUMENTS_ACCESS_H_
