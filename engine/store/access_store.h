// What the store keeps of who may do what: people, devices, credentials, codes, links, audit logs.
//
// Parts of ReadTransaction and WriteTransaction (trial_store.h), and valid as long as those. As
// there, every row belongs to a person, and another person's rows are as if they did not exist; the
// exceptions are what a stranger comes with: a token's digest, a code's lookup.
#ifndef SOLOTRIAL_ENGINE_STORE_ACCESS_STORE_H_
#define SOLOTRIAL_ENGINE_STORE_ACCESS_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/access/audit.h"
#include "engine/access/caller.h"
#include "engine/access/device.h"
#include "engine/access/invitation.h"
#include "engine/access/share_link.h"

namespace solotrial::store {

// What is kept of a recovery phrase.
struct Recovery {
  std::string person_id;
  access::Role role;   // of the person: kOwner or kParticipant
  std::string lookup;  // unique on the engine
  std::string hash;    // access::HashPhrase
};

class AccessReads {
 public:
  virtual ~AccessReads() = default;

  // Of a device or of a share link; expired and revoked ones too, which are the caller's to refuse:
  // a revoked link has the expire time at which it was revoked.
  virtual absl::StatusOr<std::optional<access::Credential>> FindCredential(
      const std::string& token_digest) = 0;
  // That of the engine's own machine; nullopt before the first start.
  virtual absl::StatusOr<std::optional<access::Credential>> FindOwner() = 0;

  // By create time, then id.
  virtual absl::StatusOr<std::vector<access::Device>> ListDevices(const std::string& person_id) = 0;
  virtual absl::StatusOr<std::optional<access::Device>> FindDevice(const std::string& person_id,
                                                                   const std::string& id) = 0;

  virtual absl::StatusOr<std::optional<access::Claim>> FindClaim(const std::string& digest) = 0;
  virtual absl::StatusOr<std::optional<access::Invitation>> FindInvitation(
      const std::string& lookup) = 0;
  // By create time, then id.
  virtual absl::StatusOr<std::vector<access::Invitation>> ListInvitations(
      const std::string& person_id) = 0;

  virtual absl::StatusOr<std::optional<Recovery>> FindRecovery(const std::string& lookup) = 0;
  virtual absl::StatusOr<std::optional<Recovery>> RecoveryOf(const std::string& person_id) = 0;

  // By create time, then id.
  virtual absl::StatusOr<std::vector<access::Approval>> ListApprovals(
      const std::string& person_id) = 0;

  // Newest first.
  virtual absl::StatusOr<std::vector<access::ShareLink>> ListShareLinks(
      const std::string& person_id) = 0;
  // When a link was opened, newest first, at most `limit`.
  virtual absl::StatusOr<std::vector<absl::Time>> ListOpenings(const std::string& person_id,
                                                               const std::string& link_id,
                                                               int limit) = 0;

  // In order after `after_number`, at most `limit` (< 0: all).
  virtual absl::StatusOr<std::vector<access::AuditEvent>> ListAuditEvents(
      const std::string& person_id, int64_t after_number, int limit) = 0;
  // The count and hash that are kept beside the log; nullopt when there is no such person.
  virtual absl::StatusOr<std::optional<access::AuditHead>> GetAuditHead(
      const std::string& person_id) = 0;
};

class AccessWrites {
 public:
  virtual ~AccessWrites() = default;

  // Replaces the credential and device of the engine's own machine, or makes them, with the owner.
  virtual absl::Status PutOwner(const access::Credential& credential, absl::Time now) = 0;
  // `role` is kOwner or kParticipant.
  virtual absl::Status InsertPerson(const std::string& person_id, access::Role role,
                                    absl::Time now) = 0;

  // The person, and the trial of a scoped role, must be known.
  virtual absl::Status InsertDevice(const access::Device& device) = 0;
  // Name, last use and confirmation. ACCESS_NOT_FOUND when it is gone.
  virtual absl::Status UpdateDevice(const access::Device& device) = 0;
  // With its credentials. ACCESS_NOT_FOUND when there is none.
  virtual absl::Status DeleteDevice(const std::string& person_id, const std::string& id) = 0;

  // Digest, person, device, create and expire time; the rest is the device's.
  virtual absl::Status InsertCredential(const access::Credential& credential) = 0;
  // Of a device, all but the one with `kept_digest`.
  virtual absl::Status DeleteOtherCredentials(const std::string& person_id,
                                              const std::string& device_id,
                                              const std::string& kept_digest) = 0;
  // Of a device, all but the earliest: they were never used, or the earliest would be gone.
  virtual absl::Status DeleteLaterCredentials(const std::string& person_id,
                                              const std::string& device_id) = 0;

  virtual absl::Status InsertInvitation(const access::Invitation& invitation) = 0;
  virtual absl::Status CountWrongTry(const std::string& lookup) = 0;
  // No error when there is none.
  virtual absl::Status DeleteInvitation(const std::string& lookup) = 0;
  virtual absl::Status InsertClaim(const access::Claim& claim) = 0;
  // Invitations, claims and approvals of everybody that are over at `now`.
  virtual absl::Status DeleteExpired(absl::Time now) = 0;

  // Replaces the person's.
  virtual absl::Status PutRecovery(const Recovery& recovery) = 0;

  virtual absl::Status InsertApproval(const std::string& person_id,
                                      const access::Approval& approval) = 0;
  // ACCESS_NOT_FOUND when there is none.
  virtual absl::Status DeleteApproval(const std::string& person_id, const std::string& id) = 0;

  virtual absl::Status InsertShareLink(const access::ShareLink& link) = 0;
  // ACCESS_NOT_FOUND when there is none. One that is revoked stays as it is.
  virtual absl::Status RevokeShareLink(const std::string& person_id, const std::string& id,
                                       absl::Time now) = 0;
  virtual absl::Status InsertOpening(const std::string& person_id, const std::string& link_id,
                                     absl::Time now) = 0;

  // Appends to the log of `event.person_id`; sets number and hash. The log of a person who is gone
  // is gone as well: nothing is written then.
  virtual absl::Status AppendAuditEvent(access::AuditEvent event) = 0;
};

}  // namespace solotrial::store

#endif  // SOLOTRIAL_ENGINE_STORE_ACCESS_STORE_H_
