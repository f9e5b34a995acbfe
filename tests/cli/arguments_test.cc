#include "clients/cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "clients/cli/errors.h"

namespace solotrial::cli {
namespace {

using testing::HasSubstr;

struct Ran {
  int exit_code;
  std::string out;
  std::string err;
};

Ran RunProgram(std::vector<std::string> words) {
  words.insert(words.begin(), "solotrial");
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int exit_code = RunCommandLine(static_cast<int>(words.size()), argv.data());
  return {exit_code, testing::internal::GetCapturedStdout(),
          testing::internal::GetCapturedStderr()};
}

void ForEveryCommand(const CommandShape& command, const std::vector<std::string>& path,
                     const std::function<void(const std::vector<std::string>&)>& visit) {
  visit(path);
  if (command.name == "completion") return;
  for (const CommandShape& sub : command.commands) {
    std::vector<std::string> longer = path;
    longer.push_back(sub.name);
    ForEveryCommand(sub, longer, visit);
  }
}

TEST(ArgumentsTest, EveryCommandHasHelpThatFits80Columns) {
  ForEveryCommand(ProgramShape(), {}, [](std::vector<std::string> words) {
    words.emplace_back("--help");
    const Ran ran = RunProgram(words);
    EXPECT_EQ(ran.exit_code, kOk);
    EXPECT_EQ(ran.err, "");
    EXPECT_THAT(ran.out, HasSubstr("solotrial "));
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  });
}

TEST(ArgumentsTest, WrongUsageExitsWith2) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {},
           {"nonsense"},
           {"trial"},
           {"record"},
           {"trial", "stop", "3f2a"},
           {"analyze", "--protocol", "p.json"},
           {"analyze", "3f2a", "--protocol", "p.json", "--diary", "d.csv"},
           {"analyze", "--seed", "7"},
           {"predict", "--diary", "d.csv"},
           {"predict", "3f2a", "--protocol", "p.json", "--diary", "d.csv"},
           {"predict", "--futures", "many"},
           {"completion", "csh"},
           {"protocol", "new", "--symptom", "gout"},
           {"--engine", "dns:///localhost:1", "info"},
           {"import", "--protocol", "-", "--diary", "-"},
           {"import", "--archive", "a.zip", "--preview"},
           {"export", "--format", "word"},
           {"note", "\xff"}}) {
    const Ran ran = RunProgram(words);
    EXPECT_EQ(ran.exit_code, kWrongUsage) << testing::PrintToString(words);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr("solotrial: "));
  }
}

TEST(ArgumentsTest, FailsInJsonWhenAsked) {
  EXPECT_EQ(
      RunProgram({"--json", "completion", "csh"}).err,
      R"({"error":{"kind":"client","code":"INVALID_ARGUMENT","reason":"","retryable":false,"message":)"
      R"("There is no completion for 'csh': write bash, zsh or fish.","violations":[]}})"
      "\n");
}

TEST(ArgumentsTest, AWordOfANoteIsNoCommand) {
  // Nothing listens on port 1: getting as far as the connection means that it was understood.
  const Ran ran = RunProgram({"--engine", "127.0.0.1:1", "note", "watch", "today"});
  EXPECT_EQ(ran.exit_code, kUnreachable);
  EXPECT_THAT(ran.err, HasSubstr("The engine at 127.0.0.1:1 cannot be reached."));
  EXPECT_THAT(ran.err, HasSubstr("Start it with: solotrial-engine --data "));
}

TEST(ArgumentsTest, OptionsForEverythingMayStandAfterTheCommand) {
  const Ran ran = RunProgram({"info", "--json", "--engine", "127.0.0.1:1"});
  EXPECT_EQ(ran.exit_code, kUnreachable);
  EXPECT_EQ(
      ran.err,
      R"({"error":{"kind":"unreachable","code":"UNAVAILABLE","reason":"","retryable":true,"message":)"
      R"("The engine at 127.0.0.1:1 cannot be reached.","violations":[]}})"
      "\n");
}

}  // namespace
}  // namespace solotrial::cli
