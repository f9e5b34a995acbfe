#include "clients/cpp/entries.h"

#include <algorithm>
#include <set>

namespace solotrial::client {
namespace {

// Earlier first. The engine keeps microseconds.
bool IsOlder(const v1::Entry* a, const v1::Entry* b) {
  const auto age = [](const v1::Entry& entry) {
    return std::make_tuple(entry.client_time().seconds(), entry.client_time().nanos() / 1000,
                           entry.id());
  };
  return age(*a) < age(*b);
}

bool Corrects(const v1::Entry& entry, const v1::Entry& target) {
  if (!SharesItsKey(entry)) return entry.content_case() == target.content_case();
  return KeyOf(entry) == KeyOf(target);
}

}  // namespace

bool SharesItsKey(const v1::Entry& entry) {
  return entry.has_score() || entry.has_covariate() || entry.has_dose() || entry.has_guess();
}

EntryKey KeyOf(const v1::Entry& entry) {
  const int content = entry.content_case();
  if (!SharesItsKey(entry)) return {content, "", entry.date(), entry.slot(), entry.id()};
  if (entry.has_guess()) {
    // A block is guessed once, on whatever day.
    return {content, std::to_string(entry.guess().block_number()), "", entry.slot(), ""};
  }
  const std::string subject = entry.has_score()       ? entry.score().measure_id()
                              : entry.has_covariate() ? entry.covariate().covariate_id()
                                                      : "";
  return {content, subject, entry.date(), entry.slot(), ""};
}

std::map<EntryKey, v1::Entry> Heads(const std::vector<v1::Entry>& log) {
  std::map<std::string, const v1::Entry*> by_id;
  for (const v1::Entry& entry : log) {
    if (!entry.has_retraction()) by_id[entry.id()] = &entry;
  }
  std::set<std::string> superseded;
  std::vector<const v1::Entry*> by_age;
  for (const auto& [id, entry] : by_id) {
    by_age.push_back(entry);
    const auto target = by_id.find(entry->supersedes());
    if (target != by_id.end() && Corrects(*entry, *target->second))
      superseded.insert(target->first);
  }
  std::sort(by_age.begin(), by_age.end(), IsOlder);

  std::map<EntryKey, v1::Entry> heads;
  std::map<EntryKey, v1::Entry> in_circles;
  for (const v1::Entry* entry : by_age) {
    if (superseded.count(entry->id()) == 0) {
      heads.insert_or_assign(KeyOf(*entry), *entry);
    } else if (SharesItsKey(*entry)) {
      in_circles.insert_or_assign(KeyOf(*entry), *entry);
    }
  }
  heads.merge(in_circles);
  return heads;
}

std::vector<v1::Entry> CurrentEntries(const std::vector<v1::Entry>& log) {
  std::set<std::string> retracted;
  for (const v1::Entry& entry : log) {
    if (entry.has_retraction()) retracted.insert(entry.supersedes());
  }
  std::vector<v1::Entry> counting;
  for (auto& [key, entry] : Heads(log)) {
    if (retracted.count(entry.id()) == 0) counting.push_back(entry);
  }
  std::sort(counting.begin(), counting.end(), [](const v1::Entry& a, const v1::Entry& b) {
    return std::tie(a.date(), a.id()) < std::tie(b.date(), b.id());
  });
  return counting;
}

}  // namespace solotrial::client
