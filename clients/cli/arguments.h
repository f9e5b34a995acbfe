// The command line: what can be typed, and what it calls.
#ifndef SOLOTRIAL_CLIENTS_CLI_ARGUMENTS_H_
#define SOLOTRIAL_CLIENTS_CLI_ARGUMENTS_H_

#include "clients/cli/completion.h"

namespace solotrial::cli {

// Runs one command line from parsing to the exit code.
int RunCommandLine(int argc, char** argv);

// All commands and options, for completion.
CommandShape ProgramShape();

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_ARGUMENTS_H_
