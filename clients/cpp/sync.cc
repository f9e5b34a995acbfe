#include "clients/cpp/sync.h"

#include <set>

#include "clients/cpp/fault.h"
#include "solotrial/v1/trial_service.pb.h"

namespace solotrial::client {
namespace {

// A restore while this runs makes everything be sent once more; an engine that changes its epoch at
// every answer is broken.
constexpr int kMostRounds = 5;

absl::Status Send(Channel& engine, Outbox& outbox, const std::string& trial,
                  const std::string& locale, std::set<std::string>* tried, SyncReport* report) {
  while (true) {
    CLIENT_ASSIGN_OR_RETURN(const std::optional<v1::RecordEntriesRequest> batch,
                            outbox.NextBatch(trial, *tried, locale));
    if (!batch.has_value()) return absl::OkStatus();
    for (const v1::Entry& entry : batch->entries()) tried->insert(entry.id());
    CLIENT_ASSIGN_OR_RETURN(
        const v1::RecordEntriesResponse answer,
        engine.Call<v1::RecordEntriesResponse>("DiaryService/RecordEntries", *batch));
    CLIENT_RETURN_IF_ERROR(outbox.ApplyResults(trial, answer));
    for (const v1::EntryResult& result : answer.results()) report->sent += result.accepted();
  }
}

absl::Status Read(Channel& engine, Outbox& outbox, const std::string& trial, SyncReport* report) {
  bool more = true;
  while (more) {
    CLIENT_ASSIGN_OR_RETURN(const v1::ListChangesRequest request, outbox.NextRead(trial));
    CLIENT_ASSIGN_OR_RETURN(
        const v1::ListChangesResponse answer,
        engine.Call<v1::ListChangesResponse>("DiaryService/ListChanges", request));
    CLIENT_RETURN_IF_ERROR(outbox.ApplyChanges(trial, answer));
    report->received += answer.entries_size();
    more = answer.more();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SyncReport> Sync(Channel& engine, Outbox& outbox, const std::string& trial,
                                const std::string& locale) {
  SyncReport report;
  for (int round = 0; round < kMostRounds; ++round) {
    // What is refused for now is tried once a round.
    std::set<std::string> tried;
    CLIENT_RETURN_IF_ERROR(Send(engine, outbox, trial, locale, &tried, &report));
    const absl::Status read = Read(engine, outbox, trial, &report);
    if (ReadFault(read).reason == "EPOCH_CHANGED") {
      CLIENT_RETURN_IF_ERROR(outbox.EpochChanged(trial));
      continue;
    }
    CLIENT_RETURN_IF_ERROR(read);
    CLIENT_ASSIGN_OR_RETURN(const std::optional<v1::RecordEntriesRequest> rest,
                            outbox.NextBatch(trial, tried, locale));
    if (!rest.has_value()) break;
  }
  v1::GetTrialRequest request;
  request.set_name(trial);
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial now,
                          engine.Call<v1::Trial>("TrialService/GetTrial", request));
  CLIENT_RETURN_IF_ERROR(outbox.Follow(now));
  CLIENT_ASSIGN_OR_RETURN(report.refused, outbox.ListRefused(trial));
  CLIENT_ASSIGN_OR_RETURN(report.notices, outbox.TakeNotices(trial));
  return report;
}

}  // namespace solotrial::client
