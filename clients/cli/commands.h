// The commands. Each turns what was typed into requests and the answers into text; the number
// returned is the exit code.
#ifndef SOLOTRIAL_CLIENTS_CLI_COMMANDS_H_
#define SOLOTRIAL_CLIENTS_CLI_COMMANDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/protocol_template.h"
#include "clients/cli/session.h"

namespace solotrial::cli {

// commands_protocol.cc

struct ProtocolNewOptions {
  TemplateOptions contents;
  std::string output = "protocol.json";
  bool output_given = false;
  bool force = false;
};
absl::StatusOr<int> ProtocolNew(Session& session, const ProtocolNewOptions& options);
absl::StatusOr<int> ProtocolCheck(Session& session, const std::string& file);

// The protocol in `file`.
absl::StatusOr<v1::Protocol> LoadProtocol(const std::string& file);

// commands_safety.cc

// `topic` is a part of the catalogue; empty: all of it.
absl::StatusOr<int> CatalogShow(Session& session, const std::string& topic);
absl::StatusOr<int> SafetyQuestions(Session& session);
absl::StatusOr<int> SafetyShow(Session& session, const std::string& trial);
absl::StatusOr<int> SafetyAnswer(Session& session, const std::string& trial,
                                 const SafetyOptions& options);
absl::StatusOr<int> SafetyConfirm(Session& session, const std::string& trial,
                                  const std::string& name, bool yes);

// commands_plan.cc

struct PlanOptions {
  std::string protocol_file;
  std::optional<double> typical_score;
  std::optional<double> score_sd;
  std::optional<double> autocorrelation;
  std::optional<double> missing_share;
  int cycle_days = 0;
  std::vector<int> pairs;       // other numbers of pairs to compare with
  std::vector<int> block_days;  // other lengths of blocks to compare with
  bool only = false;            // nothing to compare with
  int trials = 0;               // 0: as the engine chooses
  std::optional<uint32_t> seed;
};
absl::StatusOr<int> Plan(Session& session, const PlanOptions& options);

// commands_trial.cc; `trial` is what was typed for TRIAL, perhaps nothing.

absl::StatusOr<int> TrialCreate(Session& session, const std::string& file);
absl::StatusOr<int> TrialStart(Session& session, const std::string& trial, const std::string& date);
absl::StatusOr<int> TrialToday(Session& session, const std::string& trial, const std::string& date);
absl::StatusOr<int> TrialSchedule(Session& session, const std::string& trial);
absl::StatusOr<int> TrialList(Session& session);
absl::StatusOr<int> TrialShow(Session& session, const std::string& trial);
absl::StatusOr<int> TrialDelete(Session& session, const std::string& trial, bool yes);
struct ImportOptions {
  std::string protocol_file;
  std::string diary_file;
  std::string mapping_file;  // empty: the diary is one of ours
};
absl::StatusOr<int> Import(Session& session, const ImportOptions& options);
absl::StatusOr<int> Export(Session& session, const std::string& trial, const std::string& output,
                           bool force);
absl::StatusOr<int> Info(Session& session);

// commands_exchange.cc

// `format` is tidy, json, fhir or calendar; an empty `output` is the name that the engine gives.
absl::StatusOr<int> ExportAs(Session& session, const std::string& trial, const std::string& format,
                             const std::string& output, bool force);
absl::StatusOr<int> PreviewImport(Session& session, const ImportOptions& options);
// What the columns of another program's file mean, JSON.
absl::StatusOr<v1::ImportMapping> LoadMapping(const std::string& file);
// `reminders` are like dose@evening=21:30; `days` 0: as the engine chooses.
absl::StatusOr<int> ShareCalendar(Session& session, const std::string& trial,
                                  const std::string& label, int days,
                                  const std::vector<std::string>& reminders);

// commands_diary.cc

struct RecordOptions {
  std::string trial;
  std::string date;  // empty: the trial's today
  std::string slot;
  std::vector<std::string> values;  // ID=VALUE or ID@SLOT=VALUE
  bool later = false;               // keep it here, without asking the engine
};
absl::StatusOr<int> Record(Session& session, const RecordOptions& options);
absl::StatusOr<int> RecordDose(Session& session, const RecordOptions& options,
                               const std::string& fraction);
absl::StatusOr<int> RecordNote(Session& session, const RecordOptions& options,
                               const std::string& text);
struct EventOptions {
  std::string type;   // side-effect, illness, travel, new-treatment, laboratory or other
  std::string grade;  // mild, moderate or severe; of side effects
  std::string laboratory;
  std::optional<double> value;
  std::string text;
};
absl::StatusOr<int> RecordEvent(Session& session, const RecordOptions& about,
                                const EventOptions& options);
absl::StatusOr<int> RecordRescue(Session& session, const RecordOptions& about,
                                 const std::string& name, int doses);
absl::StatusOr<int> Retract(Session& session, const RecordOptions& about, const std::string& entry);

struct EntriesOptions {
  std::string trial;
  std::string from_date;
  std::string to_date;
  bool history = false;
  bool here = false;  // what counts as far as this machine knows
};
absl::StatusOr<int> Entries(Session& session, const EntriesOptions& options);

// `arm` is on, off or unknown; `block` 0: the one that ended last.
absl::StatusOr<int> RecordGuess(Session& session, const RecordOptions& options,
                                const std::string& arm, int block);
// A visit took place, or a new cycle began.
absl::StatusOr<int> RecordMark(Session& session, const RecordOptions& options);
// `kind` as in `solotrial deviation --help`, empty for another; `days` from the date on.
absl::StatusOr<int> RecordDeviation(Session& session, const RecordOptions& options,
                                    const std::string& kind, int days, const std::string& text);

// commands_outbox.cc; `trial` as above, empty: every trial that is kept here.

absl::StatusOr<int> SyncNow(Session& session, const std::string& trial);
absl::StatusOr<int> OutboxShow(Session& session, const std::string& trial);
absl::StatusOr<int> OutboxDiscard(Session& session, const std::string& entry);
// Fails while entries wait here that the engine does not have.
absl::Status CheckNothingWaits(Session& session);
absl::StatusOr<int> OutboxForget(Session& session, const std::string& trial, bool yes);

// commands_changes.cc: what is done to a started trial; `trial` as above.

absl::StatusOr<int> TrialPause(Session& session, const std::string& trial, const std::string& date,
                               const std::string& reason);
absl::StatusOr<int> TrialResume(Session& session, const std::string& trial, const std::string& date,
                                bool acknowledged);
absl::StatusOr<int> TrialStop(Session& session, const std::string& trial,
                              const std::string& reason);
absl::StatusOr<int> TrialSkip(Session& session, const std::string& trial, const std::string& date,
                              int days, const std::string& reason);
absl::StatusOr<int> TrialExtend(Session& session, const std::string& trial, int pairs,
                                const std::string& reason);
absl::StatusOr<int> TrialZone(Session& session, const std::string& trial, const std::string& zone,
                              const std::string& reason);
absl::StatusOr<int> TrialUnblind(Session& session, const std::string& trial,
                                 const std::string& reason);

// commands_order.cc

// For the helper of one trial; an empty `passphrase_file` leaves what seals archives as it is.
absl::StatusOr<int> PackingList(Session& session, const std::string& passphrase_file);
struct VerifyOptions {
  std::string trial;
  std::string file;        // of an earlier `output`: offline
  std::string commitment;  // 64 hexadecimal digits, as written down at the start; may be empty
  std::string output;      // keep what was verified here
  bool force = false;
};
absl::StatusOr<int> Verify(Session& session, const VerifyOptions& options);

// commands_data.cc

struct ArchiveOptions {
  std::string trial;            // export: only this one; empty: all
  std::string file;             // where to or where from
  std::string passphrase_file;  // empty: asked for where it is needed
  bool force = false;
};
absl::StatusOr<int> ExportArchive(Session& session, const ArchiveOptions& options);
absl::StatusOr<int> ImportArchive(Session& session, const ArchiveOptions& options);
absl::StatusOr<int> DeleteEverything(Session& session, bool yes);
absl::StatusOr<int> Unlock(Session& session, const std::string& passphrase_file);

// commands_analysis.cc

struct AnalyzeOptions {
  std::string trial;
  std::string protocol_file;  // both files: offline
  std::string diary_file;
  std::string measure;
  std::optional<uint32_t> seed;
  bool verbose = false;
  bool sensitivity = false;
  bool exit_code = false;
};
absl::StatusOr<int> Analyze(Session& session, const AnalyzeOptions& options);
struct PredictOptions {
  std::string trial;
  std::string protocol_file;  // both files: offline
  std::string diary_file;
  std::string measure;
  std::optional<uint32_t> seed;
  int futures = 0;  // 0: as the engine chooses
};
absl::StatusOr<int> Predict(Session& session, const PredictOptions& options);
absl::StatusOr<int> Watch(Session& session, const std::string& trial, const std::string& measure);

// commands_report.cc

struct DocumentOptions {
  std::string trial;
  std::string html_file;  // at most one of the two; `-` is standard output
  std::string pdf_file;
  std::string paper;  // a4 or letter; empty: a4
  bool force = false;
};
absl::StatusOr<int> Summary(Session& session, const DocumentOptions& options);
absl::StatusOr<int> ProtocolPrint(Session& session, const DocumentOptions& options);

// commands_access.cc

absl::StatusOr<int> Pair(Session& session);
// `code` is a code or a link; an empty `name` is the machine's.
absl::StatusOr<int> Join(Session& session, const std::string& code, const std::string& pin,
                         const std::string& name);
absl::StatusOr<int> DevicesList(Session& session);
absl::StatusOr<int> DevicesName(Session& session, const std::string& device,
                                const std::string& name);
absl::StatusOr<int> DevicesRevoke(Session& session, const std::string& device);
absl::StatusOr<int> DevicesRotate(Session& session);
absl::StatusOr<int> DevicesSignOut(Session& session);
absl::StatusOr<int> RecoveryNew(Session& session);
absl::StatusOr<int> RecoveryUse(Session& session, const std::string& pin, const std::string& name,
                                bool revoke_others);
absl::StatusOr<int> Confirm(Session& session, bool ask);
// Lists what waits when `id` is empty.
absl::StatusOr<int> Approve(Session& session, const std::string& id, const std::string& number);

// commands_sharing.cc; `days` 0: as the engine chooses.

absl::StatusOr<int> InviteNew(Session& session, const std::string& role, const std::string& trial,
                              int days);
absl::StatusOr<int> InviteList(Session& session);
absl::StatusOr<int> InviteRevoke(Session& session, const std::string& invitation);
absl::StatusOr<int> ShareCreate(Session& session, const std::string& trial,
                                const std::string& label, int days);
absl::StatusOr<int> ShareList(Session& session);
absl::StatusOr<int> ShareOpenings(Session& session, const std::string& link);
absl::StatusOr<int> ShareRevoke(Session& session, const std::string& link);
absl::StatusOr<int> ShareOpen(Session& session, const std::string& text);
absl::StatusOr<int> AuditList(Session& session);
absl::StatusOr<int> AuditVerify(Session& session);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_COMMANDS_H_
