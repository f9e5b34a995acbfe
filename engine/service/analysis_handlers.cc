#include "engine/service/analysis_handlers.h"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/base/digest.h"
#include "engine/base/fault.h"
#include "engine/base/parallel.h"
#include "engine/import/diary_csv.h"
#include "engine/report/messages.h"
#include "engine/service/convert.h"
#include "engine/service/loaded_trial.h"
#include "engine/service/protocol_json.h"
#include "engine/service/situation.h"
#include "engine/trial/adverse_events.h"
#include "engine/trial/analysis.h"
#include "engine/trial/prediction.h"
#include "engine/trial/record.h"

namespace solotrial::service {
namespace {

constexpr int kFewestFutures = 20;
constexpr int kMostFutures = 2000;

// Analyses `record` and stamps how long it took.
absl::Status Compute(const trial::Protocol& protocol, const trial::Record& record,
                     const trial::AnalysisRequest& request, report::Language language,
                     v1::AnalysisResult* response) {
  const auto begin = std::chrono::steady_clock::now();
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::AnalysisOutcome outcome,
                             trial::AnalyzeRecord(protocol, record, request));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  *response = ToProto(outcome, protocol, language);
  response->mutable_diagnostics()->set_milliseconds(took.count());
  return absl::OkStatus();
}

absl::Status Predict(const trial::Protocol& protocol, const trial::Record& record,
                     const std::string& protocol_digest, const v1::PredictDecisionRequest& request,
                     const Cancelled& cancelled, v1::Prediction* response) {
  trial::PredictionRequest options;
  options.measure_id = request.measure_id();
  options.protocol_digest = protocol_digest;
  if (request.futures() != 0) options.futures = request.futures();
  if (request.has_seed()) options.seed = request.seed();
  options.threads = UsefulThreads();
  options.cancelled = cancelled;
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Prediction prediction,
                             trial::PredictDecision(protocol, record, options));
  response->set_model_version(inference::kModelVersion);
  response->set_measure(prediction.measure->id);
  response->set_futures(options.futures);
  response->set_seed(options.seed);
  response->set_digest(Hex(prediction.digest));
  for (const trial::Forecast& forecast : prediction.forecasts) {
    *response->add_forecasts() = ToProto(forecast);
  }
  return absl::OkStatus();
}

absl::Status CheckPrediction(const v1::PredictDecisionRequest& request) {
  const bool has_record = request.has_protocol() || !request.diary_csv().empty();
  if (request.trial().empty() != has_record) {
    return InvalidField("trial", "give either a trial or both protocol and diary_csv");
  }
  if (request.futures() != 0 &&
      (request.futures() < kFewestFutures || request.futures() > kMostFutures)) {
    return InvalidField(
        "futures", absl::StrFormat("must be 0 or from %d to %d", kFewestFutures, kMostFutures));
  }
  return absl::OkStatus();
}

// The look that has come due and has not been taken yet, taken now.
absl::StatusOr<std::optional<store::LookRow>> TakeDueLook(const Situation& situation,
                                                          absl::Time now) {
  const LoadedTrial& loaded = situation.loaded;
  const trial::Schedule schedule(loaded.protocol, loaded.trial);
  const std::optional<trial::DueLook> due =
      trial::LastDueLook(loaded.protocol, schedule, loaded.today);
  const bool taken =
      due.has_value() && !situation.looks.empty() && situation.looks.back().pair >= due->pair;
  if (!due.has_value() || taken) return std::optional<store::LookRow>();
  const trial::Record record =
      trial::RecordOfTrial(loaded.protocol, loaded.trial, situation.current, due->data_date);
  trial::AnalysisRequest request;
  request.protocol_digest = loaded.trial.protocol_digest;
  request.look = true;
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::AnalysisOutcome outcome,
                             trial::AnalyzeRecord(loaded.protocol, record, request));
  return std::optional<store::LookRow>(
      {.pair = due->pair,
       .data_date = due->data_date,
       .recording_may_end = trial::EndsRecording(outcome.verdict.decision),
       .decision = trial::DecisionName(outcome.verdict.decision),
       .data_digest = outcome.digest,
       .record_time = now});
}

// As LoadSituation; WRONG_STATE for a draft.
absl::StatusOr<Situation> LoadStarted(const access::Caller& caller,
                                      store::ReadTransaction& transaction, const std::string& name,
                                      const Clock& clock) {
  SOLOTRIAL_ASSIGN_OR_RETURN(Situation situation, LoadSituation(caller, transaction, name, clock));
  if (situation.loaded.state == trial::EffectiveState::kDraft) {
    return FaultStatus(Reason::kWrongState, "the trial is a draft: there is nothing to analyse");
  }
  return situation;
}

// What happened beside the scores, of a trial that has ended.
void AddEvents(const Situation& situation, report::Language language, v1::AnalysisResult& result) {
  const LoadedTrial& loaded = situation.loaded;
  if (const auto remark = trial::NewTreatmentRemark(situation.current); remark.has_value()) {
    *result.mutable_verdict()->add_remarks() = ToProto(*remark, language);
  }
  const auto harms =
      trial::CountHarms(trial::Schedule(loaded.protocol, loaded.trial), situation.current);
  if (harms.has_value()) *result.mutable_harms() = ToProto(*harms);
}

}  // namespace

absl::Status AnalyzeRecord(const v1::AnalyzeRecordRequest& request, v1::AnalysisResult* response) {
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Protocol protocol,
                             ToDomain(request.protocol(), trial::Purpose::kRecord));
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::DiaryFile file,
                             import::ReadDiaryCsv(request.diary_csv(), protocol));
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Record record, trial::RecordOfFile(protocol, file));
  trial::AnalysisRequest options;
  options.measure_id = request.measure_id();
  options.protocol_digest = Sha256(CanonicalProtocolJson(request.protocol()));
  options.recorded_elsewhere = true;
  if (request.has_seed()) options.seed = request.seed();
  options.sensitivity = request.include_sensitivity();
  return Compute(protocol, record, options, report::LanguageOf(request.locale()), response);
}

absl::Status PredictRecord(const v1::PredictDecisionRequest& request, const Cancelled& cancelled,
                           v1::Prediction* response) {
  SOLOTRIAL_RETURN_IF_ERROR(CheckPrediction(request));
  if (!request.trial().empty()) {
    return InvalidField("trial", "trials are kept by an engine; here only records are");
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Protocol protocol,
                             ToDomain(request.protocol(), trial::Purpose::kRecord));
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::DiaryFile file,
                             import::ReadDiaryCsv(request.diary_csv(), protocol));
  SOLOTRIAL_ASSIGN_OR_RETURN(const trial::Record record, trial::RecordOfFile(protocol, file));
  return Predict(protocol, record, Sha256(CanonicalProtocolJson(request.protocol())), request,
                 cancelled, response);
}

absl::Status AnalysisHandlers::PredictDecision(const access::Caller& caller,
                                               const v1::PredictDecisionRequest& request,
                                               const Cancelled& cancelled,
                                               v1::Prediction* response) const {
  SOLOTRIAL_RETURN_IF_ERROR(CheckPrediction(request));
  const std::unique_lock lock(predicting_, std::try_to_lock);
  if (!lock.owns_lock()) {
    return FaultStatus(Reason::kBusy, "another prediction is being computed; retry");
  }
  if (request.trial().empty()) return PredictRecord(request, cancelled, response);
  Situation situation;
  SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(situation,
                               LoadStarted(caller, transaction, request.trial(), clock_));
    return absl::OkStatus();
  }));
  const LoadedTrial& loaded = situation.loaded;
  if (!trial::HasEnded(loaded.state)) {
    // What is likely tells what was seen so far.
    return FaultStatus(Reason::kWrongState,
                       "the trial has not ended: while it runs nothing but its looks is shown");
  }
  return Predict(loaded.protocol, situation.record, loaded.trial.protocol_digest, request,
                 cancelled, response);
}

absl::Status AnalysisHandlers::Analyze(const access::Caller& caller,
                                       const v1::AnalyzeRequest& request,
                                       v1::Analysis* response) const {
  const report::Language language = report::LanguageOf(request.locale());
  Situation situation;
  SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(situation,
                               LoadStarted(caller, transaction, request.trial(), clock_));
    return absl::OkStatus();
  }));
  const LoadedTrial& loaded = situation.loaded;
  response->set_trial(request.trial());
  response->set_state(ToProto(loaded.state));
  // Said in every state, not only once there is something to analyse.
  SOLOTRIAL_RETURN_IF_ERROR(trial::AskedMeasure(loaded.protocol, request.measure_id()).status());

  const bool imported = loaded.state == trial::EffectiveState::kImported;
  *response->mutable_progress() = ToProto(
      imported ? trial::ProgressOf(loaded.protocol, situation.record)
               : trial::ProgressOf(loaded.protocol, loaded.trial, situation.record, loaded.today));
  if (!trial::HasEnded(loaded.state)) {
    SOLOTRIAL_ASSIGN_OR_RETURN(const std::optional<store::LookRow> look,
                               TakeDueLook(situation, clock_.Now()));
    if (look.has_value()) {
      SOLOTRIAL_RETURN_IF_ERROR(
          store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
            // Somebody else may have taken it meanwhile: the first one counts.
            SOLOTRIAL_ASSIGN_OR_RETURN(situation.looks,
                                       transaction.ListLooks(caller.person_id, loaded.trial.id));
            if (!situation.looks.empty() && situation.looks.back().pair >= look->pair) {
              return absl::OkStatus();
            }
            situation.looks.push_back(*look);
            return transaction.InsertLook(caller.person_id, loaded.trial.id, *look);
          }));
    }
  }
  if (!situation.looks.empty()) {
    *response->mutable_last_look() = ToProto(situation.looks.back(), language);
  }
  if (!trial::HasEnded(loaded.state) || situation.record.days.empty()) return absl::OkStatus();

  trial::AnalysisRequest options = RequestFor(situation);
  options.measure_id = request.measure_id();
  options.sensitivity = request.include_sensitivity();
  SOLOTRIAL_RETURN_IF_ERROR(
      Compute(loaded.protocol, situation.record, options, language, response->mutable_result()));
  response->mutable_result()->set_manual_clock(clock_.IsManual());
  if (!imported) AddEvents(situation, language, *response->mutable_result());
  return absl::OkStatus();
}

}  // namespace solotrial::service
