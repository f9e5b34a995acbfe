// What was written is read; what anybody else may have made is refused, not followed.
#include "engine/import/zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "engine/base/fault.h"
#include "engine/report/zip.h"

namespace solotrial::import {
namespace {

using ::testing::HasSubstr;

using Files = std::map<std::string, std::string>;

std::string Zip(const Files& files) {
  const auto zip = report::WriteZip(files, absl::FromUnixSeconds(1'767'600'000));
  EXPECT_TRUE(zip.ok()) << zip.status();
  return zip.value_or("");
}

// With every `from` made `to`, of the same length: headers too.
std::string Replaced(std::string bytes, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = bytes.find(from, at)) != std::string::npos; at += to.size()) {
    bytes.replace(at, from.size(), to);
  }
  return bytes;
}

std::string Refusal(const std::string& zip, const ZipLimits& limits = {}) {
  const auto files = ReadZip(zip, limits);
  if (files.ok()) return "was read";
  EXPECT_EQ(FaultOf(files.status()).reason, Reason::kUnreadableArchive) << files.status();
  return std::string(files.status().message());
}

TEST(ZipTest, GivesWhatWasWritten) {
  const Files files = {
      {"README.txt", "Hello"},
      {"empty.json", ""},
      {"trials/a/diary.csv", std::string(100'000, 'x') + std::string("\0\xff", 2)}};
  const std::string zip = Zip(files);
  EXPECT_LT(zip.size(), 2'000);
  const auto read = ReadZip(zip, {});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, files);
  EXPECT_EQ(Zip(files), zip);
}

TEST(ZipTest, RefusesWhatIsNoZip) {
  EXPECT_THAT(Refusal(""), HasSubstr("archive:"));
  EXPECT_THAT(Refusal("date,on,y\n2026-01-01,1,3\n"), HasSubstr("archive:"));
}

TEST(ZipTest, RefusesWhatWasCutOff) {
  const std::string zip = Zip({{"a", std::string(5'000, 'a')}, {"b", "b"}});
  for (size_t size = 0; size < zip.size(); ++size)
    EXPECT_NE(Refusal(zip.substr(0, size)), "was read");
}

TEST(ZipTest, RefusesNamesThatLeadElsewhere) {
  for (const char* name : {"/etc/x", "../../x", "a/../x", "a/b/..", "a\\b/xx", "a\nb/xx"}) {
    const std::string plain = std::string(std::string(name).size(), 'p');
    const std::string zip = Replaced(Zip({{plain, "content"}}), plain, name);
    EXPECT_THAT(Refusal(zip), HasSubstr("no plain file")) << name;
  }
  EXPECT_THAT(Refusal(Replaced(Zip({{"aaa1", "x"}, {"aaa2", "y"}}), "aaa2", "aaa1")),
              HasSubstr("a file twice"));
}

TEST(ZipTest, RefusesMoreThanItsLimits) {
  const std::string zip = Zip({{"a", std::string(1'000'000, 'a')}, {"b", std::string(10, 'b')}});
  EXPECT_THAT(Refusal(zip, {.bytes = 1'000'009}), HasSubstr("too much"));
  EXPECT_EQ(Refusal(zip, {.bytes = 1'000'010}), "was read");
  EXPECT_THAT(Refusal(zip, {.files = 1}), HasSubstr("too many files"));
}

}  // namespace
}  // namespace solotrial::import
