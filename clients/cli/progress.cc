#include "clients/cli/progress.h"

#include <fmt/format.h>

#include <chrono>

#include "clients/cli/terminal.h"

namespace solotrial::cli {

Progress::Progress(const std::string& label) : label_(label) {
  if (StderrIsTerminal()) thread_ = std::thread([this] { Run(); });
}

Progress::~Progress() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Progress::Run() {
  constexpr char kFrames[] = "|/-\\";
  using std::chrono::milliseconds;
  const auto start = std::chrono::steady_clock::now();
  std::unique_lock<std::mutex> lock(mutex_);
  if (changed_.wait_for(lock, milliseconds(500), [this] { return done_; })) return;
  for (int frame = 0; !done_; ++frame) {
    const auto elapsed = std::chrono::steady_clock::now() - start;
    const double seconds = std::chrono::duration<double>(elapsed).count();
    WriteStderr(fmt::format("\r{} {} ... {:.0f} s ", kFrames[frame % 4], label_, seconds));
    changed_.wait_for(lock, milliseconds(200), [this] { return done_; });
  }
  WriteStderr("\r\033[K");
}

}  // namespace solotrial::cli
