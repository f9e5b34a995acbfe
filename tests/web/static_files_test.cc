#include "engine/web/static_files.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace solotrial::web {
namespace {

using testing::HasSubstr;

std::string Header(const Response& response, const std::string& name) {
  return OnlyValue(response.head.headers, name).value_or("");
}

Request Get(const std::string& path, Headers headers = {}) {
  Request request;
  request.method = "GET";
  request.path = path;
  request.headers = std::move(headers);
  return request;
}

class StaticFilesTest : public testing::Test {
 protected:
  const StaticFiles files_{{{"index.html", "<!DOCTYPE html>"},
                            {"index.html.gz", "index, zipped"},
                            {"assets/app-BxYz1234.js", "run()"},
                            {"assets/app-BxYz1234.js.gz", "zipped"},
                            {"assets/app-BxYz1234.js.br", "brotli"},
                            {"assets/plain.css", "a{}"},
                            {"photo.tar.gz", "an archive of its own"}}};
};

TEST_F(StaticFilesTest, TheSmallestThatTheClientTakesIsServed) {
  const std::string path = "/assets/app-BxYz1234.js";
  const auto served = [&](const std::string& accepted) {
    const Response response = files_.Answer(Get(path, {{"accept-encoding", accepted}}));
    EXPECT_EQ(Header(response, "vary"), "accept-encoding");
    EXPECT_EQ(Header(response, "content-type"), "text/javascript; charset=utf-8");
    return Header(response, "content-encoding") + ":" + response.body;
  };
  EXPECT_EQ(served("gzip, deflate, br"), "br:brotli");
  EXPECT_EQ(served("gzip"), "gzip:zipped");
  EXPECT_EQ(served("br;q=0, *"), "gzip:zipped");
  EXPECT_EQ(served("identity"), ":run()");
  EXPECT_EQ(served(""), ":run()");
  EXPECT_EQ(files_.Answer(Get("/photo.tar.gz")).body, "an archive of its own");
}

TEST_F(StaticFilesTest, OnlyHashedNamesAreKeptForAYear) {
  EXPECT_THAT(Header(files_.Answer(Get("/assets/app-BxYz1234.js")), "cache-control"),
              HasSubstr("immutable"));
  EXPECT_EQ(Header(files_.Answer(Get("/assets/plain.css")), "cache-control"), "no-cache");
  EXPECT_EQ(Header(files_.Answer(Get("/")), "cache-control"), "no-cache");
}

TEST_F(StaticFilesTest, WhatTheClientHasIsNotSentAgain) {
  const Response first = files_.Answer(Get("/"));
  EXPECT_EQ(first.body, "<!DOCTYPE html>");
  const std::string etag = Header(first, "etag");
  const Response again = files_.Answer(Get("/index.html", {{"if-none-match", "\"x\", " + etag}}));
  EXPECT_EQ(again.head.status, 304);
  EXPECT_EQ(again.body, "");
  // The compressed one is another.
  const Response zipped =
      files_.Answer(Get("/index.html", {{"if-none-match", etag}, {"accept-encoding", "gzip"}}));
  EXPECT_EQ(zipped.head.status, 200);
}

TEST_F(StaticFilesTest, EveryFileComesWithTheSamePrecautions) {
  for (const char* path : {"/", "/assets/plain.css", "/assets/app-BxYz1234.js"}) {
    const Response response = files_.Answer(Get(path));
    EXPECT_THAT(Header(response, "content-security-policy"), HasSubstr("default-src 'none'"));
    EXPECT_EQ(Header(response, "x-content-type-options"), "nosniff");
    EXPECT_EQ(Header(response, "referrer-policy"), "no-referrer");
    EXPECT_EQ(Header(response, "cross-origin-opener-policy"), "same-origin");
  }
  Request post = Get("/");
  post.method = "POST";
  EXPECT_EQ(files_.Answer(post).head.status, 405);
  EXPECT_EQ(Header(files_.Answer(post), "allow"), "GET, HEAD");
}

TEST_F(StaticFilesTest, ADirectoryIsReadOnce) {
  std::string directory = testing::TempDir() + "/solotrial-app-XXXXXX";
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  EXPECT_THAT(std::string(StaticFiles::Read(directory).status().message()),
              HasSubstr("no index.html"));
  EXPECT_FALSE(StaticFiles::Read(directory + "/none").ok());
  std::filesystem::create_directories(directory + "/assets/deep");
  std::filesystem::create_directories(directory + "/.git");
  std::ofstream(directory + "/index.html") << "app";
  std::ofstream(directory + "/assets/deep/a.txt") << "a";
  std::ofstream(directory + "/.git/config") << "secret";
  std::ofstream(directory + "/.env") << "secret";
  const auto files = StaticFiles::Read(directory);
  ASSERT_TRUE(files.ok()) << files.status();
  std::filesystem::remove_all(directory);
  EXPECT_EQ(files->Answer(Get("/")).body, "app");
  EXPECT_TRUE(files->Has("/assets/deep/a.txt"));
  for (const char* path : {"/.env", "/.git/config", "/../index.html", "/assets/../index.html",
                           "//index.html", "/assets", "/INDEX.HTML"}) {
    EXPECT_FALSE(files->Has(path)) << path;
  }
}

}  // namespace
}  // namespace solotrial::web
