#include "clients/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "clients/cli/arguments_access.h"
#include "clients/cli/arguments_diary.h"
#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/files.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

using Action = std::function<absl::StatusOr<int>(Session&)>;

constexpr char kVersion[] = "solotrial 0.1.0";

constexpr char kProgramFooter[] = R"(
A trial, start to end:
  solotrial protocol new --symptom restless-legs --region EU --has-none
  solotrial trial create protocol.json
  solotrial trial start
  solotrial today
  solotrial record restless_legs=4
  solotrial dose
  solotrial analyze

TRIAL is a trial's id, with or without `trials/`, or at least the first 4
characters of it. It may be left out when one trial is running, or when there
is only one.

Environment: SOLOTRIAL_DATA, SOLOTRIAL_ENGINE and SOLOTRIAL_TOKEN_FILE stand for
the options --data, --engine and --token-file; NO_COLOR switches colours off;
SOLOTRIAL_NOW is an instant to date entries by instead of the clock.

Exit codes:
  0 done                                 5 the trial's state does not allow it
  2 wrong usage                          6 engine not reachable, or busy
  3 invalid input: a protocol, a diary,  7 not allowed: the token
    a field, a file                      8 some entries were not recorded
  4 not found                            9 a fault of the engine or machine
)";

// What can be typed, built once; the chosen command fills `action`.
class Program {
 public:
  Program() : app_("Personal (n-of-1) trials: does it help you, or not?", "solotrial") {
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.get_formatter()->column_width(32);
    app_.set_version_flag("--version", kVersion, "Print the version");
    app_.set_help_flag("-h,--help", "Print this help");
    AddGlobalOptions();
    const auto add = [this](CLI::App* parent, const std::string& name,
                            const std::string& description, const std::string& examples,
                            Action action) {
      return Command(parent, name, description, examples, std::move(action));
    };
    AddCatalogCommands();
    AddProtocolCommands();
    AddTrialCommands();
    AddSafetyCommands();
    AddDailyCommands();
    diary_.AddTo(app_, add);
    AddExchangeCommands();
    AddAnalysisCommands();
    AddOrderCommands();
    access_.AddTo(app_, add);
    AddOtherCommands();
    app_.footer(kProgramFooter);
  }

  CLI::App& app() { return app_; }
  const Settings& settings() const { return settings_; }
  const Action& action() const { return action_; }

 private:
  CLI::App* Command(CLI::App* parent, const std::string& name, const std::string& description,
                    const std::string& examples, Action action) {
    CLI::App* command = parent->add_subcommand(name, description);
    command->footer(examples.empty() ? "" : "Examples:\n" + examples);
    if (action) {
      command->callback([this, action = std::move(action)] { action_ = action; });
    }
    return command;
  }

  void AddTrialArgument(CLI::App* command, std::string& trial) {
    command->add_option("TRIAL", trial, "Which trial (see solotrial --help)")->type_name("");
  }

  void AddGlobalOptions() {
    app_.add_flag("--json", settings_.json, "Answer (and fail) in JSON")->group("Everywhere");
    app_.add_option("--data", settings_.data, "Data folder of the engine")
        ->type_name("DIR")
        ->group("Everywhere");
    app_.add_option("--engine", settings_.engine, "Where the engine listens")
        ->type_name("HOST:PORT")
        ->group("Everywhere");
    app_.add_option("--token-file", settings_.token_file, "File with the token")
        ->type_name("FILE")
        ->group("Everywhere");
    app_.add_option("--lang", settings_.locale, "Language of the engine's sentences: en, de")
        ->type_name("LANG")
        ->group("Everywhere");
  }

  void AddCatalogCommands() {
    CLI::App* catalog =
        Command(&app_, "catalog", "What can be tried, and what is dangerous",
                "  solotrial catalog\n"
                "  solotrial catalog interventions\n"
                "Parts: interventions, symptoms, measures, covariates, safety, sources.\n",
                [this](Session& session) { return CatalogShow(session, topic_); });
    catalog->add_option("TOPIC", topic_, "Which part of it (see below): all")->type_name("");
  }

  void AddAnswers(CLI::App* command) {
    command->add_option("--region", safety_.region, "Whose upper limit holds: EU, US")
        ->type_name("REGION");
    command->add_option("--has", safety_.has, "It is so: ID of a question about safety")
        ->type_name("ID")
        ->expected(1)
        ->take_all();
    command->add_option("--not-sure", safety_.not_sure, "Not known: ID of a question")
        ->type_name("ID")
        ->expected(1)
        ->take_all();
    command->add_flag("--has-none", safety_.has_none, "No to every other question about safety");
    command->add_option("--understood", safety_.understood, "ID of a warning that was understood")
        ->type_name("ID")
        ->expected(1)
        ->take_all();
  }

  void AddSafetyCommands() {
    CLI::App* group =
        Command(&app_, "safety", "What stands in the way of starting a trial", "", nullptr);
    group->require_subcommand(1);
    Command(group, "questions", "All questions about safety", "  solotrial safety questions\n",
            [](Session& session) { return SafetyQuestions(session); });
    CLI::App* show =
        Command(group, "show", "What was found, and what to do", "  solotrial safety show\n",
                [this](Session& session) { return SafetyShow(session, trial_); });
    AddTrialArgument(show, trial_);
    CLI::App* answer =
        Command(group, "answer", "Answer the questions, of a draft",
                "  solotrial safety answer --region EU --has diuretics --has-none\n"
                "  solotrial safety answer --understood above-limit\n",
                [this](Session& session) { return SafetyAnswer(session, trial_, safety_); });
    AddTrialArgument(answer, trial_);
    AddAnswers(answer);
    CLI::App* confirm =
        Command(group, "confirm", "Take responsibility, as the trial's clinician",
                "  solotrial safety show\n"
                "  solotrial safety confirm --as \"Dr. A. Example\"\n",
                [this](Session& session) { return SafetyConfirm(session, trial_, name_, yes_); });
    AddTrialArgument(confirm, trial_);
    confirm->add_option("--as", name_, "Who confirms; required")->type_name("NAME")->required();
    confirm->add_flag("--yes", yes_, "Do not ask");
  }

  void AddProtocolCommands() {
    CLI::App* group = Command(&app_, "protocol", "Make and check protocol files", "", nullptr);
    group->require_subcommand(1);

    CLI::App* create =
        Command(group, "new", "Write a protocol to start from",
                "  solotrial protocol new --symptom restless-legs\n"
                "  solotrial protocol new --symptom migraine --intervention label-dose \\\n"
                "      --form citrate --dose 240 --region EU --has-none -o migraine.json\n",
                [this](Session& session) {
                  new_.output_given = !output_.empty();
                  if (new_.output_given) new_.output = output_;
                  new_.force = force_;
                  new_.contents.safety = safety_;
                  return ProtocolNew(session, new_);
                });
    TemplateOptions& contents = new_.contents;
    std::string symptoms;
    for (const std::string& name : SymptomNames()) {
      symptoms += (symptoms.empty() ? "" : " ") + name;
    }
    create->add_option("--symptom", contents.symptom, "What is to get better (listed below)")
        ->type_name("NAME")
        ->required();
    create->add_option("--title", contents.title, "What the trial asks")->type_name("TEXT");
    create
        ->add_option("--intervention", contents.intervention,
                     "What is tried (listed below): glycinate")
        ->type_name("NAME");
    create->add_option("--form", contents.form, "Which salt, where there are several")
        ->type_name("FORM");
    create->add_option("--dose", contents.dose_mg, "mg of magnesium a day, as the label says")
        ->type_name("MG");
    create->add_flag("--salt-weight", contents.salt_weight, "The dose is the weight of the salt");
    create->add_option("--count", contents.count, "Sprays or baths each time")->type_name("N");
    create->add_option("--menstruates", contents.menstruates, "Blocks are then cycles: yes, no")
        ->type_name("YES|NO");
    create->add_option("--measure", contents.measures, "Record this too: ID of the catalogue")
        ->type_name("ID")
        ->expected(1)
        ->take_all();
    AddAnswers(create);
    create->add_option("--on", contents.on_instruction, "What to do on days of on blocks")
        ->type_name("TEXT");
    create->add_option("--off", contents.off_instruction, "What to do on days of off blocks")
        ->type_name("TEXT");
    create->add_option("--block-days", contents.block_days, "Length of one block")
        ->type_name("DAYS");
    create->add_option("--pairs", contents.pairs, "How many on (and off) blocks")->type_name("N");
    create->add_option("--run-in-days", contents.run_in_days, "Days before the first block")
        ->type_name("DAYS");
    create->add_option("--randomization", contents.randomization, "How the order is drawn: PAIRED")
        ->type_name("KIND");
    create->add_flag("--blinded", contents.blinded, "A helper packs envelopes; needs --off");
    create
        ->add_option("--onset", contents.onset_half_life_days, "Until half of the effect is there")
        ->type_name("DAYS");
    create
        ->add_option("--offset", contents.offset_half_life_days, "Until half of the effect is gone")
        ->type_name("DAYS");
    create
        ->add_option("--mid", contents.minimal_important_difference,
                     "Smallest difference that matters")
        ->type_name("SIZE");
    create->add_option("--usual", contents.usual_score, "How much you usually have without it")
        ->type_name("SIZE");
    create->add_option("--covariate", contents.covariates, "Recorded beside it: ID or ID:numeric")
        ->type_name("ID")
        ->expected(1)
        ->take_all();
    create->add_option("--time-zone", contents.time_zone, "Where days are counted: this machine's")
        ->type_name("ZONE");
    AddOutput(create, "File to write: protocol.json");
    std::string interventions;
    for (const std::string& name : InterventionNames()) {
      interventions += (interventions.empty() ? "" : " ") + name;
    }
    create->footer("Symptoms:\n" + Paragraph(symptoms, "  ", 78) + "Interventions:\n" +
                   Paragraph(interventions, "  ", 78) + "\n" + create->get_footer());

    CLI::App* print =
        Command(group, "print", "Write a trial's protocol as a page to sign",
                "  solotrial protocol print --pdf protocol.pdf\n"
                "  solotrial protocol print 3f2a --pdf protocol.pdf --paper letter --lang de\n",
                [this](Session& session) { return ProtocolPrint(session, Document()); });
    AddDocument(print);

    CLI::App* check = Command(group, "check", "Check a protocol file, without an engine",
                              "  solotrial protocol check protocol.json\n",
                              [this](Session& session) { return ProtocolCheck(session, file_); });
    check->add_option("FILE", file_, "protocol.json, or - for standard input")
        ->type_name("")
        ->required();
  }

  // A page as a file.
  void AddDocument(CLI::App* command) {
    AddTrialArgument(command, trial_);
    command->add_option("--html", document_.html_file, "Write a web page")->type_name("FILE");
    command->add_option("--pdf", document_.pdf_file, "Write a PDF")->type_name("FILE");
    command->add_option("--paper", document_.paper, "Paper: a4, letter")->type_name("PAPER");
    command->add_flag("--force", document_.force, "Replace the file if it exists");
  }
  DocumentOptions Document() const {
    DocumentOptions options = document_;
    options.trial = trial_;
    return options;
  }

  void AddOutput(CLI::App* command, const std::string& description) {
    command->add_option("-o,--output", output_, description)->type_name("FILE");
    command->add_flag("--force", force_, "Replace the file if it exists");
  }

  void AddTrialCommands() {
    CLI::App* group = Command(&app_, "trial", "Set up, live and end trials", "", nullptr);
    group->require_subcommand(1);

    CLI::App* create = Command(group, "create", "Create a draft from a protocol file",
                               "  solotrial trial create protocol.json\n",
                               [this](Session& session) { return TrialCreate(session, file_); });
    create->add_option("FILE", file_, "protocol.json, or - for standard input")
        ->type_name("")
        ->required();

    CLI::App* start =
        Command(group, "start", "Draw the order of the blocks and start",
                "  solotrial trial start\n"
                "  solotrial trial start 3f2a --date 2026-03-01\n",
                [this](Session& session) { return TrialStart(session, trial_, date_); });
    AddTrialArgument(start, trial_);
    start->add_option("--date", date_, "First day: today, or YYYY-MM-DD")->type_name("DATE");

    AddToday(group);

    CLI::App* schedule =
        Command(group, "schedule", "All blocks with their dates", "  solotrial trial schedule\n",
                [this](Session& session) { return TrialSchedule(session, trial_); });
    AddTrialArgument(schedule, trial_);

    CLI::App* pause =
        Command(group, "pause", "Stop scheduling days until it is resumed",
                "  solotrial trial pause --reason \"In hospital\"\n",
                [this](Session& session) { return TrialPause(session, trial_, date_, reason_); });
    AddTrialArgument(pause, trial_);
    pause->add_option("--date", date_, "First paused day: today or tomorrow")->type_name("DATE");
    pause->add_option("--reason", reason_, "Why")->type_name("TEXT");

    CLI::App* resume = Command(
        group, "resume", "Go on after a pause", "  solotrial trial resume\n",
        [this](Session& session) { return TrialResume(session, trial_, date_, acknowledged_); });
    AddTrialArgument(resume, trial_);
    resume->add_option("--date", date_, "First day again: today or tomorrow")->type_name("DATE");
    resume->add_flag("--acknowledge-side-effect", acknowledged_,
                     "I know why it was paused and want to go on");

    CLI::App* skip = Command(
        group, "skip", "Leave days ahead out; the rest moves",
        "  solotrial trial skip --date 2026-03-20 --days 4 --reason Travel\n"
        "Days that are past stay: see solotrial deviation.\n",
        [this](Session& session) { return TrialSkip(session, trial_, date_, days_, reason_); });
    AddTrialArgument(skip, trial_);
    skip->add_option("--date", date_, "First day left out: today")->type_name("DATE");
    skip->add_option("--days", days_, "How many: 1")->type_name("DAYS");
    skip->add_option("--reason", reason_, "Why")->type_name("TEXT");

    CLI::App* extend =
        Command(group, "extend", "Add pairs of blocks at the end",
                "  solotrial trial extend --pairs 1 --reason \"Two weeks were lost\"\n",
                [this](Session& session) { return TrialExtend(session, trial_, pairs_, reason_); });
    AddTrialArgument(extend, trial_);
    extend->add_option("--pairs", pairs_, "How many")->type_name("N")->required();
    extend->add_option("--reason", reason_, "Why; required")->type_name("TEXT")->required();

    CLI::App* zone =
        Command(group, "zone", "Count days in another time zone from now on",
                "  solotrial trial zone America/Lima --reason \"Moved for work\"\n"
                "  solotrial trial zone America/Lima --trial 3f2a\n",
                [this](Session& session) { return TrialZone(session, trial_, zone_, reason_); });
    zone->add_option("ZONE", zone_, "IANA name, for example Europe/Berlin")
        ->type_name("")
        ->required();
    zone->add_option("--trial", trial_, "Which trial")->type_name("TRIAL");
    zone->add_option("--reason", reason_, "Why")->type_name("TEXT");

    CLI::App* unblind =
        Command(group, "unblind", "Emergency: tell at once what is taken",
                "  solotrial trial unblind --reason \"The hospital asks\"\n",
                [this](Session& session) { return TrialUnblind(session, trial_, reason_); });
    AddTrialArgument(unblind, trial_);
    unblind->add_option("--reason", reason_, "Why; required")->type_name("TEXT")->required();

    CLI::App* stop =
        Command(group, "stop", "End a trial early, for good",
                "  solotrial trial stop --reason \"My doctor changed the treatment\"\n",
                [this](Session& session) { return TrialStop(session, trial_, reason_); });
    AddTrialArgument(stop, trial_);
    stop->add_option("--reason", reason_, "Why; required")->type_name("TEXT")->required();

    Command(group, "list", "All trials, newest first", "  solotrial trial list\n",
            [](Session& session) { return TrialList(session); });

    CLI::App* show = Command(group, "show", "One trial in full", "  solotrial trial show 3f2a\n",
                             [this](Session& session) { return TrialShow(session, trial_); });
    AddTrialArgument(show, trial_);

    CLI::App* remove = Command(group, "delete", "Delete a trial with everything recorded in it",
                               "  solotrial trial delete 3f2a\n", [this](Session& session) {
                                 return TrialDelete(session, trial_, yes_);
                               });
    remove->add_option("TRIAL", trial_, "Which trial")->type_name("")->required();
    remove->add_flag("--yes", yes_, "Do not ask");
  }

  // Asked for every day, so it also stands at the top.
  void AddToday(CLI::App* parent) {
    CLI::App* today =
        Command(parent, "today", "What to take and what to record today",
                "  solotrial today\n"
                "  solotrial today --date yesterday\n",
                [this](Session& session) { return TrialToday(session, trial_, date_); });
    AddTrialArgument(today, trial_);
    today->add_option("--date", date_, "Another day: YYYY-MM-DD, yesterday, monday")
        ->type_name("DATE");
  }

  void AddDailyCommands() { AddToday(&app_); }

  void AddExchangeCommands() {
    CLI::App* import =
        Command(&app_, "import", "Bring in a record that was collected elsewhere",
                "  solotrial import --protocol protocol.json --diary diary.csv\n"
                "  solotrial import --archive my-data.zip\n"
                "  solotrial import --protocol protocol.json --diary app.csv \\\n"
                "    --mapping mapping.json --preview\n"
                "A mapping says what the columns of another program's file mean:\n"
                "CSV, a StudyU export, JSON for nof1 or Trialist.\n",
                [this](Session& session) -> absl::StatusOr<int> {
                  import_.protocol_file = protocol_file_;
                  import_.diary_file = diary_file_;
                  const bool two_files = !protocol_file_.empty() && !diary_file_.empty();
                  if (archive_.file.empty() != two_files ||
                      (!two_files && !(protocol_file_ + diary_file_).empty())) {
                    return UsageError("Name --protocol and --diary, or --archive.");
                  }
                  if (!two_files) {
                    if (preview_ || !import_.mapping_file.empty()) {
                      return UsageError("An archive needs no --mapping.");
                    }
                    return ImportArchive(session, archive_);
                  }
                  return preview_ ? PreviewImport(session, import_) : Import(session, import_);
                });
    import->add_option("--protocol", protocol_file_, "Its protocol")->type_name("FILE");
    import->add_option("--diary", diary_file_, "Its diary, CSV; with --mapping any other")
        ->type_name("FILE");
    import->add_option("--mapping", import_.mapping_file, "What its columns mean, JSON")
        ->type_name("FILE");
    import->add_flag("--preview", preview_, "Only show what it would become");
    import->add_option("--archive", archive_.file, "Instead: what export --archive wrote")
        ->type_name("FILE");
    AddPassphrase(import);

    CLI::App* write =
        Command(&app_, "export", "Write the diary as CSV, missed days included",
                "  solotrial export > diary.csv\n"
                "  solotrial export 3f2a -o diary.csv\n"
                "  solotrial export --format tidy     tables for R, Python, a spreadsheet\n"
                "  solotrial export --format fhir -o trial.json\n"
                "  solotrial export --archive -o my-data.zip   everything, to take along\n"
                "An archive holds every trial, or TRIAL: protocol, diary with its history,\n"
                "order and looks. The order of a trial that has not ended is sealed with a\n"
                "passphrase.\n",
                [this](Session& session) {
                  if (whole_archive_) {
                    archive_.trial = trial_;
                    archive_.file = output_;
                    archive_.force = force_;
                    return ExportArchive(session, archive_);
                  }
                  if (format_ != "diary") {
                    return ExportAs(session, trial_, format_, output_, force_);
                  }
                  return Export(session, trial_, output_.empty() ? "-" : output_, force_);
                });
    AddTrialArgument(write, trial_);
    AddOutput(write, "File to write: standard output");
    write->add_option("--format", format_, "diary, tidy, json, fhir or calendar: diary")
        ->type_name("FORMAT");
    write->add_flag("--archive", whole_archive_, "Everything, as a ZIP file");
    AddPassphrase(write);
  }

  void AddOrderCommands() {
    CLI::App* pack = Command(
        &app_, "packing-list", "For a helper: what goes into the envelopes",
        "  solotrial join CODE\n"
        "  solotrial packing-list\n"
        "  solotrial packing-list --passphrase-file FILE\n"
        "The passphrase, kept by the helper, seals the order in the archives that the\n"
        "person makes.\n",
        [this](Session& session) { return PackingList(session, archive_.passphrase_file); });
    pack->add_option("--passphrase-file", archive_.passphrase_file,
                     "File with a passphrase that is to seal archives")
        ->type_name("FILE");

    CLI::App* verify =
        Command(&app_, "verify", "Whether the order is the one committed to",
                "  solotrial verify 3f2a\n"
                "  solotrial verify 3f2a --commitment 1f0e... -o proof.json\n"
                "  solotrial verify --file proof.json\n"
                "It is computed in this process. Exit code 3 when something does not match.\n",
                [this](Session& session) {
                  verify_.trial = trial_;
                  verify_.output = output_;
                  verify_.force = force_;
                  return Verify(session, verify_);
                });
    AddTrialArgument(verify, trial_);
    verify->add_option("--commitment", verify_.commitment, "What was written down at the start")
        ->type_name("HEX");
    verify->add_option("--file", verify_.file, "What --output wrote, without an engine")
        ->type_name("FILE");
    AddOutput(verify, "Keep what was verified in this file");
  }

  void AddPassphrase(CLI::App* command) {
    command
        ->add_option("--passphrase-file", archive_.passphrase_file,
                     "File with the passphrase: it is asked for")
        ->type_name("FILE");
  }

  // A trial or two files, not both.
  absl::Status CheckSource() const {
    if (protocol_file_.empty() != diary_file_.empty()) {
      return UsageError("--protocol and --diary belong together.");
    }
    if (!protocol_file_.empty() && !trial_.empty()) {
      return UsageError("Name either a trial or two files.");
    }
    return absl::OkStatus();
  }

  void AddAnalysisCommands() {
    CLI::App* analyze =
        Command(&app_, "analyze", "Say what the diary says",
                "  solotrial analyze\n"
                "  solotrial analyze 3f2a --verbose --sensitivity\n"
                "  solotrial analyze --protocol protocol.json --diary diary.csv --json\n"
                "With both files everything happens in this process: no engine is needed.\n"
                "\n"
                "With --exit-code: 0 responds, 10 no verdict yet, 11 not computed,\n"
                "12 insufficient data, 13 not randomised, 15 worsens, 16 benefit too small,\n"
                "17 benefit's size open, 18 does not respond, 19 undecided.\n",
                [this](Session& session) -> absl::StatusOr<int> {
                  analyze_.trial = trial_;
                  analyze_.protocol_file = protocol_file_;
                  analyze_.diary_file = diary_file_;
                  CLIENT_RETURN_IF_ERROR(CheckSource());
                  if (protocol_file_.empty() && analyze_.seed.has_value()) {
                    return UsageError("--seed is for files: the engine chooses it for its trials.");
                  }
                  return Analyze(session, analyze_);
                });
    AddTrialArgument(analyze, trial_);
    analyze->add_option("--protocol", protocol_file_, "Analyse files: the protocol")
        ->type_name("FILE");
    analyze->add_option("--diary", diary_file_, "Analyse files: the diary, CSV")->type_name("FILE");
    analyze->add_option("--measure", analyze_.measure, "Another measure than the primary one")
        ->type_name("ID");
    analyze->add_option("--seed", analyze_.seed, "Seed of the randomisation test: 1")
        ->type_name("N");
    analyze->add_flag("-v,--verbose", analyze_.verbose, "Coefficients and diagnostics too");
    analyze->add_flag("--sensitivity", analyze_.sensitivity, "How far the answer hangs on choices");
    analyze->add_flag("--exit-code", analyze_.exit_code, "Tell the decision by the exit code");

    CLI::App* summary =
        Command(&app_, "summary", "One page for the doctor, and what it rests on",
                "  solotrial summary\n"
                "  solotrial summary --pdf summary.pdf --paper letter\n"
                "  solotrial summary 3f2a --html summary.html --lang de\n"
                "While a trial runs it shows how far it has come and nothing else.\n",
                [this](Session& session) { return Summary(session, Document()); });
    AddDocument(summary);

    CLI::App* plan =
        Command(&app_, "plan", "Say what a trial is likely to answer",
                "  solotrial plan protocol.json\n"
                "  solotrial plan protocol.json --typical 5 --sd 2 --pairs 3 --pairs 6\n"
                "  solotrial plan protocol.json --cycle-days 28 --json\n"
                "Simulates whole trials, before the first day; no engine is needed. It takes\n"
                "seconds to minutes. Levels are in points, days per 28 days (yes or no) or\n"
                "events per 7 days (counts).\n",
                [this](Session& session) { return Plan(session, plan_); });
    plan->add_option("PROTOCOL", plan_.protocol_file, "The protocol, - for standard input")
        ->required();
    plan->add_option("--typical", plan_.typical_score,
                     "Usual level untreated, in the benefit's unit")
        ->type_name("X");
    plan->add_option("--sd", plan_.score_sd, "How much days differ, in points")->type_name("X");
    plan->add_option("--autocorrelation", plan_.autocorrelation,
                     "How alike neighbouring days are, 0 to 0.8: 0.3")
        ->type_name("X");
    plan->add_option("--missing", plan_.missing_share, "Share of days without a score: 0.1")
        ->type_name("X");
    plan->add_option("--cycle-days", plan_.cycle_days, "Length of the menstrual cycle")
        ->type_name("N");
    plan->add_option("--pairs", plan_.pairs, "Compare with so many pairs; again for more")
        ->allow_extra_args(false)
        ->type_name("N");
    plan->add_option("--block-days", plan_.block_days, "Compare with such blocks; again for more")
        ->allow_extra_args(false)
        ->type_name("N");
    plan->add_flag("--only", plan_.only, "Compare with nothing");
    plan->add_option("--trials", plan_.trials, "How many to simulate a row, 50 to 10000: 400")
        ->type_name("N");
    plan->add_option("--seed", plan_.seed, "Seed of the simulation: 1")->type_name("N");

    CLI::App* predict =
        Command(&app_, "predict", "Say what further pairs of blocks would bring",
                "  solotrial predict\n"
                "  solotrial predict 3f2a --futures 1000\n"
                "  solotrial predict --protocol protocol.json --diary diary.csv --json\n"
                "Only of a trial that has ended, or of files. It takes seconds, long diaries\n"
                "minutes.\n",
                [this](Session& session) -> absl::StatusOr<int> {
                  predict_.trial = trial_;
                  predict_.protocol_file = protocol_file_;
                  predict_.diary_file = diary_file_;
                  CLIENT_RETURN_IF_ERROR(CheckSource());
                  return Predict(session, predict_);
                });
    AddTrialArgument(predict, trial_);
    predict->add_option("--protocol", protocol_file_, "From files: the protocol")
        ->type_name("FILE");
    predict->add_option("--diary", diary_file_, "From files: the diary, CSV")->type_name("FILE");
    predict->add_option("--measure", predict_.measure, "Another measure than the primary one")
        ->type_name("ID");
    predict->add_option("--futures", predict_.futures, "How many to simulate, 20 to 2000: 200")
        ->type_name("N");
    predict->add_option("--seed", predict_.seed, "Seed of the simulation: 1")->type_name("N");

    CLI::App* watch =
        Command(&app_, "watch", "Follow a trial until Ctrl-C",
                "  solotrial watch\n"
                "  solotrial watch 3f2a --json\n",
                [this](Session& session) { return Watch(session, trial_, analyze_.measure); });
    AddTrialArgument(watch, trial_);
    watch->add_option("--measure", analyze_.measure, "Another measure than the primary one")
        ->type_name("ID");
  }

  void AddOtherCommands() {
    Command(&app_, "info", "Which engine this is", "  solotrial info\n",
            [](Session& session) { return Info(session); });
    CLI::App* unlock = Command(
        &app_, "unlock", "Unlock an engine that encrypts what it keeps", "  solotrial unlock\n",
        [this](Session& session) { return Unlock(session, archive_.passphrase_file); });
    AddPassphrase(unlock);
    CLI::App* wipe = Command(&app_, "delete-everything", "Delete all of your data, in backups too",
                             "  solotrial export --archive -o my-data.zip\n"
                             "  solotrial delete-everything\n",
                             [this](Session& session) { return DeleteEverything(session, yes_); });
    wipe->add_flag("--yes", yes_, "Do not ask");
    CLI::App* completion =
        Command(&app_, "completion", "Print a completion script for a shell",
                "  source <(solotrial completion bash)\n"
                "  solotrial completion fish > ~/.config/fish/completions/solotrial.fish\n",
                [this](Session&) -> absl::StatusOr<int> {
                  CLIENT_ASSIGN_OR_RETURN(const std::string script,
                                          CompletionScript(ProgramShape(), shell_));
                  CLIENT_RETURN_IF_ERROR(WriteStdout(script));
                  return kOk;
                });
    completion->add_option("SHELL", shell_, "bash, zsh or fish")->type_name("")->required();
  }

  CLI::App app_;
  Settings settings_;
  Action action_;

  AccessArguments access_;
  DiaryArguments diary_;
  // Where the options of the commands are read into. Only one command runs, so they share.
  ProtocolNewOptions new_;
  AnalyzeOptions analyze_;
  PlanOptions plan_;
  PredictOptions predict_;
  ArchiveOptions archive_;
  VerifyOptions verify_;
  SafetyOptions safety_;
  std::string topic_;
  std::string name_;
  std::string trial_;
  std::string date_;
  std::string reason_;
  std::string file_;
  std::string output_;
  std::string protocol_file_;
  DocumentOptions document_;
  std::string diary_file_;
  std::string zone_;
  int days_ = 0;
  int pairs_ = 0;
  std::string shell_;
  std::vector<std::string> words_;
  bool force_ = false;
  bool yes_ = false;
  bool acknowledged_ = false;
  bool whole_archive_ = false;
  bool preview_ = false;
  ImportOptions import_;
  std::string format_ = "diary";
};

CommandShape ShapeOf(const CLI::App& app) {
  static const std::map<std::string, std::vector<std::string>> values = {
      {"--symptom", SymptomNames()},
      {"--intervention", InterventionNames()},
      {"--region", {"EU", "US"}},
      {"--has", FindingNames()},
      {"--not-sure", FindingNames()},
      {"--grade", {"mild", "moderate", "severe"}},
      {"--randomization", {"PAIRED", "COUNTERBALANCED", "RESTRICTED", "BALANCED"}},
      {"--lang", {"en", "de"}},
      {"--paper", {"a4", "letter"}},
      {"--format", {"diary", "tidy", "json", "fhir", "calendar"}},
  };
  CommandShape shape;
  shape.name = app.get_name();
  shape.description = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_lnames().empty()) continue;
    OptionShape option_shape;
    option_shape.name = "--" + option->get_lnames().front();
    option_shape.description = option->get_description();
    option_shape.takes_value = option->get_items_expected_max() > 0;
    const auto choices = values.find(option_shape.name);
    if (choices != values.end()) option_shape.values = choices->second;
    shape.options.push_back(option_shape);
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    shape.commands.push_back(ShapeOf(*command));
  }
  if (shape.name == "completion") {
    for (const char* shell : {"bash", "zsh", "fish"}) {
      shape.commands.push_back({shell, std::string("For ") + shell, {}, {}});
    }
  }
  return shape;
}

int Fail(const absl::Status& status, bool json) {
  const Fault fault = Describe(status);
  WriteStderr(json ? FaultJson(fault) : FaultText(fault));
  return fault.exit_code;
}

// The path of the command that was typed so far: `solotrial trial start`.
std::string TypedCommand(const CLI::App& app) {
  std::string path = "solotrial";
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    path += " " + at->get_name();
  }
  return path;
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  Program program;
  const bool json = std::any_of(argv, argv + argc,
                                [](const char* word) { return std::string(word) == "--json"; });
  for (int i = 1; i < argc; ++i) {
    // Requests hold nothing else; better to say so here than from within a library.
    if (!IsUtf8(argv[i])) {
      return Fail(UsageError("Argument " + std::to_string(i) + " is no UTF-8."), json);
    }
  }
  try {
    program.app().parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    if (program.app().exit(error, out, err) == 0) {
      const absl::Status written = WriteStdout(out.str());
      return written.ok() ? kOk : Fail(written, json);
    }
    return Fail(
        WithHint(UsageError(error.what()), "See: " + TypedCommand(program.app()) + " --help"),
        json);
  }
  const Settings settings = Complete(program.settings(), &std::getenv);
  Session session(settings, StdoutStyle());
  const absl::StatusOr<int> exit_code = program.action()(session);
  return exit_code.ok() ? *exit_code : Fail(exit_code.status(), settings.json);
}

CommandShape ProgramShape() {
  Program program;
  return ShapeOf(program.app());
}

}  // namespace solotrial::cli
