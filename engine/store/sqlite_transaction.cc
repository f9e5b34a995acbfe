#include "engine/store/sqlite_transaction.h"

#include "engine/base/fault.h"
#include "engine/store/erasure.h"
#include "engine/store/sealed_row.h"

// Columns in the order in which the functions below read them: what is always readable, `sealed`,
// then the content. Macros, because SQL text is a literal.
#define TRIAL_COLUMNS                                                                  \
  "trial_id, person_id, state, create_time, start_date, stop_date, revision, sealed, " \
  "protocol_document, protocol_digest, seed, commitment, allocation, stop_reason"
#define ENTRY_COLUMNS                                                        \
  "entry_id, sequence, record_time, kind, sealed, date, slot, client_time, " \
  "utc_offset_minutes, device, supersedes, subject, value, text"

namespace solotrial::store {
namespace {

absl::Status TrialNotFound() {
  return FaultStatus(Reason::kTrialNotFound, "There is no such trial of this person.");
}

// The content of each table's rows: what a row says, beyond what finds it. One function binds it
// and one reads it, in the order of the columns (see sealed_row.h).

void BindTrial(auto& out, const trial::Trial& trial) {
  out.BindText(trial.protocol_document)
      .BindBlob(trial.protocol_digest)
      .BindBlob(trial.seed)
      .BindBlob(trial.commitment)
      .BindText(trial.allocation);
  if (trial.stop.has_value()) {
    out.BindText(trial.stop->reason);
  } else {
    out.BindNull();
  }
}

void ReadTrialContent(auto& row, trial::Trial& trial) {
  trial.protocol_document = row.Text();
  trial.protocol_digest = row.Blob();
  trial.seed = row.Blob();
  trial.commitment = row.Blob();
  trial.allocation = row.Text();
  std::optional<std::string> reason = row.OptionalText();
  if (trial.stop.has_value()) trial.stop->reason = std::move(reason).value_or("");
}

void BindEntry(auto& out, const trial::Entry& entry) {
  out.BindDate(entry.date)
      .BindText(entry.slot)
      .BindTime(entry.client_time)
      .BindInt(entry.utc_offset_minutes)
      .BindText(entry.device)
      .BindText(entry.supersedes)
      .BindText(entry.subject)
      .BindReal(entry.value)
      .BindText(entry.text);
}

void ReadEntryContent(auto& row, trial::Entry& entry) {
  entry.date = row.ReadDate();
  entry.slot = row.Text();
  entry.client_time = row.Time();
  entry.utc_offset_minutes = static_cast<int>(row.Int());
  entry.device = row.Text();
  entry.supersedes = row.Text();
  entry.subject = row.Text();
  entry.value = row.Real();
  entry.text = row.Text();
}

void BindDay(auto& out, const ImportedDay& day) {
  out.BindReal(day.on);
  if (day.block.has_value()) {
    out.BindInt(*day.block);
  } else {
    out.BindNull();
  }
}

void ReadDayContent(auto& row, ImportedDay& day) {
  day.on = row.Real();
  if (const std::optional<int64_t> block = row.OptionalInt(); block.has_value()) {
    day.block = static_cast<int>(*block);
  }
}

void BindLook(auto& out, const LookRow& look) {
  out.BindInt(look.recording_may_end ? 1 : 0).BindText(look.decision).BindBlob(look.data_digest);
}

void ReadLookContent(auto& row, LookRow& look) {
  look.recording_may_end = row.Int() != 0;
  look.decision = row.Text();
  look.data_digest = row.Blob();
}

void BindAmendment(auto& out, const trial::Amendment& amendment) {
  out.BindText(amendment.reason)
      .BindText(amendment.text)
      .BindInt(amendment.pairs)
      .BindBlob(amendment.secret);
}

void ReadAmendmentContent(auto& row, trial::Amendment& amendment) {
  amendment.reason = row.Text();
  amendment.text = row.Text();
  amendment.pairs = static_cast<int>(row.Int());
  amendment.secret = row.Blob();
}

void BindReply(auto& out, const StoredReply& reply) {
  out.BindBlob(reply.request_digest).BindBlob(reply.reply);
}

void ReadReplyContent(auto& row, StoredReply& reply) {
  reply.request_digest = row.Blob();
  reply.reply = row.Blob();
}

trial::Trial ReadTrial(const Vault& vault, Connection& connection, Statement& row) {
  trial::Trial trial;
  trial.id = row.Text();
  trial.person_id = row.Text();
  trial.state = row.ReadEnum(trial::Trial::State::kDraft, trial::Trial::State::kImported);
  trial.create_time = row.Time();
  trial.start_date = row.OptionalDate();
  const std::optional<Date> stop_date = row.OptionalDate();
  if (stop_date.has_value()) trial.stop = trial::Stop{*stop_date, ""};
  trial.revision = row.Int();
  ReadContent(vault, connection, row, RowContext("trial", {trial.person_id, trial.id}),
              [&trial](auto& content) { ReadTrialContent(content, trial); });
  return trial;
}

trial::Entry ReadEntry(const Vault& vault, Connection& connection, Statement& row,
                       const std::string& person_id, const std::string& trial_id) {
  trial::Entry entry;
  entry.id = row.Text();
  entry.sequence = row.Int();
  entry.record_time = row.Time();
  entry.kind = row.ReadEnum(trial::Entry::Kind::kScore, trial::Entry::Kind::kMark);
  ReadContent(vault, connection, row, RowContext("entry", {person_id, trial_id, entry.id}),
              [&entry](auto& content) { ReadEntryContent(content, entry); });
  return entry;
}

// The columns that an update may change.
void BindChangeable(const Vault& vault, Statement& statement, const trial::Trial& trial) {
  statement.BindInt(static_cast<int64_t>(trial.state));
  if (trial.start_date.has_value()) {
    statement.BindDate(*trial.start_date);
  } else {
    statement.BindNull();
  }
  if (trial.stop.has_value()) {
    statement.BindDate(trial.stop->stop_date);
  } else {
    statement.BindNull();
  }
  BindContent(vault, statement, RowContext("trial", {trial.person_id, trial.id}),
              [&trial](auto& out) { BindTrial(out, trial); });
}

}  // namespace

absl::StatusOr<trial::Trial> SqliteTransaction::GetTrial(const std::string& person_id,
                                                         const std::string& trial_id) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare("SELECT " TRIAL_COLUMNS
                                            " FROM trial WHERE person_id = ? AND trial_id = ?");
  statement.BindText(person_id).BindText(trial_id);
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return TrialNotFound();
  trial::Trial trial = ReadTrial(vault_, connection_, statement);
  SOLOTRIAL_ASSIGN_OR_RETURN(trial.pauses, ListPauses(person_id, trial_id));
  SOLOTRIAL_ASSIGN_OR_RETURN(trial.amendments, ListAmendments(person_id, trial_id));
  SOLOTRIAL_ASSIGN_OR_RETURN(trial.safety_confirmation,
                             FindSafetyConfirmation(person_id, trial_id));
  SOLOTRIAL_ASSIGN_OR_RETURN(trial.marks, ListMarks(person_id, trial_id));
  return trial;
}

absl::StatusOr<TrialPage> SqliteTransaction::ListTrials(const std::string& person_id, int limit,
                                                        const std::string& after_id) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  if (!after_id.empty()) SOLOTRIAL_RETURN_IF_ERROR(CheckTrialExists(person_id, after_id));
  TrialPage page;
  {
    Statement statement = connection_.Prepare(
        "SELECT " TRIAL_COLUMNS
        " FROM trial WHERE person_id = ?1 AND (?2 = '' OR (create_time, trial_id) < "
        "(SELECT create_time, trial_id FROM trial WHERE person_id = ?1 AND trial_id = ?2)) "
        "ORDER BY create_time DESC, trial_id DESC LIMIT ?3");
    // One more than asked for tells whether there are more.
    statement.BindText(person_id).BindText(after_id).BindInt(int64_t{limit} + 1);
    while (true) {
      SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
      if (!found) break;
      if (page.trials.size() == static_cast<size_t>(limit)) {
        page.more = true;
        break;
      }
      page.trials.push_back(ReadTrial(vault_, connection_, statement));
    }
  }
  for (trial::Trial& trial : page.trials) {
    SOLOTRIAL_ASSIGN_OR_RETURN(trial.pauses, ListPauses(person_id, trial.id));
    SOLOTRIAL_ASSIGN_OR_RETURN(trial.amendments, ListAmendments(person_id, trial.id));
    SOLOTRIAL_ASSIGN_OR_RETURN(trial.safety_confirmation,
                               FindSafetyConfirmation(person_id, trial.id));
    SOLOTRIAL_ASSIGN_OR_RETURN(trial.marks, ListMarks(person_id, trial.id));
  }
  return page;
}

absl::StatusOr<std::vector<trial::Entry>> SqliteTransaction::ListEntries(
    const std::string& person_id, const std::string& trial_id, int64_t after_sequence, int limit) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement =
      connection_.Prepare("SELECT " ENTRY_COLUMNS
                          " FROM entry WHERE person_id = ? AND trial_id = ? AND sequence > ? "
                          "ORDER BY sequence LIMIT ?");
  statement.BindText(person_id).BindText(trial_id).BindInt(after_sequence).BindInt(limit);
  std::vector<trial::Entry> entries;
  while (true) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return entries;
    entries.push_back(ReadEntry(vault_, connection_, statement, person_id, trial_id));
  }
}

absl::StatusOr<std::vector<Date>> SqliteTransaction::ListMarks(const std::string& person_id,
                                                               const std::string& trial_id) {
  // The terms of kind are those of the index entry_of_blocks: retractions and marks.
  Statement statement =
      connection_.Prepare("SELECT " ENTRY_COLUMNS
                          " FROM entry INDEXED BY entry_of_blocks "
                          "WHERE person_id = ? AND trial_id = ? AND kind IN (5, 10) "
                          "ORDER BY sequence");
  statement.BindText(person_id).BindText(trial_id);
  std::vector<trial::Entry> entries;
  while (true) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return trial::MarksOf(trial::CurrentEntries(entries));
    entries.push_back(ReadEntry(vault_, connection_, statement, person_id, trial_id));
  }
}

absl::StatusOr<std::optional<ReadTransaction::FoundEntry>> SqliteTransaction::FindEntry(
    const std::string& person_id, const std::string& entry_id) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare("SELECT trial_id, " ENTRY_COLUMNS
                                            " FROM entry WHERE person_id = ? AND entry_id = ?");
  statement.BindText(person_id).BindText(entry_id);
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::nullopt;
  FoundEntry entry;
  entry.trial_id = statement.Text();
  entry.entry = ReadEntry(vault_, connection_, statement, person_id, entry.trial_id);
  SOLOTRIAL_RETURN_IF_ERROR(connection_.fault());
  return entry;
}

absl::StatusOr<int64_t> SqliteTransaction::LastSequence(const std::string& person_id,
                                                        const std::string& trial_id) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare(
      "SELECT coalesce(max(sequence), 0) FROM entry WHERE person_id = ? AND trial_id = ?");
  statement.BindText(person_id).BindText(trial_id);
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
  return found ? statement.Int() : 0;
}

absl::StatusOr<std::vector<ImportedDay>> SqliteTransaction::ListImportedDays(
    const std::string& person_id, const std::string& trial_id) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare(
      "SELECT date, sealed, on_fraction, block FROM imported_day WHERE person_id = ? AND trial_id "
      "= ? "
      "ORDER BY date");
  statement.BindText(person_id).BindText(trial_id);
  std::vector<ImportedDay> days;
  while (true) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return days;
    ImportedDay day;
    day.date = statement.ReadDate();
    ReadContent(vault_, connection_, statement,
                RowContext("imported_day", {person_id, trial_id, FormatDate(day.date)}),
                [&day](auto& content) { ReadDayContent(content, day); });
    days.push_back(day);
  }
}

absl::StatusOr<std::vector<LookRow>> SqliteTransaction::ListLooks(const std::string& person_id,
                                                                  const std::string& trial_id) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare(
      "SELECT pair, data_date, record_time, sealed, recording_may_end, decision, data_digest FROM "
      "look "
      "WHERE person_id = ? AND trial_id = ? ORDER BY pair");
  statement.BindText(person_id).BindText(trial_id);
  std::vector<LookRow> looks;
  while (true) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return looks;
    LookRow look;
    look.pair = static_cast<int>(statement.Int());
    look.data_date = statement.ReadDate();
    look.record_time = statement.Time();
    ReadContent(vault_, connection_, statement,
                RowContext("look", {person_id, trial_id, std::to_string(look.pair)}),
                [&look](auto& content) { ReadLookContent(content, look); });
    looks.push_back(std::move(look));
  }
}

absl::StatusOr<std::optional<trial::SimulatedPower>> SqliteTransaction::FindPower(
    const std::string& person_id, const std::string& trial_id, const std::string& model_version) {
  Statement statement = connection_.Prepare(
      "SELECT trials, right_twice, right_difference, wrong_nothing FROM simulated_power "
      "WHERE person_id = ? AND trial_id = ? AND model_version = ?");
  statement.BindText(person_id).BindText(trial_id).BindText(model_version);
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::nullopt;
  trial::SimulatedPower power;
  power.trials = static_cast<int>(statement.Int());
  power.right_twice = statement.Real();
  power.right_difference = statement.Real();
  power.wrong_nothing = statement.Real();
  return power;
}

absl::StatusOr<std::optional<StoredReply>> SqliteTransaction::FindReply(
    const std::string& person_id, const std::string& request_id) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare(
      "SELECT trial_id, sealed, request_digest, reply FROM reply WHERE person_id = ? AND "
      "request_id = ?");
  statement.BindText(person_id).BindText(request_id);
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::nullopt;
  StoredReply reply;
  reply.trial_id = statement.OptionalText().value_or("");
  ReadContent(vault_, connection_, statement, RowContext("reply", {person_id, request_id}),
              [&reply](auto& content) { ReadReplyContent(content, reply); });
  SOLOTRIAL_RETURN_IF_ERROR(connection_.fault());
  return reply;
}

absl::StatusOr<bool> SqliteTransaction::IsDeletedCredential(const std::string& token_digest) {
  Statement statement =
      connection_.Prepare("SELECT 1 FROM deleted_credential WHERE token_digest = ?");
  return statement.BindBlob(token_digest).Step();
}

absl::StatusOr<std::vector<std::string>> SqliteTransaction::ListPendingErasures() {
  Statement statement =
      connection_.Prepare("SELECT person_id FROM pending_erasure ORDER BY person_id");
  std::vector<std::string> persons;
  while (true) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return persons;
    persons.push_back(statement.Text());
  }
}

absl::Status SqliteTransaction::InsertTrial(const trial::Trial& trial) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement = connection_.Prepare(
      "INSERT INTO trial (state, start_date, stop_date, sealed, protocol_document, "
      "protocol_digest, seed, commitment, allocation, stop_reason, person_id, trial_id, "
      "create_time, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  BindChangeable(vault_, statement, trial);
  statement.BindText(trial.person_id)
      .BindText(trial.id)
      .BindTime(trial.create_time)
      .BindInt(trial.revision);
  SOLOTRIAL_RETURN_IF_ERROR(statement.Run());
  SOLOTRIAL_RETURN_IF_ERROR(InsertPauses(trial));
  SOLOTRIAL_RETURN_IF_ERROR(PutSafetyConfirmation(trial));
  return InsertAmendments(trial);
}

absl::Status SqliteTransaction::UpdateTrial(trial::Trial& trial) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  {
    Statement statement = connection_.Prepare(
        "UPDATE trial SET state = ?, start_date = ?, stop_date = ?, sealed = ?, "
        "protocol_document = ?, protocol_digest = ?, seed = ?, commitment = ?, allocation = ?, "
        "stop_reason = ?, revision = revision + 1 "
        "WHERE person_id = ? AND trial_id = ? AND revision = ?");
    BindChangeable(vault_, statement, trial);
    statement.BindText(trial.person_id).BindText(trial.id).BindInt(trial.revision);
    SOLOTRIAL_RETURN_IF_ERROR(statement.Run());
  }
  if (connection_.ChangedRows() == 0) {
    SOLOTRIAL_RETURN_IF_ERROR(CheckTrialExists(trial.person_id, trial.id));
    return FaultStatus(Reason::kConflict,
                       "The trial was changed at the same time: read it again, then repeat.");
  }
  for (const Sql text : {Sql("DELETE FROM pause WHERE person_id = ? AND trial_id = ?"),
                         Sql("DELETE FROM amendment WHERE person_id = ? AND trial_id = ?")}) {
    Statement statement = connection_.Prepare(text);
    SOLOTRIAL_RETURN_IF_ERROR(statement.BindText(trial.person_id).BindText(trial.id).Run());
  }
  SOLOTRIAL_RETURN_IF_ERROR(InsertPauses(trial));
  SOLOTRIAL_RETURN_IF_ERROR(InsertAmendments(trial));
  SOLOTRIAL_RETURN_IF_ERROR(PutSafetyConfirmation(trial));
  ++trial.revision;
  return absl::OkStatus();
}

absl::Status SqliteTransaction::DeleteTrial(const std::string& person_id,
                                            const std::string& trial_id) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  Statement statement =
      connection_.Prepare("DELETE FROM trial WHERE person_id = ? AND trial_id = ?");
  SOLOTRIAL_RETURN_IF_ERROR(statement.BindText(person_id).BindText(trial_id).Run());
  if (connection_.ChangedRows() == 0) return TrialNotFound();
  deleted_ = true;
  return absl::OkStatus();
}

absl::Status SqliteTransaction::AppendEntry(const std::string& person_id,
                                            const std::string& trial_id, trial::Entry& entry) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  SOLOTRIAL_RETURN_IF_ERROR(CheckTrialExists(person_id, trial_id));
  SOLOTRIAL_ASSIGN_OR_RETURN(const int64_t last, LastSequence(person_id, trial_id));
  Statement statement =
      connection_.Prepare("INSERT INTO entry (person_id, trial_id, " ENTRY_COLUMNS
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  statement.BindText(person_id)
      .BindText(trial_id)
      .BindText(entry.id)
      .BindInt(last + 1)
      .BindTime(entry.record_time)
      .BindInt(static_cast<int64_t>(entry.kind));
  BindContent(vault_, statement, RowContext("entry", {person_id, trial_id, entry.id}),
              [&entry](auto& out) { BindEntry(out, entry); });
  SOLOTRIAL_RETURN_IF_ERROR(statement.Run());
  entry.sequence = last + 1;
  return absl::OkStatus();
}

absl::Status SqliteTransaction::InsertImportedDays(const std::string& person_id,
                                                   const std::string& trial_id,
                                                   const std::vector<ImportedDay>& days) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  SOLOTRIAL_RETURN_IF_ERROR(CheckTrialExists(person_id, trial_id));
  for (const ImportedDay& day : days) {
    Statement statement = connection_.Prepare(
        "INSERT INTO imported_day (person_id, trial_id, date, sealed, on_fraction, block) "
        "VALUES (?, ?, ?, ?, ?, ?)");
    statement.BindText(person_id).BindText(trial_id).BindDate(day.date);
    BindContent(vault_, statement,
                RowContext("imported_day", {person_id, trial_id, FormatDate(day.date)}),
                [&day](auto& out) { BindDay(out, day); });
    SOLOTRIAL_RETURN_IF_ERROR(statement.Run());
  }
  return absl::OkStatus();
}

absl::Status SqliteTransaction::InsertLook(const std::string& person_id,
                                           const std::string& trial_id, const LookRow& look) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  SOLOTRIAL_RETURN_IF_ERROR(CheckTrialExists(person_id, trial_id));
  Statement statement = connection_.Prepare(
      "INSERT INTO look (person_id, trial_id, pair, data_date, record_time, sealed, "
      "recording_may_end, decision, data_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  statement.BindText(person_id)
      .BindText(trial_id)
      .BindInt(look.pair)
      .BindDate(look.data_date)
      .BindTime(look.record_time);
  BindContent(vault_, statement,
              RowContext("look", {person_id, trial_id, std::to_string(look.pair)}),
              [&look](auto& out) { BindLook(out, look); });
  return statement.Run();
}

absl::Status SqliteTransaction::PutPower(const std::string& person_id, const std::string& trial_id,
                                         const std::string& model_version,
                                         const trial::SimulatedPower& power) {
  SOLOTRIAL_RETURN_IF_ERROR(CheckTrialExists(person_id, trial_id));
  Statement statement = connection_.Prepare(
      "INSERT OR REPLACE INTO simulated_power (person_id, trial_id, model_version, trials, "
      "right_twice, right_difference, wrong_nothing) VALUES (?, ?, ?, ?, ?, ?, ?)");
  statement.BindText(person_id)
      .BindText(trial_id)
      .BindText(model_version)
      .BindInt(power.trials)
      .BindReal(power.right_twice)
      .BindReal(power.right_difference)
      .BindReal(power.wrong_nothing);
  return statement.Run();
}

absl::Status SqliteTransaction::InsertReply(const std::string& person_id,
                                            const std::string& request_id, const StoredReply& reply,
                                            absl::Time now) {
  SOLOTRIAL_RETURN_IF_ERROR(vault_.CheckUnlocked());
  if (!reply.trial_id.empty()) {
    SOLOTRIAL_RETURN_IF_ERROR(CheckTrialExists(person_id, reply.trial_id));
  }
  Statement statement = connection_.Prepare(
      "INSERT INTO reply (person_id, request_id, create_time, trial_id, sealed, request_digest, "
      "reply) VALUES (?, ?, ?, nullif(?, ''), ?, ?, ?)");
  statement.BindText(person_id).BindText(request_id).BindTime(now).BindText(reply.trial_id);
  BindContent(vault_, statement, RowContext("reply", {person_id, request_id}),
              [&reply](auto& out) { BindReply(out, reply); });
  return statement.Run();
}

absl::Status SqliteTransaction::DeletePerson(const std::string& person_id) {
  deleted_ = true;
  SOLOTRIAL_RETURN_IF_ERROR(ErasePerson(connection_, person_id));
  return connection_.Prepare("INSERT INTO pending_erasure VALUES (?) ON CONFLICT DO NOTHING")
      .BindText(person_id)
      .Run();
}

absl::Status SqliteTransaction::EndErasure(const std::string& person_id) {
  deleted_ = true;
  return connection_.Prepare("DELETE FROM pending_erasure WHERE person_id = ?")
      .BindText(person_id)
      .Run();
}

absl::Status SqliteTransaction::CheckTrialExists(const std::string& person_id,
                                                 const std::string& trial_id) {
  Statement statement =
      connection_.Prepare("SELECT 1 FROM trial WHERE person_id = ? AND trial_id = ?");
  statement.BindText(person_id).BindText(trial_id);
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
  return found ? absl::OkStatus() : TrialNotFound();
}

absl::StatusOr<std::vector<trial::Pause>> SqliteTransaction::ListPauses(
    const std::string& person_id, const std::string& trial_id) {
  Statement statement = connection_.Prepare(
      "SELECT number, pause_date, resume_date, cause, sealed, reason FROM pause "
      "WHERE person_id = ? AND trial_id = ? "
      "ORDER BY number");
  statement.BindText(person_id).BindText(trial_id);
  std::vector<trial::Pause> pauses;
  while (true) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return pauses;
    trial::Pause pause;
    const int64_t number = statement.Int();
    pause.pause_date = statement.ReadDate();
    pause.resume_date = statement.OptionalDate();
    pause.cause =
        statement.ReadEnum(trial::Pause::Cause::kPerson, trial::Pause::Cause::kSideEffect);
    ReadContent(vault_, connection_, statement,
                RowContext("pause", {person_id, trial_id, std::to_string(number)}),
                [&pause](auto& content) { pause.reason = content.Text(); });
    pauses.push_back(std::move(pause));
  }
}

absl::Status SqliteTransaction::InsertPauses(const trial::Trial& trial) {
  int64_t number = 0;
  for (const trial::Pause& pause : trial.pauses) {
    Statement statement = connection_.Prepare(
        "INSERT INTO pause (person_id, trial_id, number, pause_date, resume_date, cause, sealed, "
        "reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    statement.BindText(trial.person_id)
        .BindText(trial.id)
        .BindInt(++number)
        .BindDate(pause.pause_date);
    if (pause.resume_date.has_value()) {
      statement.BindDate(*pause.resume_date);
    } else {
      statement.BindNull();
    }
    statement.BindInt(static_cast<int64_t>(pause.cause));
    BindContent(vault_, statement,
                RowContext("pause", {trial.person_id, trial.id, std::to_string(number)}),
                [&pause](auto& out) { out.BindText(pause.reason); });
    SOLOTRIAL_RETURN_IF_ERROR(statement.Run());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<trial::Amendment>> SqliteTransaction::ListAmendments(
    const std::string& person_id, const std::string& trial_id) {
  Statement statement = connection_.Prepare(
      "SELECT number, kind, date, time, sealed, reason, text, pairs, secret FROM amendment "
      "WHERE person_id = ? AND trial_id = ? ORDER BY number");
  statement.BindText(person_id).BindText(trial_id);
  std::vector<trial::Amendment> amendments;
  while (true) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
    if (!found) return amendments;
    trial::Amendment amendment;
    const int64_t number = statement.Int();
    amendment.kind = statement.ReadEnum(trial::Amendment::Kind::kPackingList,
                                        trial::Amendment::Kind::kArchiveKey);
    amendment.date = statement.ReadDate();
    amendment.time = statement.Time();
    ReadContent(vault_, connection_, statement,
                RowContext("amendment", {person_id, trial_id, std::to_string(number)}),
                [&amendment](auto& content) { ReadAmendmentContent(content, amendment); });
    amendments.push_back(std::move(amendment));
  }
}

absl::Status SqliteTransaction::InsertAmendments(const trial::Trial& trial) {
  int64_t number = 0;
  for (const trial::Amendment& amendment : trial.amendments) {
    Statement statement = connection_.Prepare(
        "INSERT INTO amendment (person_id, trial_id, number, kind, date, time, sealed, reason, "
        "text, pairs, secret) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    statement.BindText(trial.person_id)
        .BindText(trial.id)
        .BindInt(++number)
        .BindInt(static_cast<int64_t>(amendment.kind))
        .BindDate(amendment.date)
        .BindTime(amendment.time);
    BindContent(vault_, statement,
                RowContext("amendment", {trial.person_id, trial.id, std::to_string(number)}),
                [&amendment](auto& out) { BindAmendment(out, amendment); });
    SOLOTRIAL_RETURN_IF_ERROR(statement.Run());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<trial::SafetyConfirmation>> SqliteTransaction::FindSafetyConfirmation(
    const std::string& person_id, const std::string& trial_id) {
  Statement statement = connection_.Prepare(
      "SELECT confirm_time, sealed, name, digest FROM safety_confirmation "
      "WHERE person_id = ? AND trial_id = ?");
  statement.BindText(person_id).BindText(trial_id);
  SOLOTRIAL_ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::nullopt;
  trial::SafetyConfirmation confirmation;
  confirmation.time = statement.Time();
  ReadContent(vault_, connection_, statement,
              RowContext("safety_confirmation", {person_id, trial_id}),
              [&confirmation](auto& content) {
                confirmation.name = content.Text();
                confirmation.digest = content.Blob();
              });
  SOLOTRIAL_RETURN_IF_ERROR(connection_.fault());
  return confirmation;
}

absl::Status SqliteTransaction::PutSafetyConfirmation(const trial::Trial& trial) {
  {
    Statement statement =
        connection_.Prepare("DELETE FROM safety_confirmation WHERE person_id = ? AND trial_id = ?");
    SOLOTRIAL_RETURN_IF_ERROR(statement.BindText(trial.person_id).BindText(trial.id).Run());
  }
  if (!trial.safety_confirmation.has_value()) return absl::OkStatus();
  const trial::SafetyConfirmation& confirmation = *trial.safety_confirmation;
  Statement statement = connection_.Prepare(
      "INSERT INTO safety_confirmation (person_id, trial_id, confirm_time, sealed, name, digest) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  statement.BindText(trial.person_id).BindText(trial.id).BindTime(confirmation.time);
  BindContent(vault_, statement, RowContext("safety_confirmation", {trial.person_id, trial.id}),
              [&confirmation](auto& out) {
                out.BindText(confirmation.name).BindBlob(confirmation.digest);
              });
  return statement.Run();
}

}  // namespace solotrial::store
