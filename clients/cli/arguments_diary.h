// The commands about what a person says of a day, as they can be typed.
#ifndef SOLOTRIAL_CLIENTS_CLI_ARGUMENTS_DIARY_H_
#define SOLOTRIAL_CLIENTS_CLI_ARGUMENTS_DIARY_H_

#include <string>
#include <vector>

#include "clients/cli/arguments_access.h"
#include "clients/cli/commands.h"

namespace solotrial::cli {

class DiaryArguments {
 public:
  using AddCommand = AccessArguments::AddCommand;

  // This object must outlive `app`.
  void AddTo(CLI::App& app, const AddCommand& add);

 private:
  void AddScores(CLI::App& app, const AddCommand& add);
  void AddEvents(CLI::App& app, const AddCommand& add);
  void AddEntries(CLI::App& app, const AddCommand& add);
  void AddOutbox(CLI::App& app, const AddCommand& add);

  // Options that several commands have.
  void AddAbout(CLI::App* command);
  void AddTrial(CLI::App* command);
  void AddLater(CLI::App* command);

  // Where the options are read into. Only one command runs, so they share.
  RecordOptions record_;
  EntriesOptions entries_;
  EventOptions event_;
  std::vector<std::string> words_;
  std::string dose_ = "1";
  std::string guess_;
  std::string kind_;
  std::string entry_;
  int block_ = 0;
  int days_ = 0;
  int doses_ = 1;
  bool yes_ = false;
};

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_ARGUMENTS_DIARY_H_
