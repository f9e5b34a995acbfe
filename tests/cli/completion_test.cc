#include "clients/cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "clients/cli/arguments.h"
#include "clients/cli/errors.h"

namespace solotrial::cli {
namespace {

using testing::HasSubstr;

TEST(CompletionTest, KnowsEveryCommandAndOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = *CompletionScript(ProgramShape(), shell);
    for (const char* word : {"protocol", "schedule", "resume", "record", "dose", "retract",
                             "analyze", "watch", "exit-code", "token-file", "restless-legs"}) {
      EXPECT_THAT(script, HasSubstr(word)) << shell;
    }
  }
}

TEST(CompletionTest, RefusesOtherShells) {
  EXPECT_EQ(Describe(CompletionScript(ProgramShape(), "csh").status()).exit_code, kWrongUsage);
}

// What bash itself makes of the script: `line` ends in the word to complete.
std::string CompleteInBash(const std::string& words) {
  const std::filesystem::path file =
      std::filesystem::path(testing::TempDir()) / "completion_test.bash";
  std::ofstream(file) << *CompletionScript(ProgramShape(), "bash");
  const std::string command = "bash -c 'source " + file.string() + "; COMP_WORDS=(" + words +
                              "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _solotrial; "
                              "echo \"${COMPREPLY[*]}\"' 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  pclose(pipe);
  std::filesystem::remove(file);
  return output;
}

TEST(CompletionTest, WorksInBash) {
  if (std::system("bash -c true") != 0) GTEST_SKIP() << "no bash";
  EXPECT_EQ(CompleteInBash("solotrial re"), "record retract\n");
  EXPECT_EQ(CompleteInBash("solotrial trial st"), "start stop\n");
  EXPECT_EQ(CompleteInBash("solotrial --json trial sc"), "schedule\n");
  EXPECT_EQ(CompleteInBash("solotrial analyze --ex"), "--exit-code\n");
  EXPECT_EQ(CompleteInBash("solotrial analyze --js"), "--json\n");
  EXPECT_EQ(CompleteInBash("solotrial protocol new --symptom re"), "restless-legs\n");
  EXPECT_EQ(CompleteInBash("solotrial completion z"), "zsh\n");
}

}  // namespace
}  // namespace solotrial::cli
