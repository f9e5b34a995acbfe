#include "engine/report/summary_document.h"

#include <utility>

#include "engine/base/digest.h"
#include "engine/report/figures.h"
#include "engine/report/summary_words.h"
#include "engine/report/words.h"

namespace solotrial::report {
namespace {

// Of longer lists the table of the data has the rest.
constexpr size_t kMostEvents = 40;
constexpr size_t kMostLimits = 12;
// Bytes of a change on the first page; the checklist has all of it.
constexpr size_t kMostWords = 200;

// The beginning of a long text.
std::string Shortened(const std::string& text) {
  if (text.size() <= kMostWords) return text;
  size_t end = kMostWords;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  // What was isolated stays isolated.
  return Isolated(text.substr(0, end)) + "…";
}

class SummaryWriter {
 public:
  SummaryWriter(const Summary& summary, Language language)
      : summary_(summary),
        primary_(trial::PrimaryMeasure(*summary.protocol)),
        say_(language),
        words_(summary, language),
        document_(EmptyDocument(summary, language, "page.eyebrow")) {}

  Document Run() {
    if (summary_.results.has_value()) {
      AddFirstPage();
      Add(NewPage{});
      AddFigures();
    } else {
      AddProgress();
    }
    AddChecklist();
    return std::move(document_);
  }

 private:
  void Add(Part part) { document_.parts.push_back(std::move(part)); }
  void AddHeading(const std::string& id) { Add(Heading{say_(id)}); }
  Facts::Row Row(const std::string& label, const std::string& text) const {
    if (!text.empty()) return {say_("label." + label), text};
    return {say_("label." + label), say_("page.not_recorded"), true};
  }

  void AddFirstPage() {
    const trial::AnalysisOutcome& outcome = summary_.results->record.outcome;
    Add(Answer{say_(std::string("plain.") + trial::DecisionName(outcome.verdict.decision)),
               words_.Verdict()});
    AddHeading("page.numbers");
    Facts numbers;
    numbers.rows = {
        Row("measure", NameOf(primary_) + " (" +
                           say_(primary_.lower_is_better ? "cent.lower" : "cent.higher") + ")"),
        Row("benefit", outcome.observed_days > 0 ? words_.Benefit() : ""),
        Row("mid", words_.Mid()),
        Row("absolute", words_.Absolute()),
        Row("certainty", outcome.observed_days > 0 ? words_.Certainty() : ""),
        Row("relative", words_.Relative()),
        {say_("label.randomisation_test"), outcome.randomization_test.has_value()
                                               ? words_.RandomizationTest()
                                               : say_("page.no_randomization_test")}};
    Add(std::move(numbers));
    AddHeading("page.done");
    Facts done;
    done.rows = {Row("treatment", words_.TreatmentInFull()),
                 Row("comparator", words_.Comparator()),
                 Row("design", words_.Design() + ". " + words_.Randomization()),
                 Row("blinding", words_.Blinding()),
                 Row("lived", Shortened(words_.LivedSequence())),
                 Row("scores", words_.ScoresRecorded()),
                 Row("doses", words_.DosesTaken())};
    for (const std::string& change : words_.Changes()) {
      done.rows.push_back({say_("cent.3b"), Shortened(change)});
      if (done.rows.size() > kMostLimits) break;
    }
    Add(std::move(done));
    AddHarms();
    AddHeading("page.limits");
    std::vector<std::string> limits = words_.Limits();
    if (limits.size() > kMostLimits) limits.resize(kMostLimits);
    Add(Bullets{std::move(limits)});
    Add(Facts{{{say_("label.protocol_digest"), Hex(summary_.protocol_digest)},
               {say_("label.result_digest"), Hex(outcome.digest)}},
              true});
  }

  void AddHarms() {
    AddHeading("page.harms_title");
    const std::optional<trial::Harms>& harms = summary_.results->harms;
    if (!harms.has_value()) {
      Add(Paragraph{words_.HarmRows().front()});
      return;
    }
    Table table;
    table.columns = {say_("page.period"), say_("harm.mild"), say_("harm.moderate"),
                     say_("harm.severe")};
    const auto add = [&](const char* arm, const trial::HarmCounts& counts) {
      table.rows.push_back({say_(arm), std::to_string(counts.mild), std::to_string(counts.moderate),
                            std::to_string(counts.severe)});
    };
    add("arm.on.days", harms->on);
    add("arm.off.days", harms->off);
    add("arm.outside.days", harms->outside);
    Add(std::move(table));
  }

  void AddAll(std::vector<Figure> figures) {
    for (Figure& figure : figures) Add(std::move(figure));
  }

  void AddFigures() {
    AddHeading("page.behind");
    AddAll(ScoreFigures(summary_, say_.language()));
    AddAll(PosteriorFigures(summary_, say_.language()));
    AddAll(BlockFigures(summary_, say_.language()));
    AddAll(EvidenceFigures(summary_, say_.language()));
    AddAll(PriorFigures(summary_, say_.language()));
    AddAll(CalendarFigures(summary_, say_.language()));
    AddHeading("page.levels");
    Table levels;
    levels.columns = {say_("page.measure"), say_("page.before_first"), say_("arm.on.days"),
                      say_("arm.off.days")};
    for (const trial::MeasureLevels& row : summary_.results->record.levels) {
      levels.rows.push_back({NameOf(*row.measure), words_.Level(*row.measure, row.run_in),
                             words_.Level(*row.measure, row.on),
                             words_.Level(*row.measure, row.off)});
    }
    levels.numeric = false;
    Add(std::move(levels));
    AddHeading("label.randomisation_test");
    const std::string test = words_.RandomizationTest();
    Add(Paragraph{test.empty() ? say_("page.no_randomization_test") : test});
    Add(Paragraph{say_("page.randomization_lead"), Paragraph::Style::kSmall});
    AddHeading("page.checks");
    std::vector<std::string> failed = FailedChecks(summary_, say_.language());
    if (failed.empty()) {
      Add(Paragraph{say_("page.checks_passed")});
    } else {
      Add(Bullets{std::move(failed)});
    }
    AddEvents();
  }

  void AddEvents() {
    const std::vector<NotedEvent>& events = summary_.results->events;
    if (events.empty()) return;
    AddHeading("page.events");
    Table table;
    table.columns = {say_("page.date"), say_("page.period"), say_("page.what"), say_("page.words")};
    table.numeric = false;
    for (const NotedEvent& event : events) {
      if (table.rows.size() == kMostEvents) break;
      table.rows.push_back({FormatDate(event.date), words_.Arm(event.on), say_.Of(event.kind),
                            Isolated(event.text)});
    }
    Add(std::move(table));
    if (events.size() > kMostEvents) {
      Add(Paragraph{
          say_("page.more_events", {{"count", std::to_string(events.size() - kMostEvents)}}),
          Paragraph::Style::kSmall});
    }
  }

  void AddProgress() {
    const bool ended = trial::HasEnded(summary_.state);
    Add(Paragraph{say_(summary_.state == trial::EffectiveState::kDraft ? "page.draft_lead"
                       : ended                                         ? "page.no_result_lead"
                                                                       : "page.running_lead"),
                  Paragraph::Style::kLead});
    if (summary_.concealed) Add(Paragraph{say_("page.concealed")});
    if (!summary_.progress.has_value()) return;
    const trial::Progress& progress = *summary_.progress;
    AddHeading("page.progress");
    Facts facts;
    facts.rows = {{say_("label.planned"),
                   say_("page.days_done", {{"done", std::to_string(progress.days_done)},
                                           {"planned", std::to_string(progress.days_planned)}})},
                  {say_("label.design"),
                   say_("page.pairs_done", {{"done", std::to_string(progress.pairs_done)},
                                            {"planned", std::to_string(progress.pairs_planned)}})},
                  {say_("label.scores"), words_.ScoresSoFar()}};
    if (progress.next_look_date.has_value()) {
      facts.rows.push_back({say_("label.next_look"), FormatDate(*progress.next_look_date)});
    }
    if (!summary_.looks.empty()) {
      facts.rows.push_back({say_("label.look"),
                            say_(summary_.looks.back().recording_may_end ? "look.recording_may_end"
                                                                         : "look.keep_going")});
    }
    Add(std::move(facts));
  }

  void AddChecklist() {
    AddHeading("page.checklist");
    Add(Paragraph{say_("page.checklist_lead"), Paragraph::Style::kSmall});
    Facts facts;
    facts.small = true;
    for (const ReportingItem& item : ReportingItems(summary_, say_.language())) {
      std::string label = item.number + " " + item.topic;
      for (const ReportedFact& fact : item.facts) {
        facts.rows.push_back({std::exchange(label, ""),
                              (fact.label.empty() ? "" : fact.label + ": ") + fact.text,
                              !fact.recorded});
      }
    }
    Add(std::move(facts));
  }

  const Summary& summary_;
  const trial::Measure& primary_;
  const Words say_;
  const SummaryWords words_;
  Document document_;
};

}  // namespace

Document EmptyDocument(const Summary& summary, Language language, const std::string& eyebrow) {
  const Words say(language);
  const SummaryWords words(summary, language);
  Document document;
  document.language = language;
  document.eyebrow = say(eyebrow);
  document.title = Isolated(summary.protocol->title);
  document.subtitle = words.State() + (words.Dates().empty() ? "" : " · " + words.Dates());
  document.page_number = "page.number";
  document.create_time = summary.create_time;
  document.footer = say("page.made", {{"date", FormatDate(summary.today)},
                                      {"version", summary.engine_version},
                                      {"model", inference::kModelVersion}}) +
                    (summary.manual_clock ? " " + say("page.manual_clock") : "") + " " +
                    say("page.advice");
  return document;
}

Document SummaryDocument(const Summary& summary, Language language) {
  return SummaryWriter(summary, language).Run();
}

}  // namespace solotrial::report
