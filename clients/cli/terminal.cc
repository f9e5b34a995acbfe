#include "clients/cli/terminal.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "clients/cli/errors.h"

namespace solotrial::cli {
namespace {

bool output_closed = false;

int TerminalWidth() {
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::clamp(static_cast<int>(size.ws_col), 50, 80);
}

bool LocaleIsUtf8() {
  if (std::setlocale(LC_CTYPE, "") == nullptr) return false;
  const bool utf8 = std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  // Only the question was wanted: numbers are written and read the same everywhere.
  std::setlocale(LC_CTYPE, "C");
  return utf8;
}

std::string Colored(const Style& style, const char* code, const std::string& text) {
  if (!style.color || text.empty()) return text;
  return std::string("\033[") + code + "m" + text + "\033[0m";
}

// 0, or the error number.
int WriteAll(int fd, const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const ssize_t written = write(fd, text.data() + at, text.size() - at);
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    at += static_cast<size_t>(written);
  }
  return 0;
}

}  // namespace

bool StdinIsTerminal() { return isatty(STDIN_FILENO) == 1; }
bool StdoutIsTerminal() { return isatty(STDOUT_FILENO) == 1; }
bool StderrIsTerminal() { return isatty(STDERR_FILENO) == 1; }

Style StdoutStyle() {
  Style style;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool dumb = term != nullptr && std::strcmp(term, "dumb") == 0;
  style.color = StdoutIsTerminal() && !dumb && (no_color == nullptr || *no_color == '\0');
  style.utf8 = LocaleIsUtf8();
  style.width = StdoutIsTerminal() ? TerminalWidth() : 80;
  return style;
}

std::string Bold(const Style& style, const std::string& text) { return Colored(style, "1", text); }
std::string Dim(const Style& style, const std::string& text) { return Colored(style, "2", text); }
std::string OnColor(const Style& style, const std::string& text) {
  return Colored(style, "1;36", text);
}
std::string OffColor(const Style& style, const std::string& text) {
  return Colored(style, "33", text);
}

std::optional<std::string> AskSecret(const std::string& question) {
  if (!StdinIsTerminal()) return std::nullopt;
  termios shown{};
  tcgetattr(STDIN_FILENO, &shown);
  termios hidden = shown;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  WriteStderr(question + ": ");
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  std::string answer;
  std::getline(std::cin, answer);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
  WriteStderr("\n");
  return answer;
}

absl::Status WriteStdout(const std::string& text) {
  if (output_closed) return absl::OkStatus();
  const int error = WriteAll(STDOUT_FILENO, text);
  if (error == EPIPE) {
    output_closed = true;
    return absl::OkStatus();
  }
  if (error != 0) {
    return MachineError(std::string("The output cannot be written: ") + std::strerror(error) + ".");
  }
  return absl::OkStatus();
}

bool OutputClosed() { return output_closed; }

void WriteStderr(const std::string& text) { WriteAll(STDERR_FILENO, text); }

}  // namespace solotrial::cli
