#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/files.h"
#include "clients/cli/offline.h"
#include "clients/cli/render_analysis.h"
#include "clients/cli/render_sensitivity.h"

namespace solotrial::cli {
namespace {

int ExitCodeOf(const AnalyzeOptions& options, v1::Verdict::Decision decision) {
  if (!options.exit_code || decision == v1::Verdict::RESPONDS) return kOk;
  return kDecisionBase + static_cast<int>(decision);
}

// Reads both files into `request`.
template <typename Options, typename Request>
absl::Status LoadFiles(const Options& options, Request& request) {
  if (options.protocol_file == "-" && options.diary_file == "-") {
    return UsageError("Only one of the two files can be standard input.");
  }
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_protocol(), LoadProtocol(options.protocol_file));
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_diary_csv(),
                          ReadFile(options.diary_file, kMaxDiaryBytes));
  return absl::OkStatus();
}

absl::StatusOr<int> AnalyzeFiles(Session& session, const AnalyzeOptions& options) {
  v1::AnalyzeRecordRequest request;
  CLIENT_RETURN_IF_ERROR(LoadFiles(options, request));
  request.set_measure_id(options.measure);
  request.set_locale(session.settings().locale);
  if (options.seed.has_value()) request.set_seed(*options.seed);
  request.set_include_sensitivity(options.sensitivity);
  CLIENT_ASSIGN_OR_RETURN(const v1::AnalysisResult result, AnalyzeRecord(request));
  CLIENT_RETURN_IF_ERROR(session.Print(
      result, RenderResult(result, request.protocol(), session.style(), options.verbose)));
  return ExitCodeOf(options, result.verdict().decision());
}

}  // namespace

absl::StatusOr<int> Analyze(Session& session, const AnalyzeOptions& options) {
  if (!options.protocol_file.empty()) return AnalyzeFiles(session, options);
  CLIENT_ASSIGN_OR_RETURN(
      const v1::Trial trial,
      session.FindTrial(options.trial, {v1::TRIAL_STATE_RUNNING, v1::TRIAL_STATE_PAUSED}));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::AnalyzeRequest request;
  request.set_trial(trial.name());
  request.set_measure_id(options.measure);
  request.set_locale(session.settings().locale);
  request.set_include_sensitivity(options.sensitivity);
  CLIENT_ASSIGN_OR_RETURN(const v1::Analysis analysis, engine->Analyze(request));
  CLIENT_RETURN_IF_ERROR(session.Print(
      analysis, RenderAnalysis(analysis, trial.protocol(), session.style(), options.verbose)));
  return ExitCodeOf(options, analysis.result().verdict().decision());
}

absl::StatusOr<int> Predict(Session& session, const PredictOptions& options) {
  v1::PredictDecisionRequest request;
  request.set_measure_id(options.measure);
  request.set_futures(options.futures);
  if (options.seed.has_value()) request.set_seed(*options.seed);
  v1::Prediction prediction;
  if (!options.protocol_file.empty()) {
    CLIENT_RETURN_IF_ERROR(LoadFiles(options, request));
    CLIENT_ASSIGN_OR_RETURN(prediction, PredictDecision(request));
  } else {
    // Only a trial that has ended can be asked.
    CLIENT_ASSIGN_OR_RETURN(
        const v1::Trial trial,
        session.FindTrial(options.trial, {v1::TRIAL_STATE_COMPLETED, v1::TRIAL_STATE_STOPPED,
                                          v1::TRIAL_STATE_IMPORTED}));
    request.set_trial(trial.name());
    CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
    CLIENT_ASSIGN_OR_RETURN(prediction, engine->PredictDecision(request));
  }
  CLIENT_RETURN_IF_ERROR(session.Print(prediction, RenderPrediction(prediction, session.style())));
  return kOk;
}

absl::StatusOr<int> Watch(Session& session, const std::string& trial, const std::string& measure) {
  CLIENT_ASSIGN_OR_RETURN(
      const v1::Trial chosen,
      session.FindTrial(trial, {v1::TRIAL_STATE_RUNNING, v1::TRIAL_STATE_PAUSED}));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::WatchAnalysisRequest request;
  request.set_trial(chosen.name());
  request.set_measure_id(measure);
  request.set_locale(session.settings().locale);
  absl::Status output;
  CLIENT_RETURN_IF_ERROR(engine->WatchAnalysis(request, [&](const v1::Analysis& analysis) {
    const std::string time = absl::FormatTime("%H:%M:%S", absl::Now(), absl::LocalTimeZone());
    output = session.settings().json ? session.PrintJson(analysis, true)
                                     : WriteStdout(RenderChange(analysis, time, session.style()));
    return output.ok() && !OutputClosed();
  }));
  CLIENT_RETURN_IF_ERROR(output);
  return kOk;
}

}  // namespace solotrial::cli
