// The terminal that answers are written to, and what it can show.
#ifndef SOLOTRIAL_CLIENTS_CLI_TERMINAL_H_
#define SOLOTRIAL_CLIENTS_CLI_TERMINAL_H_

#include <optional>
#include <string>

#include "absl/status/status.h"

namespace solotrial::cli {

// How text is laid out. The defaults are those of a plain file.
struct Style {
  bool color = false;
  bool utf8 = false;
  int width = 80;
};

bool StdinIsTerminal();
bool StdoutIsTerminal();
bool StderrIsTerminal();

// For standard output: colour only on a terminal and not with NO_COLOR or TERM=dumb; UTF-8 when the
// locale is; never more than 80 columns.
Style StdoutStyle();

// `text` emphasised, where the style has colour.
std::string Bold(const Style& style, const std::string& text);
std::string Dim(const Style& style, const std::string& text);
std::string OnColor(const Style& style, const std::string& text);
std::string OffColor(const Style& style, const std::string& text);

// One line from the terminal, without showing what is typed; nullopt when standard input is none.
std::optional<std::string> AskSecret(const std::string& question);

// Writes all of `text`. A reader that went away (`| head`) is no error: OutputClosed() then says so
// and later writes do nothing.
absl::Status WriteStdout(const std::string& text);
bool OutputClosed();

// Writes to standard error; what cannot be written there is lost.
void WriteStderr(const std::string& text);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_TERMINAL_H_
