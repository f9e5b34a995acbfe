#include "engine/base/digest.h"
#include "engine/report/words.h"
#include "engine/service/convert.h"

namespace solotrial::service {
namespace {

v1::Arm ArmOf(const std::optional<bool>& on) {
  return !on.has_value() ? v1::ARM_UNSPECIFIED : *on ? v1::ARM_ON : v1::ARM_OFF;
}

void PutItem(const report::ReportingItem& item, v1::ReportingItem& proto) {
  proto.set_number(item.number);
  proto.set_topic(item.topic);
  for (const report::ReportedFact& fact : item.facts) {
    v1::ReportedFact& row = *proto.add_facts();
    row.set_label(fact.label);
    row.set_text(fact.text);
    row.set_recorded(fact.recorded);
  }
}

void PutLevel(const trial::ArmLevel& level, const trial::Measure& measure, v1::ArmLevel& proto) {
  proto.set_days(level.days);
  proto.set_observed_days(level.observed_days);
  if (!level.mean.has_value()) return;
  proto.set_mean(*level.mean);
  proto.set_per_period(*level.mean * trial::DaysPerPeriod(measure.family));
}

void PutRecord(const trial::RecordSummary& record, v1::TrialSummary& proto) {
  for (const trial::MeasureLevels& levels : record.levels) {
    v1::MeasureLevels& row = *proto.add_levels();
    row.set_measure(levels.measure->id);
    row.set_question(levels.measure->question.empty() ? levels.measure->id
                                                      : levels.measure->question);
    row.set_unit(trial::BenefitUnit(levels.measure->family));
    PutLevel(levels.run_in, *levels.measure, *row.mutable_run_in());
    PutLevel(levels.on, *levels.measure, *row.mutable_on());
    PutLevel(levels.off, *levels.measure, *row.mutable_off());
  }
  for (const trial::BlockMean& mean : record.block_means) {
    v1::BlockMean& row = *proto.add_block_means();
    row.set_number(mean.number);
    if (mean.mean.has_value()) row.set_mean(*mean.mean);
    if (mean.q025.has_value()) row.set_q025(*mean.q025);
    if (mean.q975.has_value()) row.set_q975(*mean.q975);
  }
  for (const trial::EvidenceStep& step : record.evidence) {
    v1::EvidenceStep& row = *proto.add_evidence();
    row.set_pair(step.pair);
    row.set_block(step.block);
    row.set_data_date(FormatDate(step.data_date));
    *row.mutable_benefit() = ToProto(step.benefit, *record.outcome.measure);
  }
  for (const trial::DensityPoint& point : record.outcome.benefit_density) {
    v1::DensityPoint& row = *proto.add_benefit_density();
    row.set_value(point.value);
    row.set_density(point.density);
  }
  for (const trial::AdherenceDay& day : record.adherence) {
    v1::AdherenceDay& row = *proto.add_adherence();
    row.set_date(FormatDate(day.date));
    row.set_block(day.block);
    if (day.block > 0) row.set_arm(ArmOf(day.on));
    row.set_scored(day.scored);
    if (day.dose.has_value()) row.set_dose(*day.dose);
  }
}

void PutResults(const report::Summary& summary, report::Language language,
                v1::TrialSummary& proto) {
  const report::SummaryResults& results = *summary.results;
  v1::AnalysisResult& result = *proto.mutable_result();
  result = ToProto(results.record.outcome, *summary.protocol, language);
  result.set_manual_clock(summary.manual_clock);
  result.mutable_verdict()->clear_remarks();
  for (const trial::Message& remark : results.remarks) {
    *result.mutable_verdict()->add_remarks() = ToProto(remark, language);
  }
  if (results.harms.has_value()) *result.mutable_harms() = ToProto(*results.harms);
  PutRecord(results.record, proto);
  for (const report::NotedEvent& event : results.events) {
    v1::NotedEvent& row = *proto.add_events();
    row.set_date(FormatDate(event.date));
    row.set_kind(report::Render(event.kind, language));
    row.set_text(event.text);
    row.set_arm(ArmOf(event.on));
  }
}

}  // namespace

v1::TrialSummary ToProto(const report::Summary& summary, report::Language language) {
  v1::TrialSummary proto;
  proto.set_trial("trials/" + summary.trial_id);
  proto.set_title(summary.protocol->title);
  proto.set_state(ToProto(summary.state));
  proto.set_locale(language == report::Language::kGerman ? "de" : "en");
  *proto.mutable_create_time() = ToProto(summary.create_time);
  proto.set_engine_version(summary.engine_version);
  proto.set_manual_clock(summary.manual_clock);
  proto.set_concealed(summary.concealed);
  if (summary.progress.has_value()) *proto.mutable_progress() = ToProto(*summary.progress);
  if (!summary.looks.empty()) {
    const report::SummaryLook& look = summary.looks.back();
    *proto.mutable_last_look() =
        ToProto(store::LookRow{.pair = look.pair,
                               .data_date = look.data_date,
                               .recording_may_end = look.recording_may_end},
                language);
  }
  for (const report::ReportingItem& item : report::ReportingItems(summary, language)) {
    PutItem(item, *proto.add_items());
  }
  if (summary.results.has_value()) PutResults(summary, language, proto);
  return proto;
}

}  // namespace solotrial::service
