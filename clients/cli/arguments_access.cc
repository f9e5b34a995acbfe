#include "clients/cli/arguments_access.h"

#include <CLI/CLI.hpp>

#include "clients/cli/commands.h"
#include "clients/cli/errors.h"

namespace solotrial::cli {

void AccessArguments::AddTo(CLI::App& app, const AddCommand& add) {
  AddPairing(app, add);
  AddDevices(app, add);
  AddRecovery(app, add);
  AddInvitations(app, add);
  AddSharing(app, add);
  CLI::App* audit = add(&app, "audit", "Who did what when", "", nullptr);
  audit->require_subcommand(1);
  add(audit, "list", "The whole log, in order", "  solotrial audit list\n",
      [](Session& session) { return AuditList(session); });
  add(audit, "verify", "Check that no event was changed or removed",
      "  solotrial audit verify\nEnds with 5 when one was.\n",
      [](Session& session) { return AuditVerify(session); });
}

void AccessArguments::AddPairing(CLI::App& app, const AddCommand& add) {
  add(&app, "pair", "Show a code for another device of yours", "  solotrial pair\n",
      [](Session& session) { return Pair(session); });
  CLI::App* join = add(&app, "join", "Pair this machine by a code or an invitation",
                       "  solotrial join 'solotrial:pair?engine=...&code=...&pin=...'\n"
                       "  solotrial join K7Q2-9XMV-4T8P --engine 192.0.2.1:7311 --pin ...\n",
                       [this](Session& session) { return Join(session, code_, pin_, name_); });
  join->add_option("CODE", code_, "The code, or the whole link in quotes")
      ->type_name("")
      ->required();
  join->add_option("--pin", pin_, "Fingerprint of the engine's own certificate")->type_name("HEX");
  join->add_option("--name", name_, "Name of this device: the machine's")->type_name("TEXT");
}

void AccessArguments::AddDevices(CLI::App& app, const AddCommand& add) {
  CLI::App* group = add(&app, "devices", "List, name and revoke devices", "", nullptr);
  group->require_subcommand(1);
  add(group, "list", "Every device that may touch your trials", "  solotrial devices list\n",
      [](Session& session) { return DevicesList(session); });
  CLI::App* name = add(group, "name", "Give a device a name",
                       "  solotrial devices name 3f2a1b0c \"Anna's phone\"\n",
                       [this](Session& session) { return DevicesName(session, id_, name_); });
  name->add_option("DEVICE", id_, "Its id, or a beginning no other has")->type_name("")->required();
  name->add_option("NAME", name_, "1 to 60 characters")->type_name("")->required();
  CLI::App* revoke = add(group, "revoke", "End a device's access, at once",
                         "  solotrial devices revoke 3f2a1b0c\n",
                         [this](Session& session) { return DevicesRevoke(session, id_); });
  revoke->add_option("DEVICE", id_, "Its id, or a beginning no other has")
      ->type_name("")
      ->required();
  add(group, "rotate", "Get this machine a new token", "  solotrial devices rotate\n",
      [](Session& session) { return DevicesRotate(session); });
  add(group, "sign-out", "End this machine's access", "  solotrial devices sign-out\n",
      [](Session& session) { return DevicesSignOut(session); });
}

void AccessArguments::AddRecovery(CLI::App& app, const AddCommand& add) {
  CLI::App* group = add(&app, "recovery", "The phrase that replaces a lost phone", "", nullptr);
  group->require_subcommand(1);
  add(group, "new", "Make a recovery phrase; the one before is void", "  solotrial recovery new\n",
      [](Session& session) { return RecoveryNew(session); });
  CLI::App* use =
      add(group, "use", "Pair this machine by the phrase",
          "  solotrial recovery use --engine 192.0.2.1:7311 --pin ... --revoke-others\n",
          [this](Session& session) { return RecoveryUse(session, pin_, name_, revoke_others_); });
  use->add_option("--pin", pin_, "Fingerprint of the engine's own certificate")->type_name("HEX");
  use->add_option("--name", name_, "Name of this device: the machine's")->type_name("TEXT");
  use->add_flag("--revoke-others", revoke_others_, "End the access of your other devices");

  CLI::App* confirm = add(&app, "confirm", "Confirm by the phrase that it is you",
                          "  solotrial confirm\n"
                          "  solotrial confirm --ask     by another of your devices\n",
                          [this](Session& session) { return Confirm(session, ask_); });
  confirm->add_flag("--ask", ask_, "Ask your other devices instead");
  CLI::App* approve =
      add(&app, "approve", "Confirm another device, or list what waits",
          "  solotrial approve\n"
          "  solotrial approve 3f2a1b0c 42\n",
          [this](Session& session) -> absl::StatusOr<int> {
            if (id_.empty() != number_.empty()) {
              return UsageError("Name the approval and the number that the other device shows.");
            }
            return Approve(session, id_, number_);
          });
  approve->add_option("APPROVAL", id_, "Its id, or a beginning no other has")->type_name("");
  approve->add_option("NUMBER", number_, "The two digits that the other device shows")
      ->type_name("");
}

void AccessArguments::AddInvitations(CLI::App& app, const AddCommand& add) {
  CLI::App* group = add(&app, "invite", "Invite a helper, a clinician, a participant", "", nullptr);
  group->require_subcommand(1);
  CLI::App* create =
      add(group, "new", "Make an invitation that works once",
          "  solotrial invite new clinician 3f2a\n"
          "  solotrial invite new participant --days 3\n",
          [this](Session& session) { return InviteNew(session, role_, trial_, days_); });
  create->add_option("ROLE", role_, "helper, clinician or participant")->type_name("")->required();
  create->add_option("TRIAL", trial_, "Which trial (see solotrial --help)")->type_name("");
  create->add_option("--days", days_, "For how long, 1 to 30: 7")->type_name("DAYS");
  add(group, "list", "Codes and invitations that wait to be claimed", "  solotrial invite list\n",
      [](Session& session) { return InviteList(session); });
  CLI::App* revoke = add(group, "revoke", "Void an invitation", "  solotrial invite revoke 3f2a\n",
                         [this](Session& session) { return InviteRevoke(session, id_); });
  revoke->add_option("INVITATION", id_, "Its id, or a beginning no other has")
      ->type_name("")
      ->required();
}

void AccessArguments::AddSharing(CLI::App& app, const AddCommand& add) {
  CLI::App* group = add(&app, "share", "Show a trial to a doctor by a link", "", nullptr);
  group->require_subcommand(1);
  CLI::App* create =
      add(group, "create", "Make a link that shows one trial",
          "  solotrial share create --for \"my doctor\"\n"
          "  solotrial share create 3f2a --for \"my doctor\" --days 14\n",
          [this](Session& session) { return ShareCreate(session, trial_, label_, days_); });
  create->add_option("TRIAL", trial_, "Which trial (see solotrial --help)")->type_name("");
  create->add_option("--for", label_, "For whom; only you see it")->type_name("TEXT")->required();
  create->add_option("--days", days_, "For how long, 1 to 365: 30")->type_name("DAYS");
  CLI::App* calendar =
      add(group, "calendar", "Make a link that a calendar subscribes to",
          "  solotrial share calendar\n"
          "  solotrial share calendar 3f2a --remind dose=08:30 --remind score@evening=21:00\n"
          "The link shows reminders only, and never what may not be known.\n",
          [this](Session& session) {
            return ShareCalendar(session, trial_, label_.empty() ? "my calendar" : label_, days_,
                                 reminders_);
          });
  calendar->add_option("TRIAL", trial_, "Which trial (see solotrial --help)")->type_name("");
  calendar->add_option("--for", label_, "A name for the link: my calendar")->type_name("TEXT");
  calendar->add_option("--days", days_, "For how long, 1 to 365: 365")->type_name("DAYS");
  calendar->add_option("--remind", reminders_, "When: dose=08:00, score@SLOT=21:00")
      ->type_name("TIME")
      ->expected(1)
      ->take_all();
  add(group, "list", "Every link, and how often it was opened", "  solotrial share list\n",
      [](Session& session) { return ShareList(session); });
  CLI::App* openings =
      add(group, "openings", "When a link was opened", "  solotrial share openings 3f2a1b0c\n",
          [this](Session& session) { return ShareOpenings(session, id_); });
  openings->add_option("LINK", id_, "Its id, or a beginning no other has")
      ->type_name("")
      ->required();
  CLI::App* revoke =
      add(group, "revoke", "End a link, at once", "  solotrial share revoke 3f2a1b0c\n",
          [this](Session& session) { return ShareRevoke(session, id_); });
  revoke->add_option("LINK", id_, "Its id, or a beginning no other has")->type_name("")->required();
  CLI::App* open =
      add(group, "open", "Show what a link shows",
          "  solotrial share open 'solotrial:share?engine=192.0.2.1:7311&token=...&pin=...'\n",
          [this](Session& session) { return ShareOpen(session, code_); });
  open->add_option("LINK", code_, "The whole link, in quotes")->type_name("")->required();
}

}  // namespace solotrial::cli
