// Completion scripts for shells.
#ifndef SOLOTRIAL_CLIENTS_CLI_COMPLETION_H_
#define SOLOTRIAL_CLIENTS_CLI_COMPLETION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace solotrial::cli {

struct OptionShape {
  std::string name;  // `--json`
  std::string description;
  bool takes_value = false;
  std::vector<std::string> values;  // those to choose from; empty: a file name
};

struct CommandShape {
  std::string name;
  std::string description;
  std::vector<OptionShape> options;
  std::vector<CommandShape> commands;
};

// The script for `shell` (bash, zsh or fish) that completes the commands and options of `root`.
absl::StatusOr<std::string> CompletionScript(const CommandShape& root, const std::string& shell);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_COMPLETION_H_
