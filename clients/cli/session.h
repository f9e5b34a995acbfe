// What the commands share: settings, terminal, and the engine once it is needed.
#ifndef SOLOTRIAL_CLIENTS_CLI_SESSION_H_
#define SOLOTRIAL_CLIENTS_CLI_SESSION_H_

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cli/connection.h"
#include "clients/cli/settings.h"
#include "clients/cli/terminal.h"
#include "solotrial/v1/trial.pb.h"

namespace solotrial::cli {

class Session {
 public:
  Session(Settings settings, Style style) : settings_(std::move(settings)), style_(style) {}

  const Settings& settings() const { return settings_; }
  const Style& style() const { return style_; }

  // Opened at the first use.
  absl::StatusOr<Connection*> Engine();

  // Every trial of the person, newest first.
  absl::StatusOr<std::vector<v1::Trial>> AllTrials();
  // See ChooseTrial.
  absl::StatusOr<v1::Trial> FindTrial(const std::string& text,
                                      const std::vector<v1::TrialState>& states);

  // The answer of a command: with --json the message, else `text`.
  absl::Status Print(const google::protobuf::Message& message, const std::string& text) const;
  // Only with --json; on a line of its own when `one_line`, whatever the output is.
  absl::Status PrintJson(const google::protobuf::Message& message, bool one_line) const;

 private:
  const Settings settings_;
  const Style style_;
  std::unique_ptr<Connection> engine_;
};

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_SESSION_H_
