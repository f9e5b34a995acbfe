#include "clients/cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "clients/cli/arguments.h"
#include "clients/cli/errors.h"
#include "tests/cli/process.h"

namespace solotrial::cli {
namespace {

using testing::HasSubstr;

TEST(CompletionTest, KnowsEveryCommandAndOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = *CompletionScript(ProgramShape(), shell);
    for (const char* word :
         {"protocol", "schedule", "resume", "record", "dose", "retract", "analyze", "watch",
          "devices", "sign-out", "audit", "verify", "exit-code", "token-file", "restless-legs"}) {
      EXPECT_THAT(script, HasSubstr(word)) << shell;
    }
  }
}

TEST(CompletionTest, RefusesOtherShells) {
  EXPECT_EQ(Describe(CompletionScript(ProgramShape(), "csh").status()).exit_code, kWrongUsage);
}

constexpr char kBash[] = "/bin/bash";

// What bash itself makes of the script; `words` end in the one to complete.
std::string CompleteInBash(const std::string& words) {
  const std::string code = *CompletionScript(ProgramShape(), "bash") + "\nCOMP_WORDS=(" + words +
                           ")\n"
                           "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
                           "_solotrial\n"
                           "echo \"${COMPREPLY[*]}\"\n";
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "completion_test";
  std::filesystem::create_directories(folder);
  const Ran ran = RunToEnd({kBash, "-c", code}, {}, folder, "");
  std::filesystem::remove_all(folder);
  return ran.out + ran.err;
}

TEST(CompletionTest, WorksInBash) {
  if (!std::filesystem::exists(kBash)) GTEST_SKIP() << "no bash";
  EXPECT_EQ(CompleteInBash("solotrial re"), "record rescue retract recovery\n");
  EXPECT_EQ(CompleteInBash("solotrial share re"), "revoke\n");
  EXPECT_EQ(CompleteInBash("solotrial trial st"), "start stop\n");
  EXPECT_EQ(CompleteInBash("solotrial --json trial sc"), "schedule\n");
  EXPECT_EQ(CompleteInBash("solotrial analyze --ex"), "--exit-code\n");
  EXPECT_EQ(CompleteInBash("solotrial analyze --js"), "--json\n");
  EXPECT_EQ(CompleteInBash("solotrial protocol new --symptom re"), "restless-legs\n");
  EXPECT_EQ(CompleteInBash("solotrial completion z"), "zsh\n");
}

}  // namespace
}  // namespace solotrial::cli
