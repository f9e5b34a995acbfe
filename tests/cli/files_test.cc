#include "clients/cli/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "clients/cli/errors.h"

namespace solotrial::cli {
namespace {

class FilesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("files_test_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ / name; }

  std::filesystem::path folder_;
};

TEST_F(FilesTest, WritesAndReads) {
  ASSERT_TRUE(WriteFile(Path("a"), "one\n", false).ok());
  EXPECT_EQ(*ReadFile(Path("a"), 100), "one\n");
}

TEST_F(FilesTest, LeavesAnExistingFileAloneUnlessForced) {
  ASSERT_TRUE(WriteFile(Path("a"), "one", false).ok());
  const absl::Status refused = WriteFile(Path("a"), "two", false);
  EXPECT_EQ(Describe(refused).exit_code, kInvalidInput);
  EXPECT_EQ(*ReadFile(Path("a"), 100), "one");
  ASSERT_TRUE(WriteFile(Path("a"), "two", true).ok());
  EXPECT_EQ(*ReadFile(Path("a"), 100), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(FilesTest, SaysWhatCannotBeReadOrWritten) {
  EXPECT_EQ(FaultText(Describe(ReadFile(Path("none"), 100).status())),
            "solotrial: " + Path("none") + " cannot be read: No such file or directory.\n");
  EXPECT_EQ(FaultText(Describe(ReadFile(folder_, 100).status())),
            "solotrial: " + folder_.string() + " cannot be read: Is a directory.\n");
  EXPECT_EQ(Describe(WriteFile(Path("no/such"), "x", false)).exit_code, kInternal);
  EXPECT_EQ(Describe(WriteFile("/dev/full", "x", false)).exit_code, kInternal);
}

TEST_F(FilesTest, ReadsNoMoreThanTheLimit) {
  ASSERT_TRUE(WriteFile(Path("a"), std::string(100, 'x'), false).ok());
  EXPECT_TRUE(ReadFile(Path("a"), 100).ok());
  EXPECT_EQ(Describe(ReadFile(Path("a"), 99).status()).exit_code, kInvalidInput);
  // Endless, and so read only up to the limit.
  EXPECT_EQ(Describe(ReadFile("/dev/zero", 1 << 20).status()).message,
            "/dev/zero is too large: at most 1024 KiB are read.");
}

}  // namespace
}  // namespace solotrial::cli
