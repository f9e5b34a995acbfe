// The doctor's door, as a browser without script meets it.
#include <gmock/gmock.h>

#include "engine/base/uuid.h"
#include "tests/web/door.h"

namespace solotrial::web {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SharePagesTest : public DoorTest {
 protected:
  SharePagesTest() {
    Open();
    trial_ = StartedTrial();
    Record(trial_, {Score(1, service::kMonday, 3)});
  }

  HttpReply Get(const std::string& path, const std::vector<std::string>& headers = {}) {
    return HttpClient(address()).Ask("GET", path, headers);
  }
  // As a person makes one.
  v1::ShareLink MakeLink() {
    v1::CreateShareLinkRequest request;
    request.set_trial(trial_);
    request.set_label("my doctor");
    v1::ShareLink link;
    EXPECT_TRUE(Call(*access_, &v1::AccessService::Stub::CreateShareLink, request, &link).ok());
    return link;
  }
  int Openings(const v1::ShareLink& link) {
    v1::ListOpeningsRequest request;
    request.set_name(link.name());
    v1::ListOpeningsResponse response;
    EXPECT_TRUE(Call(*access_, &v1::AccessService::Stub::ListOpenings, request, &response).ok());
    return response.openings_size();
  }

  std::string trial_;
};

TEST_F(SharePagesTest, TheLinkOpensTheSummaryWithNothingButABrowser) {
  const v1::ShareLink link = MakeLink();
  EXPECT_EQ(link.web_link(), door_->url() + "/s/" + link.token());
  const HttpReply page = Get("/s/" + link.token());
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.Header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("Does magnesium calm my legs?"));
  EXPECT_THAT(page.body, HasSubstr("href=\"" + link.token() + "/summary.pdf?lang=en\""));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  EXPECT_EQ(page.Header("cache-control"), "no-store");
  EXPECT_EQ(page.Header("referrer-policy"), "no-referrer");
  EXPECT_EQ(page.Header("x-content-type-options"), "nosniff");
  EXPECT_THAT(page.Header("content-security-policy"), HasSubstr("default-src 'none'"));
  EXPECT_THAT(page.Header("x-robots-tag"), HasSubstr("noindex"));
  EXPECT_EQ(page.Header("set-cookie"), "");
  // One look is one opening, and looking uses nothing up.
  EXPECT_EQ(Openings(link), 1);
  EXPECT_EQ(Get("/s/" + link.token()).status, 200);
  EXPECT_EQ(Openings(link), 2);
}

TEST_F(SharePagesTest, ItSpeaksTheReadersLanguage) {
  const std::string path = "/s/" + MakeLink().token();
  EXPECT_THAT(Get(path, {"accept-language: de-CH, en;q=0.5"}).body, HasSubstr("lang=\"de\""));
  EXPECT_THAT(Get(path, {"accept-language: fr"}).body, HasSubstr("lang=\"en\""));
  EXPECT_THAT(Get(path + "?lang=de").body, HasSubstr("lang=\"de\""));
  EXPECT_THAT(Get(path + "?lang=%3Cscript%3E").body, HasSubstr("lang=\"en\""));
}

TEST_F(SharePagesTest, ThePdfsAreThere) {
  const std::string path = "/s/" + MakeLink().token();
  for (const char* what : {"/summary.pdf", "/protocol.pdf?lang=de"}) {
    const HttpReply pdf = Get(path + what);
    EXPECT_EQ(pdf.status, 200) << what;
    EXPECT_EQ(pdf.Header("content-type"), "application/pdf");
    EXPECT_THAT(pdf.Header("content-disposition"), StartsWith("inline; filename=\"solotrial-"));
    EXPECT_THAT(pdf.body, StartsWith("%PDF-"));
    EXPECT_EQ(pdf.Header("cache-control"), "no-store");
  }
  EXPECT_EQ(Get(path + "/nothing").status, 404);
}

TEST_F(SharePagesTest, TheDataIsThereToReadAndToTakeAway) {
  v1::Entry note = Score(2, service::kMonday, 0);
  note.mutable_note()->set_text("<b>bad</b> & long");
  Record(trial_, {note});
  const std::string path = "/s/" + MakeLink().token();
  EXPECT_THAT(Get(path).body, HasSubstr("/days?lang=en\""));

  const HttpReply days = Get(path + "/days?lang=en");
  EXPECT_EQ(days.status, 200);
  EXPECT_THAT(days.body, HasSubstr("<th scope=\"row\">2026-01-05</th>"));
  EXPECT_THAT(days.body, HasSubstr("<td class=\"number\">3</td>"));
  EXPECT_THAT(days.body, HasSubstr("&lt;b&gt;bad&lt;/b&gt; &amp; long"));
  EXPECT_THAT(days.body, Not(HasSubstr("<script")));
  EXPECT_THAT(days.Header("content-security-policy"), HasSubstr("default-src 'none'"));
  for (const char* part : {"0", "-5", "99", "x", "9999999999999"}) {
    EXPECT_EQ(Get(path + "/days?part=" + part).status, 200) << part;
  }

  const HttpReply zip = Get(path + "/data.zip");
  EXPECT_EQ(zip.status, 200);
  EXPECT_THAT(zip.body, StartsWith("PK"));
  EXPECT_THAT(zip.Header("content-disposition"), StartsWith("attachment; filename=\"solotrial-"));
  EXPECT_EQ(Get(path + "/data.json").Header("content-type"), "application/json");
  const HttpReply fhir = Get(path + "/fhir.json?lang=de");
  EXPECT_THAT(fhir.Header("content-type"), StartsWith("application/fhir+json"));
  EXPECT_THAT(fhir.body, HasSubstr("\"resourceType\""));
  EXPECT_EQ(fhir.Header("cache-control"), "no-store");
}

TEST_F(SharePagesTest, ACalendarSubscribesToTheReminders) {
  v1::CreateShareLinkRequest request;
  request.set_trial(trial_);
  request.set_label("my calendar");
  request.set_kind(v1::ShareLink::KIND_CALENDAR);
  v1::ShareLink link;
  ASSERT_TRUE(Call(*access_, &v1::AccessService::Stub::CreateShareLink, request, &link).ok());
  EXPECT_EQ(link.web_link(), door_->url() + "/calendar/" + link.token() + ".ics");
  const HttpReply calendar = Get("/calendar/" + link.token() + ".ics");
  EXPECT_EQ(calendar.status, 200);
  EXPECT_EQ(calendar.Header("content-type"), "text/calendar; charset=utf-8");
  EXPECT_EQ(calendar.Header("cache-control"), "no-store");
  EXPECT_THAT(calendar.body, StartsWith("BEGIN:VCALENDAR\r\n"));
  EXPECT_EQ(Openings(link), 0);

  // It opens the reminders and nothing else, and nothing else opens them.
  EXPECT_EQ(Get("/s/" + link.token()).status, 404);
  for (const std::string& path :
       {"/calendar/" + link.token(), "/calendar/" + link.token() + ".ics/more",
        std::string("/calendar/"), std::string("/calendar/.ics"), std::string("/calendar/ics"),
        "/calendar/" + MakeLink().token() + ".ics", "/calendar/" + token_ + ".ics"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
}

// Nobody learns from the page whether a link ever was.
TEST_F(SharePagesTest, EveryLinkThatDoesNotOpenGetsTheSamePage) {
  const v1::ShareLink revoked = MakeLink();
  v1::RevokeShareLinkRequest revoke;
  revoke.set_name(revoked.name());
  google::protobuf::Empty empty;
  ASSERT_TRUE(Call(*access_, &v1::AccessService::Stub::RevokeShareLink, revoke, &empty).ok());
  const HttpReply sorry = Get("/s/unknown");
  EXPECT_EQ(sorry.status, 404);
  EXPECT_THAT(sorry.body, HasSubstr("This link shows nothing"));
  const std::string helper = TokenOf(access::Role::kHelper, trial_);
  const std::string clinician = TokenOf(access::Role::kClinician, trial_);
  for (const std::string& token :
       {revoked.token(), std::string(22, 'A'), std::string(5000, 'A'), std::string(), token_,
        helper, clinician, std::string("%3Cscript%3E"), std::string("..")}) {
    for (const char* what : {"", "/summary.pdf"}) {
      const HttpReply reply = Get("/s/" + token + what);
      EXPECT_EQ(reply.status, sorry.status) << token;
      EXPECT_EQ(reply.body, sorry.body) << token;
    }
  }
  const v1::ShareLink expired = MakeLink();
  clock_.Set(clock_.Now() + absl::Hours(24 * 31));
  EXPECT_EQ(Get("/s/" + expired.token()).body, sorry.body);
}

TEST_F(SharePagesTest, GuessingIsHeldBack) {
  options_.stranger_rate = {.per_second = 0.001, .burst = 3};
  Open();
  const v1::ShareLink link = MakeLink();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Get("/s/guess").status, 404);
  const HttpReply busy = Get("/s/guess");
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(busy.Header("retry-after"), "60");
  // Whoever has a link is not a stranger.
  EXPECT_EQ(Get("/s/" + link.token()).status, 200);
}

TEST_F(SharePagesTest, OnlyLookingIsOffered) {
  const std::string path = "/s/" + MakeLink().token();
  HttpClient client(address());
  for (const char* method : {"POST", "PUT", "DELETE"}) {
    const HttpReply reply = client.Ask(method, path);
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_EQ(reply.Header("allow"), "GET, HEAD");
  }
  const HttpReply head = client.Ask("HEAD", path);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(client.Ask("GET", path, {"host: evil.example"}).status, 421);
  EXPECT_THAT(client.Ask("GET", "/robots.txt").body, HasSubstr("Disallow: /"));
}

}  // namespace
}  // namespace solotrial::web
