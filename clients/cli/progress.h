// A sign of life while something takes long.
#ifndef SOLOTRIAL_CLIENTS_CLI_PROGRESS_H_
#define SOLOTRIAL_CLIENTS_CLI_PROGRESS_H_

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace solotrial::cli {

// From half a second on, `label` and the seconds since then stand on standard error, if that is a
// terminal; the line is wiped when this goes out of scope.
class Progress {
 public:
  explicit Progress(const std::string& label);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  void Run();

  const std::string label_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_PROGRESS_H_
