// UUIDs: version 7 (RFC 9562) for what is listed by age, version 4 for what must not tell its age.
#ifndef SOLOTRIAL_ENGINE_BASE_UUID_H_
#define SOLOTRIAL_ENGINE_BASE_UUID_H_

#include <string>

#include "absl/time/time.h"

namespace solotrial {

// A new version 7 UUID for `now`, lower case with hyphens; random beyond the millisecond.
std::string MakeUuid7(absl::Time now);

// A new random version 4 UUID.
std::string MakeUuid4();

// Whether `text` is a UUID of any version, lower case with hyphens.
bool IsUuid(const std::string& text);

// Whether `text` is a version 7 UUID, lower case with hyphens.
bool IsUuid7(const std::string& text);

}  // namespace solotrial

#endif  // SOLOTRIAL_ENGINE_BASE_UUID_H_
