// "An audit row that was changed, is missing or was moved is found."
#include "engine/access/audit.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace solotrial::access {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'767'600'000);

class AuditTest : public testing::Test {
 protected:
  AuditTest() {
    const Caller anna{Role::kOwner, "anna", "phone"};
    for (int i = 0; i < 5; ++i) {
      events_.push_back(MakeAuditEvent(anna, kNow + absl::Seconds(i), "TrialService.CreateTrial",
                                       "trials/" + std::to_string(i)));
      Append(head_, events_.back());
    }
  }

  std::optional<int64_t> FirstBroken() const {
    AuditCheck check;
    for (const AuditEvent& event : events_) check.Add(event);
    return check.FirstBroken(head_);
  }

  AuditHead head_;
  std::vector<AuditEvent> events_;
};

TEST_F(AuditTest, AWholeLogIsWhole) {
  EXPECT_EQ(head_.count, 5);
  EXPECT_EQ(FirstBroken(), std::nullopt);
  events_.clear();
  head_ = {};
  EXPECT_EQ(FirstBroken(), std::nullopt);
}

TEST_F(AuditTest, AChangeOfAnythingIsFound) {
  const std::vector<AuditEvent> whole = events_;
  const auto expect_found = [&](auto change) {
    events_ = whole;
    change(events_[2]);
    EXPECT_EQ(FirstBroken(), 3);
  };
  expect_found([](AuditEvent& e) { e.time += absl::Microseconds(1); });
  expect_found([](AuditEvent& e) { e.role = Role::kClinician; });
  expect_found([](AuditEvent& e) { e.device_id = "tablet"; });
  expect_found([](AuditEvent& e) { e.action = "TrialService.DeleteTrial"; });
  expect_found([](AuditEvent& e) { e.subject = "trials/9"; });
  expect_found([](AuditEvent& e) { e.person_id = "bert"; });
  expect_found([](AuditEvent& e) { e.number = 4; });
  expect_found([](AuditEvent& e) { e.hash[0] = static_cast<char>(e.hash[0] ^ 1); });
  // What moves from one part to the next is a change as well.
  expect_found([](AuditEvent& e) {
    e.subject = e.action.back() + e.subject;
    e.action.pop_back();
  });
}

TEST_F(AuditTest, AMissingEventIsFoundWhereverItWas) {
  const std::vector<AuditEvent> whole = events_;
  for (int gone = 0; gone < 5; ++gone) {
    events_ = whole;
    events_.erase(events_.begin() + gone);
    EXPECT_EQ(FirstBroken(), gone + 1);
  }
}

TEST_F(AuditTest, AnAddedOrMovedEventIsFound) {
  std::swap(events_[1], events_[2]);
  EXPECT_EQ(FirstBroken(), 2);
  std::swap(events_[1], events_[2]);
  events_.push_back(events_.back());
  EXPECT_EQ(FirstBroken(), 6);
}

}  // namespace
}  // namespace solotrial::access
