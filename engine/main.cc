// solotrial-engine: flags, wiring, signals.
#include <pthread.h>
#include <signal.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "engine/base/civil_time.h"
#include "engine/service/certificate.h"
#include "engine/service/engine_server.h"
#include "engine/service/local_authority.h"
#include "engine/service/qr_code.h"
#include "engine/store/backup.h"
#include "engine/store/backup_schedule.h"
#include "engine/store/encryption.h"
#include "engine/store/erasure.h"
#include "engine/store/sqlite_trial_store.h"
#include "engine/web/http_door.h"

namespace {

using solotrial::Clock;

struct Flags {
  std::string data;
  std::string listen = "127.0.0.1:7311";
  bool tls = false;             // also on loopback
  std::string tls_certificate;  // empty: the engine's own
  std::string tls_key;
  std::string public_address;
  std::string http_listen;  // empty: no pages
  std::string public_url;
  std::string app_directory;
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> trusted_proxies;
  std::string clock = "system";
  std::string backups;       // empty: beside the database
  double backup_hours = 24;  // 0: none by themselves
  int keep_backups = 7;
  std::string metrics;  // empty: none
  std::string log = "text";
  bool check_config = false;

  std::string file;  // of backup, restore and check

  std::string Database() const { return data + "/solotrial.db"; }
  std::string BackupDirectory() const {
    return backups.empty() ? solotrial::store::DefaultBackupDirectory(Database()) : backups;
  }
};

// A message as the inside of a JSON string.
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    constexpr char kHex[] = "0123456789abcdef";
    for (const char c : message.payload) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
      } else if (byte < 0x20) {
        for (const char part : {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]}) {
          out.push_back(part);
        }
      } else {
        out.push_back(c);
      }
    }
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JsonMessage>();
  }
};

// What is logged names files and addresses, never what anybody wrote.
void StartLog(bool json) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("engine"));
  if (!json) return spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<JsonMessage>('*').set_pattern(
      R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%*"})");
  spdlog::set_formatter(std::move(formatter));
}

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

// What a deletion could not finish, for example because the disk was full.
void FinishErasures(const Flags& flags, solotrial::store::TrialStore& store) {
  const absl::Status status = solotrial::store::FinishErasures(store, flags.BackupDirectory());
  if (status.ok()) return;
  spdlog::error("backups still hold a person who was deleted: {}", std::string(status.message()));
}

std::unique_ptr<solotrial::store::BackupSchedule> StartBackups(
    const Flags& flags, solotrial::store::TrialStore& store) {
  if (flags.backup_hours == 0) return nullptr;
  return std::make_unique<solotrial::store::BackupSchedule>(
      solotrial::store::BackupSchedule::Options{.database = flags.Database(),
                                                .directory = flags.BackupDirectory(),
                                                .every = absl::Hours(flags.backup_hours),
                                                .keep = flags.keep_backups},
      [flags, &store](const absl::StatusOr<std::string>& path) {
        FinishErasures(flags, store);
        if (path.ok()) {
          spdlog::info("backed up to {}", *path);
        } else {
          spdlog::error("no backup: {}", std::string(path.status().message()));
        }
      });
}

bool IsBeyondLoopback(const Flags& flags) {
  return solotrial::service::IsBeyondLoopback(flags.listen) ||
         solotrial::service::IsBeyondLoopback(flags.http_listen);
}

// What the server is started with; makes the engine's own certificate where one is needed and the
// operator has none.
absl::StatusOr<solotrial::service::EngineServer::Options> ServerOptions(const Flags& flags) {
  solotrial::service::EngineServer::Options options;
  options.listen_address = flags.listen;
  options.metrics_address = flags.metrics;
  options.backup_directory = flags.BackupDirectory();
  options.public_address = flags.public_address;
  options.allowed_hosts = flags.allowed_hosts;
  if (!flags.public_url.empty()) {
    const std::string authority = solotrial::web::AuthorityOf(flags.public_url);
    options.allowed_hosts.push_back(authority.substr(0, authority.rfind(':')));
  }
  options.trusted_proxies = flags.trusted_proxies;
  options.certificate_file = flags.tls_certificate;
  options.key_file = flags.tls_key;
  options.always_tls = flags.tls;
  if (flags.clock != "system" && IsBeyondLoopback(flags)) {
    return absl::InvalidArgumentError(
        "a clock that is set by hand is for rehearsals on this machine: take --clock=system, or "
        "listen on 127.0.0.1");
  }
  const bool wanted = flags.tls || IsBeyondLoopback(flags);
  if (!wanted || !flags.tls_certificate.empty()) return options;
  const auto own = solotrial::service::EnsureOwnCertificate(flags.data);
  if (!own.ok()) return own.status();
  options.certificate_file = own->certificate;
  options.key_file = own->key;
  options.pin_certificate = true;
  return options;
}

// What browsers are served with; without a door all of it is empty.
struct Pages {
  std::unique_ptr<solotrial::service::CertificateRenewal> renewal;
  std::unique_ptr<solotrial::web::HttpDoor> door;
};

// Makes `options` speak TLS with a certificate of the engine's own authority.
absl::StatusOr<std::unique_ptr<solotrial::service::CertificateRenewal>> UseLocalAuthority(
    const Flags& flags, const std::vector<std::string>& names,
    solotrial::web::HttpDoor::Options& options) {
  auto authority = solotrial::service::LocalAuthority::Ensure(flags.data, names);
  if (!authority.ok()) return authority.status();
  auto files = authority->EnsureServerCertificate(names);
  if (!files.ok()) return files.status();
  options.certificate_file = files->certificate;
  options.key_file = files->key;
  options.authority = {authority->der(), authority->fingerprint()};
  return std::make_unique<solotrial::service::CertificateRenewal>(
      *std::move(authority), names, absl::Hours(1), [](const absl::Status& status) {
        spdlog::error("the certificate for browsers was not renewed: {}",
                      std::string(status.message()));
      });
}

// The door for browsers, unless none is wanted.
absl::StatusOr<Pages> OpenHttpDoor(const Flags& flags,
                                   const solotrial::service::EngineServer::Options& server,
                                   solotrial::service::EngineServer& engine) {
  Pages pages;
  if (flags.http_listen.empty()) return pages;
  solotrial::web::HttpDoor::Options options;
  options.listen_address = flags.http_listen;
  options.public_url = flags.public_url;
  options.app_directory = flags.app_directory;
  if (flags.tls || solotrial::service::IsBeyondLoopback(flags.http_listen)) {
    options.certificate_file = flags.tls_certificate;
    options.key_file = flags.tls_key;
    if (flags.tls_certificate.empty()) {
      auto renewal = UseLocalAuthority(flags, server.allowed_hosts, options);
      if (!renewal.ok()) return renewal.status();
      pages.renewal = *std::move(renewal);
    }
  }
  auto door = solotrial::web::HttpDoor::Start(options, engine);
  if (!door.ok()) return door.status();
  pages.door = *std::move(door);
  spdlog::info("pages for browsers at {}", pages.door->url());
  if (pages.renewal != nullptr) {
    spdlog::info("a phone that is to trust them: {}/trust, fingerprint {}", pages.door->url(),
                 options.authority.fingerprint);
  }
  return pages;
}

// Until the owner has a device of their own, every start offers one a code: to the person who looks
// at the terminal, not to the log of a service.
void OfferFirstPairing(solotrial::service::EngineServer& server) {
  if (isatty(STDOUT_FILENO) == 0) return;
  const auto offered = server.OfferFirstPairing();
  if (!offered.ok() || !offered->has_value()) return;
  const std::string& web_link = (*offered)->web_link;
  const std::string& link = web_link.empty() ? (*offered)->link : web_link;
  std::cout << "\nPair a phone within ten minutes: scan this, or type " << (*offered)->code
            << "\n\n"
            << solotrial::service::QrCode(link) << "\n"
            << link << "\n";
  if (server.remote_address().empty() && web_link.empty()) {
    std::cout << "Only programs of this machine reach the engine so; start it with\n"
                 "--listen 0.0.0.0:7311 for phones.\n";
  }
  std::cout << "Later: solotrial pair\n" << std::endl;
}

absl::Status Serve(const Flags& flags) {
  absl::StatusOr<std::unique_ptr<Clock>> clock = MakeClock(flags.clock);
  if (!clock.ok()) return clock.status();
  std::error_code problem;
  std::filesystem::create_directories(flags.data, problem);
  if (problem) {
    return absl::UnavailableError("cannot make the data directory " + flags.data + ": " +
                                  problem.message());
  }
  auto store = solotrial::store::OpenSqliteTrialStore(flags.Database());
  if (!store.ok()) return store.status();
  absl::Status owner =
      solotrial::service::EnsureOwner(**store, flags.data + "/owner.token", (*clock)->Now());
  if (!owner.ok()) return owner;
  auto options = ServerOptions(flags);
  if (!options.ok()) return options.status();
  const auto server = solotrial::service::EngineServer::Start(*options, **store, **clock);
  if (!server.ok()) return server.status();
  const auto pages = OpenHttpDoor(flags, *options, **server);
  if (!pages.ok()) return pages.status();
  FinishErasures(flags, **store);
  const auto backups = StartBackups(flags, **store);
  WriteAddress(flags.data + "/engine.address", (*server)->address());
  if ((*clock)->IsManual()) spdlog::warn("the clock is set by hand: never for a real trial");
  spdlog::info("listening on {}", (*server)->address());
  if (!(*server)->remote_address().empty()) {
    spdlog::info("listening on {} for other machines, with TLS", (*server)->remote_address());
  }
  OfferFirstPairing(**server);

  // Every thread was started with these signals blocked: they arrive here.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("stopping");
  std::filesystem::remove(flags.data + "/engine.address", problem);
  return absl::OkStatus();
}

absl::Status Backup(const Flags& flags) {
  std::string path = flags.file;
  if (path.empty()) {
    const auto added = solotrial::store::AddBackup(flags.Database(), flags.BackupDirectory(),
                                                   absl::Now(), flags.keep_backups);
    if (!added.ok()) return added.status();
    path = *added;
  } else if (absl::Status status = solotrial::store::WriteBackup(flags.Database(), path);
             !status.ok()) {
    return status;
  }
  std::cout << "Backed up to " << path << "\n";
  return absl::OkStatus();
}

absl::Status Restore(const Flags& flags) {
  const auto restored = solotrial::store::RestoreBackup(flags.file, flags.Database(),
                                                        flags.BackupDirectory(), absl::Now());
  if (!restored.ok()) return restored.status();
  std::cout << "Restored " << flags.file << " to " << flags.Database() << "\n";
  if (restored->kept.has_value()) {
    std::cout << "The database that it replaces is kept as " << *restored->kept << "\n";
  }
  if (!restored->revocations_hold) {
    std::cout << "That one could not be read: devices and links that were revoked since the backup "
                 "are valid again.\nLook at solotrial devices list and solotrial share list.\n";
  }
  std::cout << "On another machine bring tls.crt and tls.key along, or every device has to pair "
               "again.\n";
  std::cout << "Devices will send what the backup lacks when they next connect.\n";
  return absl::OkStatus();
}

absl::Status Check(const Flags& flags) {
  const std::string path = flags.file.empty() ? flags.Database() : flags.file;
  const auto check = solotrial::store::CheckDatabase(path);
  if (!check.ok()) return check.status();
  for (const std::string& fault : check->faults) std::cout << fault << "\n";
  for (const std::string& fault : check->audit_faults) std::cout << fault << "\n";
  if (!check->faults.empty() || !check->audit_faults.empty()) {
    return absl::DataLossError(path + " is not sound: see the backups in " +
                               flags.BackupDirectory());
  }
  std::cout << path << " is sound: schema " << check->schema_version << ", people " << check->people
            << ", trials " << check->trials << ", entries " << check->entries << "\n";
  return absl::OkStatus();
}

// From the terminal without showing it, or one line of standard input.
std::string AskPassphrase(const char* what) {
  const bool terminal = isatty(STDIN_FILENO) != 0;
  termios shown{};
  if (terminal) {
    std::cerr << what << ": " << std::flush;
    tcgetattr(STDIN_FILENO, &shown);
    termios hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  std::string passphrase;
  std::getline(std::cin, passphrase);
  if (terminal) {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    std::cerr << "\n";
  }
  return passphrase;
}

absl::StatusOr<std::string> AskNewPassphrase() {
  std::string passphrase = AskPassphrase("New passphrase");
  if (isatty(STDIN_FILENO) != 0 && AskPassphrase("The same again") != passphrase) {
    return absl::InvalidArgumentError("the two are not the same; nothing was changed");
  }
  return passphrase;
}

absl::Status Encrypt(const Flags& flags) {
  const absl::StatusOr<std::string> passphrase = AskNewPassphrase();
  if (!passphrase.ok()) return passphrase.status();
  const absl::Status status =
      solotrial::store::EncryptStore(flags.Database(), flags.BackupDirectory(), *passphrase);
  if (!status.ok()) return status;
  std::cout << "Encrypted. After every start of the engine: solotrial unlock.\n"
               "Without the passphrase nobody can read it again: keep it somewhere safe.\n";
  return absl::OkStatus();
}

absl::Status Decrypt(const Flags& flags) {
  const absl::Status status = solotrial::store::DecryptStore(
      flags.Database(), flags.BackupDirectory(), AskPassphrase("Passphrase"));
  if (status.ok()) std::cout << "Nothing is encrypted any more.\n";
  return status;
}

absl::Status ChangePassphrase(const Flags& flags) {
  const std::string old_one = AskPassphrase("Passphrase");
  const absl::StatusOr<std::string> new_one = AskNewPassphrase();
  if (!new_one.ok()) return new_one.status();
  const absl::Status status = solotrial::store::ChangePassphrase(
      flags.Database(), flags.BackupDirectory(), old_one, *new_one);
  if (status.ok()) std::cout << "The passphrase is changed.\n";
  return status;
}

void AddBackupFlags(CLI::App& app, Flags& flags) {
  app.add_option("--backups", flags.backups, "Directory of the backups: backups in --data")
      ->type_name("DIR");
  app.add_option("--keep-backups", flags.keep_backups, "How many to keep")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("solotrial-engine: the server of personal (n-of-1) trials");
  Flags flags;
  flags.data = DefaultDataDirectory();
  std::function<absl::Status(const Flags&)> command = Serve;
  app.add_option("--data", flags.data, "Directory of the database and the owner's token")
      ->capture_default_str();
  app.add_option("--listen", flags.listen,
                 "HOST:PORT; beyond 127.0.0.1 with TLS; port 0 takes a free one")
      ->capture_default_str();
  app.add_flag("--tls", flags.tls,
               "TLS on loopback too: --listen is that port, engine.address names the local one");
  CLI::Option* certificate =
      app.add_option("--tls-certificate", flags.tls_certificate,
                     "PEM file with the operator's certificate: the engine makes its own");
  CLI::Option* key = app.add_option("--tls-key", flags.tls_key, "PEM file with its private key");
  certificate->needs(key);
  key->needs(certificate);
  app.add_option("--public-address", flags.public_address,
                 "HOST:PORT by which phones reach the engine: as it listens");
  app.add_option("--http-listen", flags.http_listen,
                 "Serve browsers on HOST:PORT (share links, the app), beyond 127.0.0.1 with TLS: "
                 "not at all");
  app.add_option("--public-url", flags.public_url,
                 "https://HOST by which browsers reach that: as it listens");
  app.add_option("--app-dir", flags.app_directory,
                 "Directory of the phone app: the one built in, if any");
  app.add_option("--allow-host", flags.allowed_hosts,
                 "A host name by which the engine may be called");
  app.add_option("--trusted-proxy", flags.trusted_proxies,
                 "An address, or range, whose X-Forwarded-For is believed");
  app.add_option("--clock", flags.clock,
                 "system, or manual:FILE with an RFC 3339 instant (rehearsals)")
      ->capture_default_str();
  app.add_option("--backup-hours", flags.backup_hours, "Back up so often; 0: never by itself")
      ->check(CLI::Range(0.0, 8760.0))
      ->capture_default_str();
  AddBackupFlags(app, flags);
  app.add_option("--metrics", flags.metrics,
                 "Serve numbers for Prometheus on 127.0.0.1:PORT, at /metrics");
  app.add_option("--log", flags.log, "text, or json: one object a line")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.set_config("--config", "", "File with options, `name = value` a line; the command line wins");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.add_flag("--check-config", flags.check_config, "Print the options as they stand, and end")
      ->configurable(false);
  app.set_version_flag("--version", SOLOTRIAL_VERSION);
  app.fallthrough();
  app.require_subcommand(0, 1);
  CLI::App* backup =
      app.add_subcommand("backup", "Back up now, whether or not an engine is running");
  backup->add_option("FILE", flags.file, "Where to: a new file in --backups");
  backup->callback([&command] { command = Backup; });
  CLI::App* restore = app.add_subcommand("restore", "Put a backup in the place of the database");
  restore->add_option("FILE", flags.file, "The backup")->required();
  restore->callback([&command] { command = Restore; });
  CLI::App* check = app.add_subcommand("check", "Look through the database, or a backup");
  check->add_option("FILE", flags.file, "Another file than the database");
  check->callback([&command] { command = Check; });
  app.add_subcommand("encrypt", "Encrypt what people wrote, with the engine stopped")
      ->callback([&command] { command = Encrypt; });
  app.add_subcommand("decrypt", "Make it readable without a passphrase again")
      ->callback([&command] { command = Decrypt; });
  app.add_subcommand("change-passphrase", "Of an encrypted database and its backups")
      ->callback([&command] { command = ChangePassphrase; });
  CLI11_PARSE(app, argc, argv);
  if (flags.check_config) {
    std::cout << app.config_to_str(true, false);
    return EXIT_SUCCESS;
  }

  StartLog(flags.log == "json");
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

  const absl::Status status = command(flags);
  if (!status.ok()) {
    spdlog::error("{}", std::string(status.message()));
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
