#include "clients/cli/arguments_diary.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "absl/strings/str_join.h"
#include "clients/cli/errors.h"
#include "clients/cli/files.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

std::string Joined(const std::vector<std::string>& words) { return absl::StrJoin(words, " "); }

}  // namespace

void DiaryArguments::AddTo(CLI::App& app, const AddCommand& add) {
  AddScores(app, add);
  AddEvents(app, add);
  AddEntries(app, add);
  AddOutbox(app, add);
}

void DiaryArguments::AddTrial(CLI::App* command) {
  command->add_option("TRIAL", record_.trial, "Which trial (see solotrial --help)")->type_name("");
}

void DiaryArguments::AddLater(CLI::App* command) {
  command->add_flag("--later", record_.later, "Keep it here until solotrial sync");
}

void DiaryArguments::AddAbout(CLI::App* command) {
  command->add_option("--trial", record_.trial, "Which trial")->type_name("TRIAL");
  command->add_option("--date", record_.date, "Day: YYYY-MM-DD, yesterday, monday")
      ->type_name("DATE");
  AddLater(command);
}

void DiaryArguments::AddEvents(CLI::App& app, const AddCommand& add) {
  CLI::App* event =
      add(&app, "event", "Record a side effect, an illness, travel, ...",
          "  solotrial event side-effect --grade moderate Diarrhoea\n"
          "  solotrial event new-treatment Started a blood pressure tablet\n"
          "  solotrial event laboratory --laboratory serum-magnesium --value 0.82\n"
          "Kinds: side-effect, illness, travel, new-treatment, laboratory, other.\n"
          "A severe side effect, or a second moderate one in a block, pauses the trial.\n",
          [this](Session& session) {
            event_.text = Joined(words_);
            return RecordEvent(session, record_, event_);
          });
  event->add_option("TYPE", event_.type, "What kind of event (see below)")
      ->type_name("")
      ->required();
  event->add_option("TEXT", words_, "In your words")->type_name("");
  event->add_option("--grade", event_.grade, "Of a side effect: mild, moderate, severe")
      ->type_name("GRADE");
  event->add_option("--laboratory", event_.laboratory, "Which laboratory value")->type_name("ID");
  event->add_option("--value", event_.value, "The laboratory value")->type_name("VALUE");
  AddAbout(event);

  CLI::App* rescue = add(&app, "rescue", "Record rescue medication",
                         "  solotrial rescue Ibuprofen 400 mg\n"
                         "  solotrial rescue --doses 2 Sumatriptan 50 mg --date yesterday\n",
                         [this](Session& session) {
                           std::string name = Joined(words_);
                           return RecordRescue(session, record_, name, doses_);
                         });
  rescue->add_option("NAME", words_, "What was taken")->type_name("")->required();
  rescue->add_option("--doses", doses_, "How many: 1")->type_name("N");
  AddAbout(rescue);
}

void DiaryArguments::AddScores(CLI::App& app, const AddCommand& add) {
  CLI::App* record =
      add(&app, "record", "Record scores and covariates",
          "  solotrial record headache=4\n"
          "  solotrial record headache=4 weekend=yes --date yesterday\n"
          "  solotrial record legs@evening=3 legs@night=6\n"
          "Recording a value again corrects it; what it was is kept in the history.\n",
          [this](Session& session) { return Record(session, record_); });
  record->add_option("ID=VALUE", record_.values, "The id of a measure or covariate, and its value")
      ->type_name("")
      ->required();
  AddAbout(record);
  record->add_option("--slot", record_.slot, "Time of day, where the protocol has some")
      ->type_name("NAME");

  CLI::App* dose = add(&app, "dose", "Record that a dose was taken",
                       "  solotrial dose              all of it\n"
                       "  solotrial dose 0.5          half of it\n"
                       "  solotrial dose 0 --date yesterday\n",
                       [this](Session& session) { return RecordDose(session, record_, dose_); });
  dose->add_option("FRACTION", dose_, "How much of it, 0 to 1: 1")->type_name("");
  AddAbout(dose);
  dose->add_option("--slot", record_.slot, "Which dose of the day")->type_name("NAME");

  CLI::App* note = add(&app, "note", "Write something down",
                       "  solotrial note Long flight, slept badly\n"
                       "  solotrial note - < letter.txt\n",
                       [this](Session& session) -> absl::StatusOr<int> {
                         std::string text = Joined(words_);
                         if (text == "-") {
                           CLIENT_ASSIGN_OR_RETURN(text, ReadFile("-", kMaxNoteBytes));
                           text.erase(text.find_last_not_of("\r\n") + 1);
                           if (!IsUtf8(text)) return InputError("The note is no UTF-8.");
                         }
                         return RecordNote(session, record_, text);
                       });
  note->add_option("TEXT", words_, "What to write; - for standard input")
      ->type_name("")
      ->required();
  AddAbout(note);

  CLI::App* guess =
      add(&app, "guess", "Guess what a block of a blinded trial was",
          "  solotrial guess on\n"
          "  solotrial guess unknown --block 2\n",
          [this](Session& session) { return RecordGuess(session, record_, guess_, block_); });
  guess->add_option("ARM", guess_, "on, off or unknown")->type_name("")->required();
  guess->add_option("--block", block_, "Which block: the one that is due")->type_name("N");
  AddAbout(guess);

  CLI::App* mark = add(&app, "mark", "Say that a visit took place or a new cycle began",
                       "  solotrial mark\n"
                       "  solotrial mark --date 2026-03-02\n"
                       "Score the visit on the same date: solotrial record. To take a mark back:\n"
                       "solotrial entries, then solotrial retract.\n",
                       [this](Session& session) { return RecordMark(session, record_); });
  AddAbout(mark);

  CLI::App* deviation =
      add(&app, "deviation", "Say what was not done as planned",
          "  solotrial deviation Forgot the envelope --kind wrong-treatment\n"
          "  solotrial deviation Flu --kind illness --date 2026-03-02 --days 5\n"
          "Kinds: illness, travel, wrong-treatment, untold-pause, other.\n",
          [this](Session& session) {
            std::string text = Joined(words_);
            return RecordDeviation(session, record_, kind_, std::max(days_, 1), text);
          });
  deviation->add_option("TEXT", words_, "What happened")->type_name("")->required();
  deviation->add_option("--kind", kind_, "What kind: other")->type_name("KIND");
  deviation->add_option("--days", days_, "Days it concerns, from the date on: 1")
      ->type_name("DAYS");
  AddAbout(deviation);
}

void DiaryArguments::AddEntries(CLI::App& app, const AddCommand& add) {
  CLI::App* retract = add(&app, "retract", "Take back an entry",
                          "  solotrial entries\n"
                          "  solotrial retract 0195ac1e-7a42-7c3d-9d0a-2f7b11c0ffee\n",
                          [this](Session& session) { return Retract(session, record_, entry_); });
  retract->add_option("ENTRY", entry_, "Its id, or a beginning no other has")
      ->type_name("")
      ->required();
  retract->add_option("--trial", record_.trial, "Which trial")->type_name("TRIAL");
  AddLater(retract);

  CLI::App* entries = add(&app, "entries", "What is recorded",
                          "  solotrial entries --from 2026-03-01\n"
                          "  solotrial entries --history\n"
                          "  solotrial entries --here\n",
                          [this](Session& session) {
                            entries_.trial = record_.trial;
                            return Entries(session, entries_);
                          });
  AddTrial(entries);
  entries->add_option("--from", entries_.from_date, "First day, YYYY-MM-DD")->type_name("DATE");
  entries->add_option("--to", entries_.to_date, "Last day, YYYY-MM-DD")->type_name("DATE");
  entries->add_flag("--history", entries_.history, "Every entry ever made, corrections too");
  entries->add_flag("--here", entries_.here, "What this machine knows, without the engine");
}

void DiaryArguments::AddOutbox(CLI::App& app, const AddCommand& add) {
  CLI::App* sync = add(&app, "sync", "Send what waits here, read what is new",
                       "  solotrial sync\n"
                       "Whatever is recorded while the engine that this machine was paired with\n"
                       "cannot be reached is kept here until it can.\n",
                       [this](Session& session) { return SyncNow(session, record_.trial); });
  AddTrial(sync);

  CLI::App* outbox = add(&app, "outbox", "What waits here to be sent, or was refused", "", nullptr);
  outbox->require_subcommand(1);
  AddTrial(add(outbox, "list", "What waits, and what the engine refused and why",
               "  solotrial outbox list\n",
               [this](Session& session) { return OutboxShow(session, record_.trial); }));
  CLI::App* discard = add(outbox, "discard", "Forget an entry that the engine refused",
                          "  solotrial outbox discard 0195ac1e-7a42-7c3d-9d0a-2f7b11c0ffee\n",
                          [this](Session& session) { return OutboxDiscard(session, entry_); });
  discard->add_option("ENTRY", entry_, "Its id")->type_name("")->required();
  CLI::App* forget = add(outbox, "forget", "Remove this machine's copy of a trial, or all",
                         "  solotrial outbox forget\n", [this](Session& session) {
                           return OutboxForget(session, record_.trial, yes_);
                         });
  AddTrial(forget);
  forget->add_flag("--yes", yes_, "Also what the engine does not have");
}

}  // namespace solotrial::cli
