#include "tests/web/door.h"

#include <ostream>

#include "absl/strings/escaping.h"
#include "engine/web/grpc_web.h"

namespace solotrial::web {
namespace {

std::string PercentDecoded(const std::string& text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      decoded.push_back(static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

void ReadTrailers(const std::string& lines, CallAnswer& answer) {
  size_t begin = 0;
  while (begin < lines.size()) {
    const size_t end = lines.find("\r\n", begin);
    const size_t colon = lines.find(": ", begin);
    ASSERT_NE(end, std::string::npos);
    ASSERT_LT(colon, end);
    const std::string name = lines.substr(begin, colon - begin);
    const std::string value = lines.substr(colon + 2, end - colon - 2);
    if (name == "grpc-status") answer.code = std::stoi(value);
    if (name == "grpc-message") answer.message = PercentDecoded(value);
    if (name == "grpc-status-details-bin") {
      ASSERT_TRUE(absl::Base64Unescape(value, &answer.details));
    }
    begin = end + 2;
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const CallAnswer& answer) {
  return out << answer.code << " '" << answer.message << "', " << answer.details.size()
             << " bytes of details, " << answer.messages.size() << " messages";
}

CallAnswer ReadAnswer(const std::string& body, bool text) {
  std::string bytes = body;
  if (text) {
    // Frame by frame, each padded.
    bytes.clear();
    for (size_t begin = 0; begin < body.size();) {
      size_t end = body.find('=', begin);
      while (end < body.size() && body[end] == '=') ++end;
      std::string part;
      EXPECT_TRUE(absl::Base64Unescape(body.substr(begin, end - begin), &part));
      bytes += part;
      begin = std::min(end, body.size());
    }
  }
  CallAnswer answer;
  for (size_t at = 0; at < bytes.size();) {
    size_t length = 0;
    for (size_t i = 1; i < 5; ++i) length = length << 8 | static_cast<uint8_t>(bytes[at + i]);
    const std::string content = bytes.substr(at + 5, length);
    EXPECT_EQ(content.size(), length);
    EXPECT_EQ(answer.code, -1) << "something follows the trailers";
    if (bytes[at] == 0) {
      answer.messages.push_back(content);
    } else {
      EXPECT_EQ(static_cast<uint8_t>(bytes[at]), 0x80);
      ReadTrailers(content, answer);
    }
    at += 5 + length;
  }
  return answer;
}

void DoorTest::Open() {
  door_.reset();
  Restart();
  auto door = HttpDoor::Start(door_options_, *server_);
  ASSERT_TRUE(door.ok()) << door.status();
  door_ = *std::move(door);
}

CallAnswer DoorTest::CallThroughDoor(const std::string& path, const std::string& token,
                                     const std::string& bytes,
                                     const std::vector<std::string>& headers, bool text) {
  const WebFormat format = text ? WebFormat::kText : WebFormat::kBinary;
  std::vector<std::string> all = headers;
  all.push_back("content-type: " + ContentTypeOf(format));
  if (!token.empty()) all.push_back("authorization: Bearer " + token);
  HttpClient client(address());
  const HttpReply reply = client.Ask("POST", path, all, MessageFrame(bytes, format));
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.Header("content-type"), ContentTypeOf(format));
  return ReadAnswer(reply.body, text);
}

}  // namespace solotrial::web
