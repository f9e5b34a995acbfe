// The command-line client of solotrial.
#include <fcntl.h>

#include <csignal>

#include "clients/cli/arguments.h"

int main(int argc, char** argv) {
  // A closed pipe is noticed where it is written to.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  // With a standard stream closed, the next file opened would take its number and its output.
  for (int fd = 0; fd <= 2; ++fd) {
    if (fcntl(fd, F_GETFD) < 0) open("/dev/null", O_RDONLY);
  }
  return solotrial::cli::RunCommandLine(argc, argv);
}
