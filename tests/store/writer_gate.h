// Holds a store's writer, so that a test can fill its queue.
#ifndef SOLOTRIAL_TESTS_STORE_WRITER_GATE_H_
#define SOLOTRIAL_TESTS_STORE_WRITER_GATE_H_

#include <functional>
#include <future>

#include "engine/store/trial_store.h"

namespace solotrial::store {

// The writer is in this gate's body from the end of the constructor until Open.
class WriterGate {
 public:
  // `body` is what the writer does when the gate opens.
  WriterGate(TrialStore& store, std::function<absl::Status(WriteTransaction&)> body) {
    std::promise<void> entered;
    store.Write(
        [&entered, opened = opened_.get_future().share(),
         body = std::move(body)](WriteTransaction& transaction) {
          entered.set_value();
          opened.wait();
          return body(transaction);
        },
        [this](absl::Status status) { outcome_.set_value(std::move(status)); });
    entered.get_future().wait();
  }

  void Open() { opened_.set_value(); }
  // After Open.
  absl::Status Outcome() { return outcome_.get_future().get(); }

 private:
  std::promise<void> opened_;
  std::promise<absl::Status> outcome_;
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_TESTS_STORE_WRITER_GATE_H_
