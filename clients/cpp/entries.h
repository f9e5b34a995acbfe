// Which of the things that a person said about a day count.
#ifndef SOLOTRIAL_CLIENTS_CPP_ENTRIES_H_
#define SOLOTRIAL_CLIENTS_CPP_ENTRIES_H_

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "solotrial/v1/entry.pb.h"

namespace solotrial::client {

// What two entries share of which only one can count (see solotrial.v1.Entry): the content's field
// number, its subject, date, slot; and the entry's own id where every entry counts by itself, as
// notes do and whatever this library does not know.
using EntryKey = std::tuple<int, std::string, std::string, std::string, std::string>;

EntryKey KeyOf(const v1::Entry& entry);
// Whether only one entry of its key can count.
bool SharesItsKey(const v1::Entry& entry);

// The last word on every key, also where it was taken back: what a correction supersedes.
std::map<EntryKey, v1::Entry> Heads(const std::vector<v1::Entry>& log);

// The entries that count, by date, then id. Any order of `log` gives the same.
//
// The engine's own rule, for a device that is offline: of every key the latest entry that none
// supersedes, unless it was taken back; where entries supersede each other in a circle, the latest
// of all.
std::vector<v1::Entry> CurrentEntries(const std::vector<v1::Entry>& log);

}  // namespace solotrial::client

#endif  // SOLOTRIAL_CLIENTS_CPP_ENTRIES_H_
