#include "clients/cli/trial_choice.h"

#include <algorithm>
#include <cctype>

#include "clients/cli/errors.h"
#include "clients/cli/text.h"

namespace solotrial::cli {
namespace {

constexpr char kCollection[] = "trials/";
constexpr size_t kUuidLength = 36;
constexpr size_t kShortestPrefix = 4;

// Without `trials/`, lower case.
std::string IdOf(std::string text) {
  if (text.rfind(kCollection, 0) == 0) text.erase(0, sizeof(kCollection) - 1);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool IsPartOfUuid(const std::string& id) {
  return id.size() <= kUuidLength && std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return std::isxdigit(c) != 0 || c == '-';
         });
}

std::string Listing(const std::vector<v1::Trial>& trials, const std::vector<v1::Trial>& all) {
  std::string list;
  for (const v1::Trial& trial : trials) {
    list += (list.empty() ? "" : "; ") + ShortTrialId(trial, all) + " (" +
            StateWord(trial.state()) + ": " + Shorten(trial.protocol().title(), 40) + ")";
  }
  return list;
}

}  // namespace

std::string FullTrialName(const std::string& text) {
  const std::string id = IdOf(text);
  return id.size() == kUuidLength && IsPartOfUuid(id) ? kCollection + id : "";
}

absl::StatusOr<v1::Trial> ChooseTrial(const std::vector<v1::Trial>& trials, const std::string& text,
                                      const std::vector<v1::TrialState>& states) {
  if (text.empty()) {
    std::vector<v1::Trial> fitting;
    for (const v1::Trial& trial : trials) {
      if (std::find(states.begin(), states.end(), trial.state()) != states.end()) {
        fitting.push_back(trial);
      }
    }
    if (fitting.size() == 1) return fitting.front();
    if (trials.size() == 1) return trials.front();
    if (trials.empty()) {
      return WithHint(MissingError("There is no trial yet."),
                      "Set one up: solotrial protocol new --symptom restless-legs, then "
                      "solotrial trial create protocol.json");
    }
    return UsageError("Which trial? Name one of: " +
                      Listing(fitting.empty() ? trials : fitting, trials));
  }
  const std::string id = IdOf(text);
  if (id.size() < kShortestPrefix || !IsPartOfUuid(id)) {
    return UsageError("'" + text + "' is no trial: write its id or at least the first " +
                      std::to_string(kShortestPrefix) + " characters of it (see solotrial trial " +
                      "list).");
  }
  std::vector<v1::Trial> fitting;
  for (const v1::Trial& trial : trials) {
    if (IdOf(trial.name()).rfind(id, 0) == 0) fitting.push_back(trial);
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty()) return MissingError("No trial's id begins with '" + id + "'.");
  return UsageError("More than one trial's id begins with '" + id +
                    "': " + Listing(fitting, trials));
}

std::string ShortTrialId(const v1::Trial& trial, const std::vector<v1::Trial>& trials) {
  const std::string id = IdOf(trial.name());
  size_t length = 8;
  for (const v1::Trial& other : trials) {
    const std::string other_id = IdOf(other.name());
    if (other_id == id) continue;
    const auto differ = std::mismatch(id.begin(), id.end(), other_id.begin(), other_id.end());
    length = std::max(length, static_cast<size_t>(differ.first - id.begin()) + 1);
  }
  return id.substr(0, length);
}

std::string StateWord(v1::TrialState state) {
  switch (state) {
    case v1::TRIAL_STATE_DRAFT:
      return "draft";
    case v1::TRIAL_STATE_RUNNING:
      return "running";
    case v1::TRIAL_STATE_PAUSED:
      return "paused";
    case v1::TRIAL_STATE_COMPLETED:
      return "completed";
    case v1::TRIAL_STATE_STOPPED:
      return "stopped";
    case v1::TRIAL_STATE_IMPORTED:
      return "imported";
    default:
      return "unknown";
  }
}

}  // namespace solotrial::cli
