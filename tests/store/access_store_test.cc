// Devices, credentials, codes, links and audit logs: what is written is what is read, by the person
// it belongs to and by nobody else.
#include "engine/store/access_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/base/fault.h"
#include "engine/store/trial_store.h"
#include "tests/store/raw_database.h"
#include "tests/store/samples.h"

namespace solotrial::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kPhone[] = "d0000000-0000-4000-8000-000000000021";
constexpr char kLink[] = "10000000-0000-4000-8000-000000000031";

std::string Digest(char c) { return std::string(32, c); }

access::Device Phone(const std::string& person_id) {
  access::Device device;
  device.id = kPhone;
  device.person_id = person_id;
  device.role = access::Role::kParticipant;
  device.name = "phone";
  device.create_time = device.last_use_time = Noon(2);
  device.confirmed_until = absl::UnixEpoch();
  return device;
}

access::Credential Token(const std::string& digest, const std::string& device_id) {
  access::Credential credential;
  credential.token_digest = digest;
  credential.person_id = kAnna;
  credential.device_id = device_id;
  credential.create_time = Noon(2);
  credential.expire_time = Noon(30);
  return credential;
}

access::Invitation Waiting(const std::string& lookup, absl::Time expire_time) {
  access::Invitation invitation;
  invitation.lookup = lookup;
  invitation.id = "i-" + lookup;
  invitation.person_id = kAnna;
  invitation.digest = Digest('c');
  invitation.role = access::Role::kClinician;
  invitation.trial_id = kSleep;
  invitation.create_time = Noon(1);
  invitation.expire_time = expire_time;
  return invitation;
}

access::ShareLink Link() {
  access::ShareLink link;
  link.token_digest = Digest('l');
  link.id = kLink;
  link.person_id = kAnna;
  link.trial_id = kSleep;
  link.label = "my doctor";
  link.create_time = Noon(2);
  link.expire_time = Noon(9);
  return link;
}

class AccessStoreTest : public ::testing::Test {
 protected:
  AccessStoreTest() : store_(OpenWithTrial(path_)) {
    EXPECT_TRUE(Write([](WriteTransaction& t) {
                  SOLOTRIAL_RETURN_IF_ERROR(
                      t.InsertPerson(kBert, access::Role::kParticipant, Noon(1)));
                  return t.InsertTrial(SampleTrial(kBert, kPain));
                }).ok());
  }

  absl::Status Write(std::function<absl::Status(WriteTransaction&)> body) {
    return store_->WriteAndWait(std::move(body));
  }
  // What `get` finds in a snapshot; the test fails when it cannot be read.
  template <typename Get>
  auto Read(const Get& get) {
    using Result = decltype(get(std::declval<ReadTransaction&>()));
    Result result = absl::UnknownError("not called");
    EXPECT_TRUE(store_
                    ->Read([&](ReadTransaction& t) {
                      result = get(t);
                      return result.status();
                    })
                    .ok());
    return *result;
  }
  std::optional<access::Credential> Find(const std::string& digest) {
    return Read([&](ReadTransaction& t) { return t.FindCredential(digest); });
  }
  static Reason ReasonOf(const absl::Status& status) { return FaultOf(status).reason; }

  TemporaryDirectory directory_;
  const std::string path_ = directory_.File("trial.db");
  std::unique_ptr<TrialStore> store_;
};

TEST_F(AccessStoreTest, ADeviceAndItsCredentialAreKept) {
  access::Device phone = Phone(kAnna);
  ASSERT_TRUE(Write([&](WriteTransaction& t) {
                SOLOTRIAL_RETURN_IF_ERROR(t.InsertDevice(phone));
                return t.InsertCredential(Token(Digest('1'), kPhone));
              }).ok());
  const std::optional<access::Credential> found = Find(Digest('1'));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->role, access::Role::kParticipant);
  EXPECT_EQ(found->person_id, kAnna);
  EXPECT_EQ(found->device_id, kPhone);
  EXPECT_EQ(found->trial_id, "");
  EXPECT_FALSE(found->local);
  EXPECT_EQ(found->expire_time, Noon(30));
  EXPECT_FALSE(found->replaces);
  EXPECT_FALSE(Find(Digest('2')).has_value());

  phone.name = "old phone";
  phone.last_use_time = Noon(3);
  phone.confirmed_until = Noon(4);
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.UpdateDevice(phone); }).ok());
  EXPECT_EQ(Find(Digest('1'))->confirmed_until, Noon(4));
  const auto devices = Read([](ReadTransaction& t) { return t.ListDevices(kAnna); });
  ASSERT_THAT(devices, SizeIs(2));  // the engine's own machine is the other
  EXPECT_TRUE(devices[0].local);
  EXPECT_EQ(devices[1].name, "old phone");
  EXPECT_EQ(devices[1].last_use_time, Noon(3));

  ASSERT_TRUE(Write([](WriteTransaction& t) { return t.DeleteDevice(kAnna, kPhone); }).ok());
  EXPECT_FALSE(Find(Digest('1')).has_value());
}

TEST_F(AccessStoreTest, AnotherPersonsDeviceIsNotThere) {
  ASSERT_TRUE(Write([](WriteTransaction& t) { return t.InsertDevice(Phone(kAnna)); }).ok());
  EXPECT_THAT(Read([](ReadTransaction& t) { return t.ListDevices(kBert); }), IsEmpty());
  EXPECT_FALSE(Read([](ReadTransaction& t) { return t.FindDevice(kBert, kPhone); }).has_value());
  access::Device theirs = Phone(kBert);
  EXPECT_EQ(ReasonOf(Write([&](WriteTransaction& t) { return t.UpdateDevice(theirs); })),
            Reason::kAccessNotFound);
  EXPECT_EQ(ReasonOf(Write([](WriteTransaction& t) { return t.DeleteDevice(kBert, kPhone); })),
            Reason::kAccessNotFound);
}

TEST_F(AccessStoreTest, ALaterTokenReplacesTheEarlierOne) {
  ASSERT_TRUE(Write([](WriteTransaction& t) {
                SOLOTRIAL_RETURN_IF_ERROR(t.InsertDevice(Phone(kAnna)));
                for (const char c : {'1', '2', '3'}) {
                  SOLOTRIAL_RETURN_IF_ERROR(t.InsertCredential(Token(Digest(c), kPhone)));
                }
                return absl::OkStatus();
              }).ok());
  EXPECT_FALSE(Find(Digest('1'))->replaces);
  EXPECT_TRUE(Find(Digest('2'))->replaces);
  ASSERT_TRUE(Write([](WriteTransaction& t) {
                return t.DeleteOtherCredentials(kAnna, kPhone, Digest('2'));
              }).ok());
  EXPECT_FALSE(Find(Digest('1')).has_value());
  EXPECT_FALSE(Find(Digest('3')).has_value());
  EXPECT_FALSE(Find(Digest('2'))->replaces);
}

TEST_F(AccessStoreTest, TokensThatWereNeverUsedCanBeTakenBack) {
  ASSERT_TRUE(Write([](WriteTransaction& t) {
                SOLOTRIAL_RETURN_IF_ERROR(t.InsertDevice(Phone(kAnna)));
                for (const char c : {'1', '2', '3'}) {
                  SOLOTRIAL_RETURN_IF_ERROR(t.InsertCredential(Token(Digest(c), kPhone)));
                }
                return t.DeleteLaterCredentials(kAnna, kPhone);
              }).ok());
  EXPECT_TRUE(Find(Digest('1')).has_value());
  EXPECT_FALSE(Find(Digest('2')).has_value());
  EXPECT_FALSE(Find(Digest('3')).has_value());
}

TEST_F(AccessStoreTest, AHelpersDeviceGoesWithItsTrial) {
  access::Device helper = Phone(kAnna);
  helper.role = access::Role::kHelper;
  EXPECT_FALSE(Write([&](WriteTransaction& t) { return t.InsertDevice(helper); }).ok());
  helper.trial_id = kPain;  // of Bert
  EXPECT_FALSE(Write([&](WriteTransaction& t) { return t.InsertDevice(helper); }).ok());
  helper.trial_id = kSleep;
  ASSERT_TRUE(Write([&](WriteTransaction& t) {
                SOLOTRIAL_RETURN_IF_ERROR(t.InsertDevice(helper));
                SOLOTRIAL_RETURN_IF_ERROR(t.InsertCredential(Token(Digest('1'), kPhone)));
                SOLOTRIAL_RETURN_IF_ERROR(t.InsertInvitation(Waiting("AAAAA", Noon(9))));
                return t.InsertShareLink(Link());
              }).ok());
  EXPECT_EQ(Find(Digest('1'))->trial_id, kSleep);
  ASSERT_TRUE(Write([](WriteTransaction& t) { return t.DeleteTrial(kAnna, kSleep); }).ok());
  EXPECT_FALSE(Find(Digest('1')).has_value());
  EXPECT_FALSE(Find(Digest('l')).has_value());
  EXPECT_THAT(Read([](ReadTransaction& t) { return t.ListInvitations(kAnna); }), IsEmpty());
}

TEST_F(AccessStoreTest, AnInvitationWaitsUntilItIsClaimedOrOver) {
  ASSERT_TRUE(Write([](WriteTransaction& t) {
                SOLOTRIAL_RETURN_IF_ERROR(t.InsertInvitation(Waiting("AA", Noon(5))));
                SOLOTRIAL_RETURN_IF_ERROR(t.InsertInvitation(Waiting("BB", Noon(6))));
                return t.CountWrongTry("AA");
              }).ok());
  const auto find = [&](const char* lookup) {
    return Read([&](ReadTransaction& t) { return t.FindInvitation(lookup); });
  };
  ASSERT_TRUE(find("AA").has_value());
  EXPECT_EQ(find("AA")->wrong_tries, 1);
  EXPECT_EQ(find("AA")->trial_id, kSleep);
  EXPECT_EQ(find("AA")->role, access::Role::kClinician);
  EXPECT_EQ(find("AA")->expire_time, Noon(5));
  EXPECT_FALSE(find("CC").has_value());
  EXPECT_FALSE(
      Write([](WriteTransaction& t) { return t.InsertInvitation(Waiting("AA", Noon(5))); }).ok());
  ASSERT_TRUE(Write([](WriteTransaction& t) { return t.DeleteExpired(Noon(5)); }).ok());
  EXPECT_FALSE(find("AA").has_value());
  EXPECT_TRUE(find("BB").has_value());
  EXPECT_THAT(Read([](ReadTransaction& t) { return t.ListInvitations(kBert); }), IsEmpty());
  ASSERT_TRUE(Write([](WriteTransaction& t) { return t.DeleteInvitation("BB"); }).ok());
  EXPECT_FALSE(find("BB").has_value());
}

TEST_F(AccessStoreTest, AnApprovalWaitsForTheOtherDevice) {
  ASSERT_TRUE(Write([](WriteTransaction& t) {
                SOLOTRIAL_RETURN_IF_ERROR(t.InsertDevice(Phone(kAnna)));
                return t.InsertApproval(kAnna, {"a1", kPhone, "42", Noon(1), Noon(2)});
              }).ok());
  const auto waiting = Read([](ReadTransaction& t) { return t.ListApprovals(kAnna); });
  ASSERT_THAT(waiting, SizeIs(1));
  EXPECT_EQ(waiting[0].device_id, kPhone);
  EXPECT_EQ(waiting[0].number, "42");
  EXPECT_THAT(Read([](ReadTransaction& t) { return t.ListApprovals(kBert); }), IsEmpty());
  EXPECT_EQ(ReasonOf(Write([](WriteTransaction& t) { return t.DeleteApproval(kBert, "a1"); })),
            Reason::kAccessNotFound);
  ASSERT_TRUE(Write([](WriteTransaction& t) { return t.DeleteApproval(kAnna, "a1"); }).ok());
  EXPECT_THAT(Read([](ReadTransaction& t) { return t.ListApprovals(kAnna); }), IsEmpty());
}

TEST_F(AccessStoreTest, ARecoveryPhraseIsReplacedWhole) {
  const auto find = [&](const char* lookup) {
    return Read([&](ReadTransaction& t) { return t.FindRecovery(lookup); });
  };
  const auto put = [&](const Recovery& recovery) {
    return Write([&](WriteTransaction& t) { return t.PutRecovery(recovery); });
  };
  EXPECT_FALSE(Read([](ReadTransaction& t) { return t.RecoveryOf(kAnna); }).has_value());
  ASSERT_TRUE(put({kAnna, access::Role::kOwner, "AAAAA", "hash"}).ok());
  EXPECT_EQ(find("AAAAA")->person_id, kAnna);
  EXPECT_EQ(find("AAAAA")->role, access::Role::kOwner);
  EXPECT_EQ(find("AAAAA")->hash, "hash");
  EXPECT_FALSE(put({kBert, access::Role::kParticipant, "AAAAA", "theirs"}).ok());
  ASSERT_TRUE(put({kAnna, access::Role::kOwner, "BBBBB", "newer"}).ok());
  EXPECT_FALSE(find("AAAAA").has_value());
  EXPECT_EQ(Read([](ReadTransaction& t) { return t.RecoveryOf(kAnna); })->hash, "newer");
}

TEST_F(AccessStoreTest, ALinkCountsItsOpeningsAndEndsWhenItIsRevoked) {
  ASSERT_TRUE(Write([](WriteTransaction& t) { return t.InsertShareLink(Link()); }).ok());
  EXPECT_EQ(Find(Digest('l'))->role, access::Role::kShareLink);
  EXPECT_EQ(Find(Digest('l'))->trial_id, kSleep);
  EXPECT_EQ(Find(Digest('l'))->device_id, kLink);
  EXPECT_EQ(Find(Digest('l'))->expire_time, Noon(9));
  const auto links = [&] {
    return Read([](ReadTransaction& t) { return t.ListShareLinks(kAnna); });
  };
  ASSERT_THAT(links(), SizeIs(1));
  EXPECT_EQ(links()[0].openings, 0);
  EXPECT_FALSE(links()[0].last_open_time.has_value());
  for (const int day : {3, 4, 5}) {
    ASSERT_TRUE(
        Write([&](WriteTransaction& t) { return t.InsertOpening(kAnna, kLink, Noon(day)); }).ok());
  }
  EXPECT_EQ(links()[0].openings, 3);
  EXPECT_EQ(links()[0].last_open_time, Noon(5));
  EXPECT_EQ(links()[0].label, "my doctor");
  EXPECT_THAT(Read([](ReadTransaction& t) { return t.ListOpenings(kAnna, kLink, 2); }),
              ElementsAre(Noon(5), Noon(4)));
  EXPECT_THAT(Read([](ReadTransaction& t) { return t.ListOpenings(kBert, kLink, 2); }), IsEmpty());
  EXPECT_THAT(Read([](ReadTransaction& t) { return t.ListShareLinks(kBert); }), IsEmpty());

  EXPECT_EQ(
      ReasonOf(Write([](WriteTransaction& t) { return t.RevokeShareLink(kBert, kLink, Noon(6)); })),
      Reason::kAccessNotFound);
  for (const int day : {6, 7}) {
    ASSERT_TRUE(Write([&](WriteTransaction& t) {
                  return t.RevokeShareLink(kAnna, kLink, Noon(day));
                }).ok());
  }
  EXPECT_EQ(links()[0].revoke_time, Noon(6));
  EXPECT_EQ(Find(Digest('l'))->expire_time, Noon(6));
}

TEST_F(AccessStoreTest, ACalendarLinkKeepsItsSettingsAndItsRole) {
  access::ShareLink link = Link();
  link.kind = access::ShareLink::Kind::kCalendar;
  link.settings = std::string("when\0and how", 12);
  ASSERT_TRUE(Write([&](WriteTransaction& t) { return t.InsertShareLink(link); }).ok());
  EXPECT_EQ(Find(Digest('l'))->role, access::Role::kCalendarLink);
  const auto links = Read([](ReadTransaction& t) { return t.ListShareLinks(kAnna); });
  EXPECT_EQ(links[0].kind, access::ShareLink::Kind::kCalendar);
  EXPECT_EQ(links[0].settings, link.settings);
}

TEST_F(AccessStoreTest, AnAuditLogIsAChainPerPerson) {
  const access::Caller anna{access::Role::kOwner, kAnna, kPhone};
  const access::Caller bert{access::Role::kParticipant, kBert, "tablet"};
  ASSERT_TRUE(Write([&](WriteTransaction& t) {
                for (int i = 0; i < 3; ++i) {
                  SOLOTRIAL_RETURN_IF_ERROR(t.AppendAuditEvent(access::MakeAuditEvent(
                      anna, Noon(i), "TrialService.StartTrial", "trials/x")));
                  SOLOTRIAL_RETURN_IF_ERROR(t.AppendAuditEvent(
                      access::MakeAuditEvent(bert, Noon(i), "TrialService.StopTrial", "")));
                }
                return absl::OkStatus();
              }).ok());
  const auto first_broken = [&](const char* person) {
    access::AuditCheck check;
    for (const access::AuditEvent& event :
         Read([&](ReadTransaction& t) { return t.ListAuditEvents(person, 0, -1); })) {
      check.Add(event);
    }
    return check.FirstBroken(*Read([&](ReadTransaction& t) { return t.GetAuditHead(person); }));
  };
  const auto events = Read([](ReadTransaction& t) { return t.ListAuditEvents(kAnna, 1, 1); });
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].number, 2);
  EXPECT_EQ(events[0].time, Noon(1));
  EXPECT_EQ(events[0].action, "TrialService.StartTrial");
  EXPECT_EQ(first_broken(kAnna), std::nullopt);
  EXPECT_EQ(first_broken(kBert), std::nullopt);

  // Of nobody nothing is kept.
  EXPECT_TRUE(Write([](WriteTransaction& t) {
                return t.AppendAuditEvent(access::MakeAuditEvent(
                    {access::Role::kOwner, "nobody", ""}, Noon(1), "OwnerMade", ""));
              }).ok());
  EXPECT_FALSE(Read([](ReadTransaction& t) { return t.GetAuditHead("nobody"); }).has_value());

  store_.reset();
  RawDatabase(path_).Run("UPDATE audit_event SET action = 'x' WHERE number = 2 AND person_id = '" +
                         std::string(kAnna) + "'");
  RawDatabase(path_).Run("DELETE FROM audit_event WHERE number = 3 AND person_id = '" +
                         std::string(kBert) + "'");
  store_ = OpenOrDie(path_);
  EXPECT_EQ(first_broken(kAnna), 2);
  EXPECT_EQ(first_broken(kBert), 3);
}

}  // namespace
}  // namespace solotrial::store
