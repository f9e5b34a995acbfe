// Running the real binaries.
#ifndef SOLOTRIAL_TESTS_CLI_PROCESS_H_
#define SOLOTRIAL_TESTS_CLI_PROCESS_H_

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace solotrial::cli {

using Variables = std::map<std::string, std::string>;

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// A child process whose chosen stream is read line by line; killed when this goes out of scope.
class Process {
 public:
  enum class Stream { kOut, kErr };

  Process(const std::vector<std::string>& words, const Variables& environment, Stream read);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The next line without its end; empty at the end of the stream.
  std::string ReadLine();
  void Signal(int signal);
  // The exit code, or 128 plus the number of the signal that ended it.
  int Wait();

 private:
  pid_t pid_ = -1;
  int fd_ = -1;
};

// Runs to the end, with `input` on standard input; what it wrote passes through files in `folder`.
Ran RunToEnd(const std::vector<std::string>& words, const Variables& environment,
             const std::string& folder, const std::string& input);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_TESTS_CLI_PROCESS_H_
