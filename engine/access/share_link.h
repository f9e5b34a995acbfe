// A link that shows one trial, or its reminders, to whoever holds it, until it expires or is
// revoked.
#ifndef SOLOTRIAL_ENGINE_ACCESS_SHARE_LINK_H_
#define SOLOTRIAL_ENGINE_ACCESS_SHARE_LINK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "engine/access/caller.h"

namespace solotrial::access {

inline constexpr absl::Duration kLinkLife = absl::Hours(30 * 24);
inline constexpr absl::Duration kLongestLinkLife = absl::Hours(365 * 24);
// Links of one person that are kept, revoked and expired ones included.
inline constexpr int kMostLinks = 100;

struct ShareLink {
  // Persisted: never renumber. The role of a link is Role::kShareLink plus its kind.
  enum class Kind {
    kSummary = 0,   // shows the trial
    kCalendar = 1,  // shows its reminders, and nothing else
  };
  std::string token_digest;  // SHA-256 of the token, 32 bytes
  std::string id;            // UUID
  std::string person_id;
  std::string trial_id;
  std::string label;  // for whom, in the person's words
  Kind kind = Kind::kSummary;
  std::string settings;  // of a calendar; opaque to every room but service
  absl::Time create_time;
  absl::Time expire_time;
  std::optional<absl::Time> revoke_time;
  int64_t openings = 0;
  std::optional<absl::Time> last_open_time;
};

// Whether the link still opens.
inline bool Opens(const ShareLink& link, absl::Time now) {
  return !link.revoke_time.has_value() && IsLive(link.create_time, link.expire_time, now);
}

}  // namespace solotrial::access

#endif  // SOLOTRIAL_ENGINE_ACCESS_SHARE_LINK_H_
