// An engine with its HTTP door, and calls through it.
#ifndef SOLOTRIAL_TESTS_WEB_DOOR_H_
#define SOLOTRIAL_TESTS_WEB_DOOR_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/web/http_door.h"
#include "tests/service/engine.h"
#include "tests/web/http_client.h"

namespace solotrial::web {

// What a call answered, over whatever transport.
struct CallAnswer {
  int code = -1;  // of grpc-status; -1: none was sent
  std::string message;
  std::string details;
  std::vector<std::string> messages;  // as bytes

  friend bool operator==(const CallAnswer&, const CallAnswer&) = default;
};
std::ostream& operator<<(std::ostream& out, const CallAnswer& answer);

// Splits the body of a gRPC-Web answer; adds a test failure where it is malformed.
CallAnswer ReadAnswer(const std::string& body, bool text);

class DoorTest : public service::EngineTest {
 protected:
  // Restarts the engine with `options_` and opens the door with `door_options_`.
  void Open();
  ~DoorTest() override { door_.reset(); }

  std::string address() const { return door_->address(); }
  // Calls `/SERVICE/METHOD` with a request's bytes.
  CallAnswer CallThroughDoor(const std::string& path, const std::string& token,
                             const std::string& bytes, const std::vector<std::string>& headers = {},
                             bool text = false);

  HttpDoor::Options door_options_{.listen_address = "127.0.0.1:0"};
  std::unique_ptr<HttpDoor> door_;
};

}  // namespace solotrial::web

#endif  // SOLOTRIAL_TESTS_WEB_DOOR_H_
