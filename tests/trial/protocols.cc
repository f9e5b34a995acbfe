#include "tests/trial/protocols.h"

#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "engine/trial/catalog.h"

namespace solotrial::trial {

Protocol PairedProtocol() {
  Protocol protocol;
  protocol.title = "Does magnesium calm my legs?";
  protocol.design = {.randomization = Randomization::kPaired, .block_days = 7, .pairs = 3};
  Measure legs;
  legs.id = "legs";
  legs.family = inference::Family::kOrdinal;
  legs.minimum = 0;
  legs.maximum = 10;
  legs.lower_is_better = true;
  legs.minimal_important_difference = 1;
  legs.primary = true;
  protocol.measures = {legs};
  protocol.covariates = {{.id = "weekend", .binary = true}};
  protocol.intervention = Intervention{"magnesium", "Take it.", "", {}};
  protocol.time_zone = "Europe/Berlin";
  protocol.screening = AllAnsweredNo();
  protocol.screening.acknowledged = {"unknown_dose"};
  return protocol;
}

Screening AllAnsweredNo() {
  Screening screening{.region = "EU"};
  for (const CatalogFinding& finding : TheCatalog().findings) {
    if (finding.computed) continue;
    screening.answers.push_back({finding.id, SafetyAnswer::Answer::kNo});
  }
  return screening;
}

Trial StartedTrial(const Protocol& protocol, Date start, const Allocation& allocation) {
  Trial trial;
  trial.id = "5d2c1f3e-0000-4000-8000-000000000001";
  trial.person_id = "5d2c1f3e-0000-4000-8000-000000000002";
  const absl::Status status = Start(trial, protocol, "{}", std::string(32, 's'), start, start);
  EXPECT_TRUE(status.ok()) << status;
  trial.allocation = allocation;
  return trial;
}

std::string Id(int serial) { return absl::StrFormat("0191e6d0-0000-7000-8000-%012d", serial); }

Entry Score(int serial, Date date, double value) {
  Entry entry;
  entry.id = Id(serial);
  entry.date = date;
  entry.client_time = absl::FromUnixSeconds(1'800'000'000 + serial);
  entry.kind = Entry::Kind::kScore;
  entry.subject = "legs";
  entry.value = value;
  entry.sequence = serial;
  return entry;
}

}  // namespace solotrial::trial
