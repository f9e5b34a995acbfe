// solotrial-engine: flags, wiring, signals.
#include <pthread.h>
#include <signal.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "engine/base/civil_time.h"
#include "engine/service/engine_server.h"
#include "engine/store/sqlite_trial_store.h"

namespace {

using solotrial::Clock;

std::string DefaultDataDirectory() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0') {
    return std::string(data) + "/solotrial";
  }
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : ".") + "/.local/share/solotrial";
}

absl::StatusOr<std::unique_ptr<Clock>> MakeClock(const std::string& kind) {
  const std::string manual = "manual:";
  if (kind == "system") return solotrial::MakeSystemClock();
  if (kind.compare(0, manual.size(), manual) == 0) {
    return solotrial::MakeManualClock(kind.substr(manual.size()));
  }
  return absl::InvalidArgumentError("--clock must be system or manual:FILE");
}

// Clients of this machine find the engine by this file; a stale one only costs them a failed call.
void WriteAddress(const std::string& path, const std::string& address) {
  const std::string fresh = path + ".new";
  std::ofstream(fresh) << address << '\n';
  std::error_code ignored;
  std::filesystem::rename(fresh, path, ignored);
}

absl::Status Serve(const std::string& data, const std::string& listen,
                   const std::string& clock_kind) {
  absl::StatusOr<std::unique_ptr<Clock>> clock = MakeClock(clock_kind);
  if (!clock.ok()) return clock.status();
  std::error_code problem;
  std::filesystem::create_directories(data, problem);
  if (problem) {
    return absl::UnavailableError("cannot make the data directory " + data + ": " +
                                  problem.message());
  }
  auto store = solotrial::store::OpenSqliteTrialStore(data + "/solotrial.db");
  if (!store.ok()) return store.status();
  absl::Status owner =
      solotrial::service::EnsureOwner(**store, data + "/owner.token", (*clock)->Now());
  if (!owner.ok()) return owner;
  const auto server =
      solotrial::service::EngineServer::Start({.listen_address = listen}, **store, **clock);
  if (!server.ok()) return server.status();
  WriteAddress(data + "/engine.address", (*server)->address());
  if ((*clock)->IsManual()) spdlog::warn("the clock is set by hand: never for a real trial");
  spdlog::info("listening on {}", (*server)->address());

  // Every thread was started with these signals blocked: they arrive here.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping");
  std::filesystem::remove(data + "/engine.address", problem);
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("solotrial-engine: the server of personal (n-of-1) trials");
  std::string data = DefaultDataDirectory();
  std::string listen = "127.0.0.1:7311";
  std::string clock = "system";
  app.add_option("--data", data, "Directory of the database and the owner's token")
      ->capture_default_str();
  app.add_option("--listen", listen, "Loopback address, HOST:PORT; port 0 takes a free one")
      ->capture_default_str();
  app.add_option("--clock", clock, "system, or manual:FILE with an RFC 3339 instant (rehearsals)")
      ->capture_default_str();
  app.set_version_flag("--version", SOLOTRIAL_VERSION);
  CLI11_PARSE(app, argc, argv);

  spdlog::set_default_logger(spdlog::stderr_color_mt("engine"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  umask(S_IRWXG | S_IRWXO);  // everything that the engine writes is its user's alone
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  // gRPC's own log speaks of sockets; what a person must know is said here.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  // A write beyond a file-size limit is answered as a full disk, not by death.
  signal(SIGXFSZ, SIG_IGN);

  const absl::Status status = Serve(data, listen, clock);
  if (!status.ok()) {
    spdlog::error("{}", std::string(status.message()));
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
