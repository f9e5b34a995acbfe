// Invitations, share links and the audit log.
#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "engine/access/invitation.h"
#include "engine/access/share_link.h"
#include "engine/base/fault.h"
#include "engine/base/uuid.h"
#include "engine/service/access_handlers.h"
#include "engine/service/convert.h"
#include "engine/service/convert_calendar.h"
#include "engine/service/loaded_trial.h"

namespace solotrial::service {
namespace {

constexpr int kMostOpenings = 1000;
constexpr int kLargestPage = 1000;

// `days` of a request, or `fallback` when it is 0; at most `longest`.
absl::StatusOr<absl::Duration> DaysOr(int32_t days, absl::Duration fallback,
                                      absl::Duration longest) {
  if (days == 0) return fallback;
  const auto most = absl::ToInt64Hours(longest) / 24;
  if (days < 0 || days > most) {
    return InvalidField("days",
                        "must be from 1 to " + std::to_string(most) + "; 0 takes the default");
  }
  return absl::Hours(24) * days;
}

v1::Invitation ToProto(const access::Invitation& invitation) {
  v1::Invitation proto;
  proto.set_name(NameOf("invitations", invitation.id));
  proto.set_role(static_cast<v1::Role>(invitation.role));
  proto.set_trial(NameOf("trials", invitation.trial_id));
  *proto.mutable_create_time() = service::ToProto(invitation.create_time);
  *proto.mutable_expire_time() = service::ToProto(invitation.expire_time);
  return proto;
}

v1::ShareLink ToProto(const access::ShareLink& link) {
  v1::ShareLink proto;
  proto.set_name(NameOf("shareLinks", link.id));
  proto.set_trial(NameOf("trials", link.trial_id));
  proto.set_label(link.label);
  *proto.mutable_create_time() = service::ToProto(link.create_time);
  *proto.mutable_expire_time() = service::ToProto(link.expire_time);
  if (link.revoke_time.has_value()) {
    *proto.mutable_revoke_time() = service::ToProto(*link.revoke_time);
  }
  proto.set_openings(link.openings);
  if (link.last_open_time.has_value()) {
    *proto.mutable_last_open_time() = service::ToProto(*link.last_open_time);
  }
  if (link.kind == access::ShareLink::Kind::kCalendar) {
    proto.set_kind(v1::ShareLink::KIND_CALENDAR);
    proto.mutable_calendar()->ParseFromString(link.settings);
  }
  return proto;
}

v1::AuditEvent ToProto(const access::AuditEvent& event) {
  v1::AuditEvent proto;
  proto.set_number(event.number);
  *proto.mutable_time() = service::ToProto(event.time);
  proto.set_role(static_cast<v1::Role>(event.role));
  proto.set_device(NameOf(access::IsLink(event.role) ? "shareLinks" : "devices", event.device_id));
  proto.set_action(event.action);
  proto.set_subject(event.subject);
  proto.set_hash(event.hash);
  return proto;
}

// Whom the request invites, and to what; the rest is still to be set.
absl::StatusOr<access::Invitation> WhomToInvite(const access::Caller& caller,
                                                const v1::CreateInvitationRequest& request) {
  access::Invitation invitation;
  if (request.role() == v1::ROLE_HELPER || request.role() == v1::ROLE_CLINICIAN) {
    invitation.role = static_cast<access::Role>(request.role());
    SOLOTRIAL_ASSIGN_OR_RETURN(invitation.trial_id, TrialId(request.trial()));
    return invitation;
  }
  if (request.role() != v1::ROLE_PARTICIPANT || caller.role != access::Role::kOwner) {
    return InvalidField("role",
                        "must be ROLE_HELPER or ROLE_CLINICIAN, or, from the engine's owner, "
                        "ROLE_PARTICIPANT");
  }
  if (!request.trial().empty()) {
    return InvalidField("trial", "must be empty: a participant has trials of their own");
  }
  invitation.role = access::Role::kParticipant;
  invitation.new_person = true;
  return invitation;
}

}  // namespace

absl::Status AccessHandlers::CreateInvitation(const access::Caller& caller,
                                              const v1::CreateInvitationRequest& request,
                                              v1::Invitation* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(access::Invitation invitation, WhomToInvite(caller, request));
  SOLOTRIAL_ASSIGN_OR_RETURN(
      const absl::Duration life,
      DaysOr(request.days(), access::kInvitationLife, access::kLongestInvitationLife));
  invitation.id = MakeUuid4();
  invitation.person_id = caller.person_id;
  invitation.create_time = clock_.Now();
  invitation.expire_time = invitation.create_time + life;
  access::Code code;
  const absl::Status written =
      store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
        SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteExpired(invitation.create_time));
        if (!invitation.trial_id.empty()) {
          SOLOTRIAL_RETURN_IF_ERROR(
              transaction.GetTrial(caller.person_id, invitation.trial_id).status());
        }
        SOLOTRIAL_ASSIGN_OR_RETURN(const auto waiting,
                                   transaction.ListInvitations(caller.person_id));
        if (waiting.size() >= static_cast<size_t>(access::kMostInvitations)) {
          return FaultStatus(Reason::kWrongState,
                             "20 invitations wait to be claimed already; revoke one first");
        }
        SOLOTRIAL_ASSIGN_OR_RETURN(code, FreeCode(transaction, access::MakeLongCode));
        invitation.lookup = code.lookup;
        invitation.digest = access::CodeDigest(code);
        SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertInvitation(invitation));
        return transaction.AppendAuditEvent(
            access::MakeAuditEvent(caller, invitation.create_time, "AccessService.CreateInvitation",
                                   NameOf("invitations", invitation.id)));
      });
  if (!written.ok()) return written;
  *response = ToProto(invitation);
  response->set_code(access::FormatCode(code));
  response->set_link(Link("pair", "code", response->code()));
  if (invitation.role == access::Role::kParticipant) {
    response->set_web_link(AppLink(response->code()));
  }
  return absl::OkStatus();
}

absl::Status AccessHandlers::ListInvitations(const access::Caller& caller,
                                             const v1::ListInvitationsRequest&,
                                             v1::ListInvitationsResponse* response) const {
  return store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto waiting, transaction.ListInvitations(caller.person_id));
    for (const access::Invitation& invitation : waiting) {
      if (!access::IsLive(invitation.create_time, invitation.expire_time, clock_.Now())) continue;
      *response->add_invitations() = ToProto(invitation);
    }
    return absl::OkStatus();
  });
}

absl::Status AccessHandlers::RevokeInvitation(const access::Caller& caller,
                                              const v1::RevokeInvitationRequest& request,
                                              google::protobuf::Empty*) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string id, AccessId("invitations", request.name()));
  return store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto waiting, transaction.ListInvitations(caller.person_id));
    const auto found =
        std::find_if(waiting.begin(), waiting.end(),
                     [&id](const access::Invitation& invitation) { return invitation.id == id; });
    if (found == waiting.end()) return AccessId("invitations", "").status();
    SOLOTRIAL_RETURN_IF_ERROR(transaction.DeleteInvitation(found->lookup));
    return transaction.AppendAuditEvent(access::MakeAuditEvent(
        caller, clock_.Now(), "AccessService.RevokeInvitation", request.name()));
  });
}

absl::Status AccessHandlers::CreateShareLink(const access::Caller& caller,
                                             const v1::CreateShareLinkRequest& request,
                                             v1::ShareLink* response) const {
  SOLOTRIAL_RETURN_IF_ERROR(access::CheckName("label", request.label()));
  access::ShareLink link;
  SOLOTRIAL_ASSIGN_OR_RETURN(link.trial_id, TrialId(request.trial()));
  const bool calendar = request.kind() == v1::ShareLink::KIND_CALENDAR;
  if (!calendar && request.kind() != v1::ShareLink::KIND_UNSPECIFIED) {
    return InvalidField("kind", "must be KIND_CALENDAR or left out");
  }
  if (!calendar && request.has_calendar()) {
    return InvalidField("calendar", "must be left out but for KIND_CALENDAR");
  }
  SOLOTRIAL_ASSIGN_OR_RETURN(
      const absl::Duration life,
      DaysOr(request.days(), calendar ? access::kLongestLinkLife : access::kLinkLife,
             access::kLongestLinkLife));
  if (calendar) {
    link.kind = access::ShareLink::Kind::kCalendar;
    link.settings = request.calendar().SerializeAsString();
  }
  const std::string token = access::MakeLinkToken();
  link.token_digest = access::TokenDigest(token);
  link.id = MakeUuid4();
  link.person_id = caller.person_id;
  link.label = request.label();
  link.create_time = clock_.Now();
  link.expire_time = link.create_time + life;
  const absl::Status written =
      store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
        SOLOTRIAL_ASSIGN_OR_RETURN(const LoadedTrial loaded,
                                   LoadTrial(caller, transaction, request.trial(), clock_));
        SOLOTRIAL_RETURN_IF_ERROR(ToDomain(request.calendar(), loaded.protocol).status());
        SOLOTRIAL_ASSIGN_OR_RETURN(const auto links, transaction.ListShareLinks(caller.person_id));
        const auto open = std::count_if(
            links.begin(), links.end(),
            [&](const access::ShareLink& other) { return Opens(other, link.create_time); });
        if (open >= access::kMostLinks) {
          return FaultStatus(Reason::kWrongState, "100 links are open already; revoke one first");
        }
        SOLOTRIAL_RETURN_IF_ERROR(transaction.InsertShareLink(link));
        return transaction.AppendAuditEvent(access::MakeAuditEvent(caller, link.create_time,
                                                                   "AccessService.CreateShareLink",
                                                                   NameOf("shareLinks", link.id)));
      });
  if (!written.ok()) return written;
  *response = ToProto(link);
  response->set_token(token);
  response->set_link(Link(calendar ? "calendar" : "share", "token", token));
  if (const std::string url = endpoint_().web_url; !url.empty()) {
    response->set_web_link(calendar ? url + "/calendar/" + token + ".ics" : url + "/s/" + token);
  }
  return absl::OkStatus();
}

absl::Status AccessHandlers::ListShareLinks(const access::Caller& caller,
                                            const v1::ListShareLinksRequest&,
                                            v1::ListShareLinksResponse* response) const {
  return store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto links, transaction.ListShareLinks(caller.person_id));
    for (const access::ShareLink& link : links) *response->add_share_links() = ToProto(link);
    return absl::OkStatus();
  });
}

absl::Status AccessHandlers::ListOpenings(const access::Caller& caller,
                                          const v1::ListOpeningsRequest& request,
                                          v1::ListOpeningsResponse* response) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string id, AccessId("shareLinks", request.name()));
  return store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto links, transaction.ListShareLinks(caller.person_id));
    const bool known = std::any_of(links.begin(), links.end(),
                                   [&id](const access::ShareLink& link) { return link.id == id; });
    if (!known) return AccessId("shareLinks", "").status();
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto openings,
                               transaction.ListOpenings(caller.person_id, id, kMostOpenings));
    for (const absl::Time opening : openings) {
      *response->add_openings()->mutable_open_time() = service::ToProto(opening);
    }
    return absl::OkStatus();
  });
}

absl::Status AccessHandlers::RevokeShareLink(const access::Caller& caller,
                                             const v1::RevokeShareLinkRequest& request,
                                             google::protobuf::Empty*) const {
  SOLOTRIAL_ASSIGN_OR_RETURN(const std::string id, AccessId("shareLinks", request.name()));
  return store_.WriteAndWait([&](store::WriteTransaction& transaction) -> absl::Status {
    SOLOTRIAL_RETURN_IF_ERROR(transaction.RevokeShareLink(caller.person_id, id, clock_.Now()));
    return transaction.AppendAuditEvent(access::MakeAuditEvent(
        caller, clock_.Now(), "AccessService.RevokeShareLink", request.name()));
  });
}

absl::Status AccessHandlers::OpenSharedTrial(const access::Caller& caller,
                                             const v1::OpenSharedTrialRequest& request,
                                             v1::SharedTrial* response) const {
  const std::string name = NameOf("trials", caller.trial_id);
  trial::EffectiveState state = trial::EffectiveState::kDraft;
  SOLOTRIAL_RETURN_IF_ERROR(store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const LoadedTrial loaded,
                               LoadTrial(caller, transaction, name, clock_));
    state = loaded.state;
    *response->mutable_trial() = service::ToProto(loaded);
    // Answers about kidneys, medicines and pregnancy are no part of what is shown.
    response->mutable_trial()->mutable_protocol()->clear_screening();
    response->mutable_trial()->clear_safety();
    return absl::OkStatus();
  }));
  *response->mutable_expire_time() = service::ToProto(caller.expire_time);
  if (state == trial::EffectiveState::kDraft) return absl::OkStatus();
  v1::AnalyzeRequest analyze;
  analyze.set_trial(name);
  analyze.set_locale(request.locale());
  return analysis_.Analyze(caller, analyze, response->mutable_analysis());
}

absl::Status AccessHandlers::ListAuditEvents(const access::Caller& caller,
                                             const v1::ListAuditEventsRequest& request,
                                             v1::ListAuditEventsResponse* response) const {
  if (request.page_size() < 0) return InvalidField("page_size", "must not be negative");
  const int limit =
      request.page_size() == 0 ? kLargestPage : std::min(request.page_size(), kLargestPage);
  int64_t after = 0;
  if (const std::string& token = request.page_token(); !token.empty()) {
    const auto parsed = std::from_chars(token.data(), token.data() + token.size(), after);
    if (parsed.ec != std::errc() || parsed.ptr != token.data() + token.size() || after < 0) {
      return InvalidField("page_token", "must be the next_page_token of an earlier answer");
    }
  }
  return store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    // One more than asked for tells whether there are more.
    SOLOTRIAL_ASSIGN_OR_RETURN(auto events,
                               transaction.ListAuditEvents(caller.person_id, after, limit + 1));
    const bool more = events.size() > static_cast<size_t>(limit);
    if (more) events.pop_back();
    for (const access::AuditEvent& event : events) *response->add_events() = ToProto(event);
    if (more) response->set_next_page_token(std::to_string(events.back().number));
    return absl::OkStatus();
  });
}

absl::Status AccessHandlers::VerifyAuditLog(const access::Caller& caller,
                                            const v1::VerifyAuditLogRequest&,
                                            v1::VerifyAuditLogResponse* response) const {
  return store_.Read([&](store::ReadTransaction& transaction) -> absl::Status {
    SOLOTRIAL_ASSIGN_OR_RETURN(const auto kept, transaction.GetAuditHead(caller.person_id));
    const access::AuditHead head = kept.value_or(access::AuditHead{});
    access::AuditCheck check;
    int64_t after = std::numeric_limits<int64_t>::min();
    while (true) {
      SOLOTRIAL_ASSIGN_OR_RETURN(
          const auto events, transaction.ListAuditEvents(caller.person_id, after, kLargestPage));
      for (const access::AuditEvent& event : events) check.Add(event);
      if (events.size() < static_cast<size_t>(kLargestPage)) break;
      after = events.back().number;
    }
    response->set_events(head.count);
    response->set_head_hash(head.hash);
    if (const auto broken = check.FirstBroken(head); broken.has_value()) {
      response->set_first_broken(*broken);
    }
    return absl::OkStatus();
  });
}

}  // namespace solotrial::service
