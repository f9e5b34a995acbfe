// Entries as text for people.
#ifndef SOLOTRIAL_CLIENTS_CLI_RENDER_DIARY_H_
#define SOLOTRIAL_CLIENTS_CLI_RENDER_DIARY_H_

#include <string>
#include <vector>

#include "solotrial/v1/diary_service.pb.h"
#include "solotrial/v1/entry.pb.h"

namespace solotrial::cli {

// `headache`, `headache@evening`, `dose`, `note`, `retraction`.
std::string EntryKey(const v1::Entry& entry);
// `4`, a note's text, ...
std::string EntryValue(const v1::Entry& entry);

// A table with ids. `history`: every entry in log order, with what it supersedes.
std::string RenderEntries(const std::vector<v1::Entry>& entries, bool history);

// What became of one entry that was sent; `previous` is what counted before, or null.
std::string RenderRecorded(const v1::Entry& entry, const v1::Entry* previous);
// One line, for standard error.
std::string RenderRejected(const v1::Entry& entry, const v1::EntryRejection& rejection);

}  // namespace solotrial::cli

#endif  // SOLOTRIAL_CLIENTS_CLI_RENDER_DIARY_H_
