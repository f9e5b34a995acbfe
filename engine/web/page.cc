#include "engine/web/page.h"

#include "absl/strings/escaping.h"
#include "engine/base/digest.h"

namespace solotrial::web {
namespace {

constexpr char kStyle[] =
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;"
    "overflow-wrap:anywhere}"
    "h1{font-size:1.4rem;line-height:1.25}h2{font-size:1.15rem}"
    "nav ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:.5rem}"
    "nav a{display:inline-block;padding:.6rem 1rem;border:1px solid;border-radius:.4rem;"
    "text-decoration:none}"
    "nav [aria-current]{font-weight:bold;border-width:2px}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid;padding:.35rem .6rem;text-align:start;vertical-align:top;"
    "overflow-wrap:break-word}th[scope=row]{white-space:nowrap}caption{text-align:start}"
    "td.number{text-align:end;font-variant-numeric:tabular-nums}"
    "code{font-family:ui-monospace,monospace;overflow-wrap:normal}"
    "@media print{nav{display:none}}";

// The style's hash is what the policy allows.
std::string Policy() {
  return "default-src 'none'; style-src 'sha256-" + absl::Base64Escape(Sha256(kStyle)) +
         "'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
}

}  // namespace

std::string EscapeHtml(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

Response Page(int status, const std::string& language, const std::string& title,
              const std::string& body) {
  static const std::string policy = Policy();
  return {{status,
           {{"content-type", "text/html; charset=utf-8"},
            {"content-language", language},
            {"vary", "accept-language"},
            {"cache-control", "no-store"},
            {"content-security-policy", policy},
            {"x-content-type-options", "nosniff"},
            {"referrer-policy", "no-referrer"},
            {"cross-origin-opener-policy", "same-origin"},
            {"cross-origin-resource-policy", "same-origin"},
            {"x-robots-tag", "noindex, nofollow, noarchive"}}},
          "<!DOCTYPE html>\n<html lang=\"" + language + "\">\n<head>\n<meta charset=\"utf-8\">\n" +
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
              EscapeHtml(title) + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n" +
              body + "</body>\n</html>\n"};
}

Response FrontPage(const std::string& language) {
  if (language == "de") {
    return Page(
        200, language, "solotrial",
        "<main><h1>solotrial</h1>\n"
        "<p>Hier läuft eine Maschine für persönliche Versuche: Hilft mir etwas, oder hilft "
        "es mir nicht?</p>\n"
        "<p>Wenn Ihnen jemand einen Link geschickt hat, öffnen Sie bitte genau diesen Link. "
        "Diese Maschine hat keine App für das Telefon; bedient wird sie mit dem Programm "
        "<code>solotrial</code>.</p></main>\n");
  }
  return Page(
      200, language, "solotrial",
      "<main><h1>solotrial</h1>\n"
      "<p>This is an engine for personal trials: does something help me, or does it not?"
      "</p>\n"
      "<p>If somebody sent you a link, please open exactly that link. This engine has no "
      "phone app built in; it is used with the program <code>solotrial</code>.</p></main>\n");
}

}  // namespace solotrial::web
