// Invitations, share links and the audit log.
#include <fmt/format.h>

#include <map>

#include "clients/cli/access_names.h"
#include "clients/cli/commands.h"
#include "clients/cli/errors.h"
#include "clients/cli/render_analysis.h"
#include "clients/cli/render_trial.h"
#include "clients/cli/text.h"
#include "clients/cli/trial_choice.h"

namespace solotrial::cli {
namespace {

// A clinician may have to confirm a draft first.
const std::vector<v1::TrialState> kInvitedTo = {v1::TRIAL_STATE_DRAFT, v1::TRIAL_STATE_RUNNING,
                                                v1::TRIAL_STATE_PAUSED};

absl::StatusOr<v1::ListShareLinksResponse> AllLinks(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  return engine->Access<v1::ListShareLinksResponse>("ListShareLinks", v1::ListShareLinksRequest());
}

absl::StatusOr<std::string> ChooseLink(Session& session, const std::string& text) {
  CLIENT_ASSIGN_OR_RETURN(const v1::ListShareLinksResponse links, AllLinks(session));
  std::vector<std::string> names;
  for (const v1::ShareLink& link : links.share_links()) names.push_back(link.name());
  return ChooseName(names, text, "link");
}

}  // namespace

absl::StatusOr<int> InviteNew(Session& session, const std::string& role, const std::string& trial,
                              int days) {
  static const std::map<std::string, v1::Role> roles = {{"helper", v1::ROLE_HELPER},
                                                        {"clinician", v1::ROLE_CLINICIAN},
                                                        {"participant", v1::ROLE_PARTICIPANT}};
  const auto found = roles.find(role);
  if (found == roles.end()) {
    return UsageError("'" + role + "' cannot be invited: write helper, clinician or participant.");
  }
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::CreateInvitationRequest request;
  request.set_role(found->second);
  request.set_days(days);
  if (found->second != v1::ROLE_PARTICIPANT) {
    CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kInvitedTo));
    request.set_trial(chosen.name());
  } else if (!trial.empty()) {
    return UsageError("A participant has trials of their own: name none.");
  }
  CLIENT_ASSIGN_OR_RETURN(const v1::Invitation invitation,
                          engine->Access<v1::Invitation>("CreateInvitation", request));
  CLIENT_RETURN_IF_ERROR(session.Print(
      invitation, "Send this to your " + role + "; it works once, until " +
                      ReadableTime(invitation.expire_time()) + ":\n\n  " + invitation.link() +
                      (invitation.web_link().empty()
                           ? ""
                           : "\n\nor, for the app on a phone:\n\n  " + invitation.web_link()) +
                      "\n\nor have this typed:\n\n  " + invitation.code() + "\n"));
  return kOk;
}

absl::StatusOr<int> InviteList(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(
      const v1::ListInvitationsResponse list,
      engine->Access<v1::ListInvitationsResponse>("ListInvitations", v1::ListInvitationsRequest()));
  std::vector<std::vector<std::string>> rows = {{"ID", "FOR", "TRIAL", "UNTIL"}};
  for (const v1::Invitation& invitation : list.invitations()) {
    const bool helper = invitation.role() == v1::ROLE_HELPER;
    const bool clinician = invitation.role() == v1::ROLE_CLINICIAN;
    rows.push_back({ShortId(invitation.name()),
                    helper      ? "helper"
                    : clinician ? "clinician"
                                : "device or participant",
                    ShortId(invitation.trial()), ReadableTime(invitation.expire_time())});
  }
  CLIENT_RETURN_IF_ERROR(session.Print(
      list, rows.size() == 1 ? "Nothing waits to be claimed.\n" : Table(rows, "llll", "")));
  return kOk;
}

absl::StatusOr<int> InviteRevoke(Session& session, const std::string& invitation) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(
      const v1::ListInvitationsResponse list,
      engine->Access<v1::ListInvitationsResponse>("ListInvitations", v1::ListInvitationsRequest()));
  std::vector<std::string> names;
  for (const v1::Invitation& waiting : list.invitations()) names.push_back(waiting.name());
  v1::RevokeInvitationRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_name(), ChooseName(names, invitation, "invitation"));
  CLIENT_ASSIGN_OR_RETURN(const google::protobuf::Empty empty,
                          engine->Access<google::protobuf::Empty>("RevokeInvitation", request));
  CLIENT_RETURN_IF_ERROR(session.Print(empty, "It cannot be claimed any more.\n"));
  return kOk;
}

absl::StatusOr<int> ShareCreate(Session& session, const std::string& trial,
                                const std::string& label, int days) {
  CLIENT_ASSIGN_OR_RETURN(const v1::Trial chosen, session.FindTrial(trial, kGoingOn));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::CreateShareLinkRequest request;
  request.set_trial(chosen.name());
  request.set_label(label);
  request.set_days(days);
  CLIENT_ASSIGN_OR_RETURN(const v1::ShareLink link,
                          engine->Access<v1::ShareLink>("CreateShareLink", request));
  CLIENT_RETURN_IF_ERROR(session.Print(
      link,
      "Whoever has this link sees '" + Clean(chosen.protocol().title()) + "' until " +
          ReadableTime(link.expire_time()) + ", and nothing else:\n\n  " +
          (link.web_link().empty()
               ? link.link()
               : link.web_link() + "\n\nor, with this program, by solotrial share open:\n\n  " +
                     link.link()) +
          "\n\nEvery opening is listed by: solotrial share list\n"));
  return kOk;
}

absl::StatusOr<int> ShareList(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(const v1::ListShareLinksResponse links, AllLinks(session));
  std::vector<std::vector<std::string>> rows = {
      {"ID", "FOR", "TRIAL", "UNTIL", "OPENED", "LAST OPENED"}};
  for (const v1::ShareLink& link : links.share_links()) {
    rows.push_back({ShortId(link.name()), Clean(link.label()), ShortId(link.trial()),
                    link.has_revoke_time() ? "revoked" : ReadableTime(link.expire_time()),
                    std::to_string(link.openings()), ReadableTime(link.last_open_time())});
  }
  CLIENT_RETURN_IF_ERROR(
      session.Print(links, rows.size() == 1 ? "Nothing is shared.\n" : Table(rows, "llllrl", "")));
  return kOk;
}

absl::StatusOr<int> ShareOpenings(Session& session, const std::string& link) {
  v1::ListOpeningsRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_name(), ChooseLink(session, link));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(const v1::ListOpeningsResponse openings,
                          engine->Access<v1::ListOpeningsResponse>("ListOpenings", request));
  std::string text;
  for (const v1::Opening& opening : openings.openings()) {
    text += ReadableTime(opening.open_time()) + "\n";
  }
  CLIENT_RETURN_IF_ERROR(session.Print(openings, text.empty() ? "It was never opened.\n" : text));
  return kOk;
}

absl::StatusOr<int> ShareRevoke(Session& session, const std::string& link) {
  v1::RevokeShareLinkRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_name(), ChooseLink(session, link));
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(const google::protobuf::Empty empty,
                          engine->Access<google::protobuf::Empty>("RevokeShareLink", request));
  CLIENT_RETURN_IF_ERROR(session.Print(empty, "The link shows nothing any more.\n"));
  return kOk;
}

absl::StatusOr<int> ShareOpen(Session& session, const std::string& text) {
  CLIENT_ASSIGN_OR_RETURN(client::AccessLink link, TypedAccessLink(text));
  if (link.what != "share") return UsageError("That link shares no trial.");
  Settings settings = session.settings();
  settings.engine = link.values["engine"];
  settings.token = link.values["token"];
  settings.certificate.clear();
  CLIENT_RETURN_IF_ERROR(AsUsageError(client::CheckAddress(settings.engine)));
  if (const std::string& pin = link.values["pin"]; !pin.empty()) {
    CLIENT_ASSIGN_OR_RETURN(settings.certificate, FetchCertificate(settings.engine, pin));
  }
  CLIENT_ASSIGN_OR_RETURN(const auto engine, Connection::Open(settings));
  v1::OpenSharedTrialRequest request;
  request.set_locale(settings.locale);
  CLIENT_ASSIGN_OR_RETURN(const v1::SharedTrial shared,
                          engine->Access<v1::SharedTrial>("OpenSharedTrial", request));
  std::string shown = RenderTrial(shared.trial(), session.style());
  if (shared.has_analysis()) {
    shown +=
        "\n" + RenderAnalysis(shared.analysis(), shared.trial().protocol(), session.style(), false);
  }
  CLIENT_RETURN_IF_ERROR(session.Print(shared, shown));
  return kOk;
}

absl::StatusOr<int> AuditList(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  v1::ListAuditEventsRequest request;
  v1::ListAuditEventsResponse all;
  do {
    CLIENT_ASSIGN_OR_RETURN(
        const v1::ListAuditEventsResponse page,
        engine->Access<v1::ListAuditEventsResponse>("ListAuditEvents", request));
    all.mutable_events()->MergeFrom(page.events());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  std::vector<std::vector<std::string>> rows = {{"NO", "WHEN", "WHAT", "BY", "ON"}};
  for (const v1::AuditEvent& event : all.events()) {
    const std::string kind = event.subject().substr(0, event.subject().find('/'));
    rows.push_back({std::to_string(event.number()), ReadableTime(event.time()),
                    Clean(event.action()), ShortId(event.device()),
                    event.subject().empty() ? "" : kind + "/" + ShortId(event.subject())});
  }
  CLIENT_RETURN_IF_ERROR(session.Print(all, Table(rows, "rllll", "")));
  return kOk;
}

absl::StatusOr<int> AuditVerify(Session& session) {
  CLIENT_ASSIGN_OR_RETURN(Connection * engine, session.Engine());
  CLIENT_ASSIGN_OR_RETURN(
      const v1::VerifyAuditLogResponse log,
      engine->Access<v1::VerifyAuditLogResponse>("VerifyAuditLog", v1::VerifyAuditLogRequest()));
  std::string hash;
  for (const unsigned char c : log.head_hash()) hash += fmt::format("{:02x}", c);
  const std::string text =
      log.has_first_broken()
          ? fmt::format("Event {} was changed, removed or moved. Nothing from there on is sure.\n",
                        log.first_broken())
          : fmt::format(
                "All {} are as they were written. The last one's hash, to keep elsewhere:\n"
                "  {}\n",
                Count(static_cast<size_t>(log.events()), "event"), hash);
  CLIENT_RETURN_IF_ERROR(session.Print(log, text));
  return log.has_first_broken() ? kWrongState : kOk;
}

}  // namespace solotrial::cli
