// Holds a store's writer, so that a test can fill its queue.
#ifndef SOLOTRIAL_TESTS_STORE_WRITER_GATE_H_
#define SOLOTRIAL_TESTS_STORE_WRITER_GATE_H_

#include <functional>
#include <utility>

#include "engine/store/trial_store.h"
#include "tests/store/countdown.h"

namespace solotrial::store {

// The writer is in this gate's body from the end of the constructor until Open.
class WriterGate {
 public:
  // `body` is what the writer does when the gate opens.
  WriterGate(TrialStore& store, std::function<absl::Status(WriteTransaction&)> body) {
    store.Write(
        [this, body = std::move(body)](WriteTransaction& transaction) {
          entered_.Tick();
          opened_.Wait();
          return body(transaction);
        },
        [](const absl::Status&) {});
    entered_.Wait();
  }

  void Open() { opened_.Tick(); }

 private:
  Countdown entered_{1};
  Countdown opened_{1};
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_TESTS_STORE_WRITER_GATE_H_
