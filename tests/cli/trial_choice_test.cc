#include "clients/cli/trial_choice.h"

#include <gtest/gtest.h>

#include "clients/cli/errors.h"

namespace solotrial::cli {
namespace {

v1::Trial MakeTrial(const std::string& id, v1::TrialState state) {
  v1::Trial trial;
  trial.set_name("trials/" + id);
  trial.set_state(state);
  trial.mutable_protocol()->set_title("Trial " + id.substr(0, 4));
  return trial;
}

constexpr char kFirst[] = "3f2a9c10-0000-4000-8000-000000000001";
constexpr char kSecond[] = "3f2a9c10-0000-4000-8000-000000000002";
constexpr char kThird[] = "77aa0000-0000-4000-8000-000000000003";

std::vector<v1::Trial> Three() {
  return {MakeTrial(kFirst, v1::TRIAL_STATE_COMPLETED), MakeTrial(kSecond, v1::TRIAL_STATE_RUNNING),
          MakeTrial(kThird, v1::TRIAL_STATE_DRAFT)};
}

int ExitCode(const absl::StatusOr<v1::Trial>& choice) {
  return Describe(choice.status()).exit_code;
}

TEST(TrialChoiceTest, RecognisesFullNames) {
  EXPECT_EQ(FullTrialName(kFirst), std::string("trials/") + kFirst);
  EXPECT_EQ(FullTrialName("trials/77AA0000-0000-4000-8000-000000000003"),
            std::string("trials/") + kThird);
  EXPECT_EQ(FullTrialName("3f2a"), "");
  EXPECT_EQ(FullTrialName("../../../../../../../../etc/passwd/x"), "");
}

TEST(TrialChoiceTest, TakesAUniqueBeginning) {
  EXPECT_EQ(ChooseTrial(Three(), "77aa", {})->name(), std::string("trials/") + kThird);
  EXPECT_EQ(ChooseTrial(Three(), "trials/77AA0", {})->name(), std::string("trials/") + kThird);
  EXPECT_EQ(ExitCode(ChooseTrial(Three(), "3f2a", {})), kWrongUsage);
  EXPECT_EQ(ExitCode(ChooseTrial(Three(), "77a", {})), kWrongUsage);
  EXPECT_EQ(ExitCode(ChooseTrial(Three(), "bbbb", {})), kNotFound);
  EXPECT_EQ(ExitCode(ChooseTrial(Three(), "headache", {})), kWrongUsage);
}

TEST(TrialChoiceTest, TakesTheOnlyFittingTrialWhenNoneIsNamed) {
  EXPECT_EQ(ChooseTrial(Three(), "", {v1::TRIAL_STATE_RUNNING})->name(),
            std::string("trials/") + kSecond);
  EXPECT_EQ(ChooseTrial(Three(), "", {v1::TRIAL_STATE_DRAFT})->name(),
            std::string("trials/") + kThird);
  EXPECT_EQ(
      ChooseTrial({MakeTrial(kFirst, v1::TRIAL_STATE_COMPLETED)}, "", {v1::TRIAL_STATE_RUNNING})
          ->name(),
      std::string("trials/") + kFirst);
  EXPECT_EQ(ExitCode(ChooseTrial(Three(), "", {v1::TRIAL_STATE_PAUSED})), kWrongUsage);
  EXPECT_EQ(ExitCode(ChooseTrial({}, "", {v1::TRIAL_STATE_RUNNING})), kNotFound);
}

TEST(TrialChoiceTest, ShortIdsStayUnique) {
  const std::vector<v1::Trial> trials = Three();
  EXPECT_EQ(ShortTrialId(trials[2], trials), "77aa0000");
  EXPECT_EQ(ShortTrialId(trials[0], trials), kFirst);
}

}  // namespace
}  // namespace solotrial::cli
