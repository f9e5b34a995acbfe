#include "engine/web/grpc_web.h"

#include <gtest/gtest.h>

#include "engine/web/quality_list.h"

namespace solotrial::web {
namespace {

using Bytes = std::string;

std::string Framed(const std::string& message) { return MessageFrame(message, WebFormat::kBinary); }

TEST(GrpcWebTest, FormatsAreKnownByTheirContentType) {
  EXPECT_EQ(FormatOf("application/grpc-web"), WebFormat::kBinary);
  EXPECT_EQ(FormatOf("application/grpc-web+proto"), WebFormat::kBinary);
  EXPECT_EQ(FormatOf("Application/gRPC-Web+proto ; charset=x"), WebFormat::kBinary);
  EXPECT_EQ(FormatOf("application/grpc-web-text+proto"), WebFormat::kText);
  for (const char* other : {"", "application/grpc", "application/grpc-web+json", "text/plain",
                            "application/grpc-web-textual", "application/json"}) {
    EXPECT_EQ(FormatOf(other), std::nullopt) << other;
  }
}

TEST(GrpcWebTest, OneWholeMessageIsTaken) {
  for (const Bytes& message : {Bytes(), Bytes("x"), Bytes("\0\1\2", 3), Bytes(70'000, 'y')}) {
    EXPECT_EQ(*ReadRequestMessage(Framed(message), WebFormat::kBinary), message);
    const std::string text = MessageFrame(message, WebFormat::kText);
    EXPECT_EQ(*ReadRequestMessage(text, WebFormat::kText), message);
  }
  EXPECT_EQ(Framed("ab"), Bytes("\0\0\0\0\2ab", 7));
}

TEST(GrpcWebTest, Base64MayBeInPaddedPieces) {
  // Five bytes of prefix and two of message, encoded as 5 + 2.
  EXPECT_EQ(*ReadRequestMessage("AAAAAAI=YWI=", WebFormat::kText), "ab");
  for (const char* wrong : {"=", "AAAAAAA==", "AAAA====", "AAAAAAI=====", "####", "AAAAAAI"}) {
    EXPECT_FALSE(ReadRequestMessage(wrong, WebFormat::kText).ok()) << wrong;
  }
}

TEST(GrpcWebTest, AnythingElseIsNoMessage) {
  const auto code = [](const Bytes& body) {
    return ReadRequestMessage(body, WebFormat::kBinary).status().code();
  };
  EXPECT_EQ(code(""), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(Bytes("\0\0\0\0", 4)), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(Bytes("\0\0\0\0\2a", 6)), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(Framed("a") + Framed("b")), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(Bytes("\0\xff\xff\xff\xff", 5)), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(Bytes("\x80\0\0\0\0", 5)), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(Bytes("\1\0\0\0\0", 5)), absl::StatusCode::kUnimplemented);
}

TEST(GrpcWebTest, TrailersAreAFrameOfTheirOwn) {
  EXPECT_EQ(TrailersFrame({{"grpc-status", "0"}}, WebFormat::kBinary),
            Bytes("\x80\0\0\0\x10grpc-status: 0\r\n", 21));
}

TEST(GrpcWebTest, OnlyMetadataIsPassedOn) {
  const auto metadata = MetadataOf({{"authorization", "Bearer x"},
                                    {"x-custom", "1"},
                                    {"trace-bin", "AAE"},
                                    {"host", "h"},
                                    {"connection", "keep-alive"},
                                    {"content-type", "application/grpc-web"},
                                    {"cookie", "a=b"},
                                    {"origin", "http://h"},
                                    {"accept-encoding", "gzip"},
                                    {"sec-fetch-site", "same-origin"},
                                    {"priority", "u=1"},
                                    {"te", "trailers"},
                                    {"x-forwarded-for", "127.0.0.1"},
                                    {"x-forwarded-host", "localhost"},
                                    {"forwarded", "for=127.0.0.1"},
                                    {"grpc-timeout", "1S"},
                                    {"x-grpc-web", "1"},
                                    {"user-agent", "browser"}});
  ASSERT_TRUE(metadata.ok());
  ASSERT_EQ(metadata->size(), 3U);
  EXPECT_EQ((*metadata)[0].name, "authorization");
  EXPECT_EQ((*metadata)[1].value, "1");
  EXPECT_EQ((*metadata)[2].value, Bytes("\0\1", 2));
}

// gRPC would end the process over these.
TEST(GrpcWebTest, WhatGrpcCannotCarryIsRefused) {
  EXPECT_FALSE(MetadataOf({{"x$", "1"}}).ok());
  EXPECT_FALSE(MetadataOf({{"x-custom", "\x01"}}).ok());
  EXPECT_FALSE(MetadataOf({{"x-custom", "\xc3\xa9"}}).ok());
  EXPECT_FALSE(MetadataOf({{"trace-bin", "####"}}).ok());
  EXPECT_FALSE(MetadataOf({{"", "1"}}).ok());
}

TEST(GrpcWebTest, TimeoutsHaveAUnit) {
  EXPECT_EQ(*ParseTimeout("250m"), absl::Milliseconds(250));
  EXPECT_EQ(*ParseTimeout("1H"), absl::Hours(1));
  EXPECT_EQ(*ParseTimeout("0S"), absl::ZeroDuration());
  EXPECT_EQ(*ParseTimeout("99999999M"), absl::Minutes(99'999'999));
  for (const char* wrong : {"", "1", "m", "-1S", "+1S", "1s", "1 S", "999999999S", "1.5S"}) {
    EXPECT_FALSE(ParseTimeout(wrong).ok()) << wrong;
  }
}

TEST(GrpcWebTest, MessagesArePercentEncoded) {
  EXPECT_EQ(PercentEncoded("100 % ä\r\n"), "100 %25 %C3%A4%0D%0A");
}

TEST(QualityListTest, TheBestIsFirst) {
  EXPECT_EQ(ChooseLanguage("de-AT, en;q=0.5"), "de");
  EXPECT_EQ(ChooseLanguage("fr, de;q=0.3, en;q=0.4"), "en");
  EXPECT_EQ(ChooseLanguage("de;q=0, en;q=0"), "en");
  EXPECT_EQ(ChooseLanguage("DE"), "de");
  for (const char* other : {"", "fr", "*", ";q=", ",,;", "den"}) {
    EXPECT_EQ(ChooseLanguage(other), "en") << other;
  }
}

}  // namespace
}  // namespace solotrial::web
