#include "tests/cli/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace solotrial::cli {
namespace {

// In the child: becomes the program.
[[noreturn]] void Become(const std::vector<std::string>& words, const Variables& environment) {
  for (const char* name : {"SOLOTRIAL_DATA", "SOLOTRIAL_ENGINE", "SOLOTRIAL_TOKEN_FILE"}) {
    unsetenv(name);
  }
  // Read by builds with LeakSanitizer only.
  setenv("LSAN_OPTIONS",
         "print_suppressions=0:suppressions=" SOLOTRIAL_SOURCE_DIR "/tests/cli/library_leaks.supp",
         1);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

void Redirect(int from, const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags, 0600);
  if (fd < 0 || dup2(fd, from) < 0) _exit(126);
  close(fd);
}

int ExitCode(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string Contents(const std::string& path) {
  std::ostringstream contents;
  contents << std::ifstream(path).rdbuf();
  return contents.str();
}

}  // namespace

Process::Process(const std::vector<std::string>& words, const Variables& environment, Stream read) {
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  pid_ = fork();
  if (pid_ == 0) {
    dup2(ends[1], read == Stream::kOut ? STDOUT_FILENO : STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    Become(words, environment);
  }
  close(ends[1]);
  fd_ = ends[0];
}

Process::~Process() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close(fd_);
}

std::string Process::ReadLine() {
  std::string line;
  char c = 0;
  while (read(fd_, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

void Process::Signal(int signal) { kill(pid_, signal); }

int Process::Wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return ExitCode(status);
}

Ran RunToEnd(const std::vector<std::string>& words, const Variables& environment,
             const std::string& folder, const std::string& input) {
  const std::string in = folder + "/stdin";
  const std::string out = folder + "/stdout";
  const std::string err = folder + "/stderr";
  std::ofstream(in) << input;
  const pid_t pid = fork();
  if (pid == 0) {
    Redirect(STDIN_FILENO, in, O_RDONLY);
    Redirect(STDOUT_FILENO, out, O_WRONLY | O_CREAT | O_TRUNC);
    Redirect(STDERR_FILENO, err, O_WRONLY | O_CREAT | O_TRUNC);
    Become(words, environment);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return {ExitCode(status), Contents(out), Contents(err)};
}

}  // namespace solotrial::cli
