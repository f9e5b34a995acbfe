#include "engine/web/share_pages.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/web/days_page.h"
#include "engine/web/page.h"
#include "engine/web/quality_list.h"
#include "solotrial/v1/access_service.pb.h"
#include "solotrial/v1/report_service.pb.h"

namespace solotrial::web {
namespace {

constexpr size_t kMostTokenCharacters = 64;
constexpr std::string_view kSharePath = "/s/";
constexpr std::string_view kCalendarPath = "/calendar/";
constexpr std::string_view kCalendarEnding = ".ics";

bool StartsWith(const std::string& path, std::string_view start) {
  return path.compare(0, start.size(), start) == 0;
}

// What a request asks for.
struct Asked {
  std::string token;      // empty: it can be none
  std::string what;       // behind the token: `summary.pdf`; empty: the page
  bool calendar = false;  // the reminders, and `what` is empty
  std::string language;
  int part = 1;  // of the daily data
};

// The value of `name` in a query; empty without.
std::string QueryValue(const std::string& query, const std::string& name) {
  size_t begin = 0;
  while (begin < query.size()) {
    const size_t end = std::min(query.find('&', begin), query.size());
    if (query.compare(begin, name.size() + 1, name + "=") == 0) {
      return query.substr(begin + name.size() + 1, end - begin - name.size() - 1);
    }
    begin = end + 1;
  }
  return "";
}

Asked AskedFor(const Request& request) {
  Asked asked;
  asked.calendar = StartsWith(request.path, kCalendarPath);
  if (asked.calendar) {
    asked.token = request.path.substr(kCalendarPath.size());
    const size_t length = asked.token.size() - std::min(asked.token.size(), kCalendarEnding.size());
    asked.token.resize(asked.token.substr(length) == kCalendarEnding ? length : 0);
  } else {
    const std::string rest = request.path.substr(kSharePath.size());
    const size_t slash = rest.find('/');
    asked.token = rest.substr(0, slash);
    if (slash != std::string::npos) asked.what = rest.substr(slash + 1);
  }
  const bool plain = std::all_of(asked.token.begin(), asked.token.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  if (!plain || asked.token.size() > kMostTokenCharacters) asked.token.clear();
  const std::string language = QueryValue(request.query, "lang");
  asked.language = language == "de" || language == "en"
                       ? language
                       : ChooseLanguage(JoinedValues(request.headers, "accept-language"));
  const std::string part = QueryValue(request.query, "part");
  std::from_chars(part.data(), part.data() + part.size(), asked.part);
  return asked;
}

Response Sorry(int status, const std::string& language, const std::string& title,
               const std::string& text) {
  return Page(status, language, title,
              "<main><h1>" + title + "</h1>\n<p>" + text + "</p></main>\n");
}

Response NothingThere(const std::string& language) {
  if (language == "de") {
    return Sorry(
        404, language, "Dieser Link zeigt nichts",
        "Vielleicht ist er abgelaufen oder wurde zurückgezogen, oder beim Kopieren ging ein "
        "Zeichen verloren. Bitten Sie die Person, die ihn geschickt hat, um einen neuen.");
  }
  return Sorry(404, language, "This link shows nothing",
               "It may have expired or been withdrawn, or a character was lost when it was copied. "
               "Please ask the person who sent it for a new one.");
}

// A status of the engine's, as a page that says no more than the reader needs.
Response FailurePage(const absl::Status& status, const std::string& language) {
  const bool german = language == "de";
  switch (status.code()) {
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kNotFound:
      return NothingThere(language);
    case absl::StatusCode::kFailedPrecondition:
      return german ? Sorry(409, language, "Das gibt es hier nicht",
                            "In seinem jetzigen Stand hat der Versuch das nicht zu zeigen.")
                    : Sorry(409, language, "That is not here",
                            "As it stands now, the trial does not have this to show.");
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded: {
      Response response =
          german ? Sorry(503, language, "Bitte gleich noch einmal",
                         "Gerade geht es nicht. Laden Sie die Seite in einer Minute neu.")
                 : Sorry(503, language, "Please try again",
                         "It cannot be shown right now. Reload the page in a minute.");
      response.head.headers.push_back({"retry-after", "60"});
      return response;
    }
    default:
      return german ? Sorry(500, language, "Das ging schief",
                            "Die Seite konnte nicht geschrieben werden. Es ging nichts verloren.")
                    : Sorry(500, language, "That went wrong",
                            "The page could not be written. Nothing was lost.");
  }
}

Response DocumentResponse(const v1::RenderedDocument& document, const std::string& language) {
  const bool html = document.content_type().compare(0, 9, "text/html") == 0;
  const bool shown = html || document.content_type() == "application/pdf";
  Response response{{200,
                     {{"content-type", document.content_type()},
                      {"content-language", language},
                      {"cache-control", "no-store"},
                      {"x-content-type-options", "nosniff"},
                      {"referrer-policy", "no-referrer"},
                      {"cross-origin-opener-policy", "same-origin"},
                      {"cross-origin-resource-policy", "same-origin"},
                      {"x-robots-tag", "noindex, nofollow, noarchive"}}},
                    document.content()};
  // A policy keeps some browsers' PDF viewers from starting.
  if (!document.content_security_policy().empty()) {
    response.head.headers.push_back(
        {"content-security-policy", document.content_security_policy()});
  }
  if (!html) {
    response.head.headers.push_back(
        {"content-disposition", std::string(shown ? "inline" : "attachment") + "; filename=\"" +
                                    document.file_name() + "\""});
  }
  return response;
}

// `href` is relative to the page, whose address ends in the token.
void AddLink(v1::RenderSummaryRequest& request, const std::string& label, const std::string& href) {
  v1::PageLink& link = *request.add_links();
  link.set_label(label);
  link.set_href(href);
}

v1::RenderSummaryRequest SummaryRequest(const Asked& asked, const std::string& trial) {
  v1::RenderSummaryRequest request;
  request.set_trial(trial);
  request.set_locale(asked.language);
  if (!asked.what.empty()) {
    request.set_format(v1::DOCUMENT_FORMAT_PDF);
    return request;
  }
  request.set_format(v1::DOCUMENT_FORMAT_HTML);
  const bool german = asked.language == "de";
  const std::string lang = "?lang=" + asked.language;
  AddLink(request, german ? "Als PDF" : "As PDF", asked.token + "/summary.pdf" + lang);
  AddLink(request, german ? "Tag für Tag" : "Day by day", asked.token + "/days" + lang);
  AddLink(request, german ? "Daten (CSV)" : "Data (CSV)", asked.token + "/data.zip");
  AddLink(request, german ? "Daten (FHIR)" : "Data (FHIR)", asked.token + "/fhir.json" + lang);
  AddLink(request, german ? "Versuchsplan (PDF)" : "Protocol (PDF)",
          asked.token + "/protocol.pdf" + lang);
  AddLink(request, german ? "English" : "Deutsch",
          asked.token + (german ? "?lang=en" : "?lang=de"));
  return request;
}

// One request, through the calls that answer it.
class Visit : public std::enable_shared_from_this<Visit> {
 public:
  Visit(std::shared_ptr<Exchange> exchange, EngineCalls& calls, CallerIdentity caller, Asked asked)
      : exchange_(std::move(exchange)),
        calls_(calls),
        caller_(std::move(caller)),
        asked_(std::move(asked)) {}

  // First which trial the link is for, which is no opening of it; then what was asked for. A
  // calendar link names its own trial.
  void Begin() {
    if (asked_.calendar) {
      return AnswerDocument("ReportService.GetCalendar", v1::GetCalendarRequest());
    }
    Call("AccessService.GetAccess", v1::GetAccessRequest(), [](Visit& visit, const auto& answer) {
      v1::Access access;
      // The token of a device is not for addresses: whoever wrote it into one is not shown that.
      if (!access.ParseFromString(answer) || access.role() != v1::ROLE_SHARE_LINK) {
        return visit.exchange_->Answer(NothingThere(visit.asked_.language));
      }
      visit.Show(access.trial());
    });
  }

 private:
  void Show(const std::string& trial) {
    if (asked_.what.empty() || asked_.what == "summary.pdf") {
      return AnswerDocument("ReportService.RenderSummary", SummaryRequest(asked_, trial));
    }
    if (asked_.what == "protocol.pdf") {
      v1::RenderProtocolRequest request;
      request.set_trial(trial);
      request.set_locale(asked_.language);
      request.set_format(v1::DOCUMENT_FORMAT_PDF);
      return AnswerDocument("ReportService.RenderProtocol", request);
    }
    if (asked_.what == "data.zip" || asked_.what == "data.json") {
      return AnswerDocument("ReportService.ExportTable", TableRequest(trial));
    }
    if (asked_.what == "fhir.json") {
      v1::ExportFhirRequest request;
      request.set_trial(trial);
      request.set_locale(asked_.language);
      return AnswerDocument("ReportService.ExportFhir", request);
    }
    if (asked_.what == "days") {
      return Call("ReportService.ExportTable", TableRequest(trial),
                  [](Visit& visit, const std::string& answer) {
                    v1::RenderedDocument tables;
                    tables.ParseFromString(answer);
                    const Asked& asked = visit.asked_;
                    visit.exchange_->Answer(
                        DaysPage(tables.content(), asked.part,
                                 "../" + asked.token + "?lang=" + asked.language, asked.language));
                  });
    }
    exchange_->Answer(NothingThere(asked_.language));
  }

  v1::ExportTableRequest TableRequest(const std::string& trial) const {
    v1::ExportTableRequest request;
    request.set_trial(trial);
    request.set_format(asked_.what == "data.zip" ? v1::ExportTableRequest::FORMAT_CSV_ZIP
                                                 : v1::ExportTableRequest::FORMAT_JSON);
    return request;
  }

  void AnswerDocument(const std::string& method, const google::protobuf::Message& request) {
    Call(method, request, [](Visit& visit, const std::string& answer) {
      v1::RenderedDocument document;
      document.ParseFromString(answer);
      visit.exchange_->Answer(DocumentResponse(document, visit.asked_.language));
    });
  }

  // `next` gets the answer; a failure is answered here.
  void Call(const std::string& method, const google::protobuf::Message& request,
            std::function<void(Visit&, const std::string&)> next) {
    calls_.Call("solotrial.v1." + method, request, asked_.token, caller_,
                [self = shared_from_this(), next = std::move(next)](const absl::Status& status,
                                                                    const std::string& answer) {
                  if (status.ok()) return next(*self, answer);
                  self->exchange_->Answer(FailurePage(status, self->asked_.language));
                });
  }

  const std::shared_ptr<Exchange> exchange_;
  EngineCalls& calls_;
  const CallerIdentity caller_;
  const Asked asked_;
};

}  // namespace

bool SharePages::Takes(const Request& request) {
  return StartsWith(request.path, kSharePath) || StartsWith(request.path, kCalendarPath);
}

void SharePages::Answer(const std::shared_ptr<Exchange>& exchange,
                        const CallerIdentity& caller) const {
  const Request& request = exchange->request();
  if (request.method != "GET" && request.method != "HEAD") {
    return exchange->Answer(MethodNotAllowed("GET, HEAD"));
  }
  Asked asked = AskedFor(request);
  if (asked.token.empty()) return exchange->Answer(NothingThere(asked.language));
  std::make_shared<Visit>(exchange, calls_, caller, std::move(asked))->Begin();
}

}  // namespace solotrial::web
