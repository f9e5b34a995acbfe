#include "engine/web/trust_page.h"

#include "absl/strings/str_replace.h"
#include "engine/web/page.h"

namespace solotrial::web {
namespace {

constexpr char kPage[] = "/trust";
constexpr char kCertificate[] = "/trust/solotrial.crt";

// Broken between bytes only, so that it can be compared line by line.
std::string Breakable(const std::string& fingerprint) {
  return absl::StrReplaceAll(fingerprint, {{":", ":<wbr>"}});
}

std::string EnglishSteps(const std::string& fingerprint) {
  return "<main><h1>Let this phone trust your engine</h1>\n"
         "<p>The engine runs on a machine of yours and shows a certificate that it made itself. "
         "Your browser cannot know it, so it warns. Install the engine's certificate once: the "
         "warning goes away, and the app also works without a network.</p>\n"
         "<h2>1. Compare</h2>\n"
         "<p>At its start the engine prints this fingerprint. Go on only if every character is "
         "the same there: otherwise somebody stands between you and your engine.</p>\n"
         "<p><code>" +
         fingerprint +
         "</code></p>\n"
         "<h2>2. Download</h2>\n"
         "<nav><ul><li><a href=\"trust/solotrial.crt\">Download the "
         "certificate</a></li></ul></nav>\n"
         "<h2>3. Install</h2>\n"
         "<p><strong>iPhone, iPad</strong> (with Safari): Settings, “Profile Downloaded”, "
         "Install. Then Settings, General, About, Certificate Trust Settings: switch it on.</p>\n"
         "<p><strong>Android</strong>: in Settings search for “CA certificate”, Install anyway, "
         "and choose the file. Then open the app with Chrome. The names differ a little from "
         "phone to phone.</p>\n"
         "<p><strong>Computer</strong>: in your browser's settings search for “certificates”, "
         "import the file as an authority, and let it identify web sites.</p>\n"
         "<p>Then close this page and open the engine's link again.</p>\n"
         "<h2>What you allow</h2>\n"
         "<p>The certificate is limited to addresses of a home network and to the names of your "
         "engine: nobody can imitate another web site with it. You can remove it in the same "
         "place at any time.</p></main>\n";
}

std::string GermanSteps(const std::string& fingerprint) {
  return "<main><h1>Damit dieses Telefon Ihrer Maschine vertraut</h1>\n"
         "<p>Die Maschine läuft auf einem Ihrer Geräte und zeigt ein Zertifikat, das sie selbst "
         "gemacht hat. Ihr Browser kann es nicht kennen, darum warnt er. Installieren Sie es "
         "einmal: Dann verschwindet die Warnung, und die App geht auch ohne Netz.</p>\n"
         "<h2>1. Vergleichen</h2>\n"
         "<p>Beim Start zeigt die Maschine diesen Fingerabdruck. Machen Sie nur weiter, wenn dort "
         "jedes Zeichen gleich ist: Sonst steht jemand zwischen Ihnen und Ihrer Maschine.</p>\n"
         "<p><code>" +
         fingerprint +
         "</code></p>\n"
         "<h2>2. Herunterladen</h2>\n"
         "<nav><ul><li><a href=\"trust/solotrial.crt\">Zertifikat herunterladen</a></li></ul>"
         "</nav>\n"
         "<h2>3. Installieren</h2>\n"
         "<p><strong>iPhone, iPad</strong> (mit Safari): Einstellungen, „Profil geladen“, "
         "Installieren. Dann Einstellungen, Allgemein, Info, Zertifikatsvertrauenseinstellungen: "
         "einschalten.</p>\n"
         "<p><strong>Android</strong>: in den Einstellungen nach „CA-Zertifikat“ suchen, Trotzdem "
         "installieren, und die Datei wählen. Dann die App mit Chrome öffnen. Die Namen "
         "sind von Telefon zu Telefon etwas anders.</p>\n"
         "<p><strong>Computer</strong>: in den Einstellungen des Browsers nach „Zertifikate“ "
         "suchen, die Datei als Zertifizierungsstelle importieren und für Webseiten "
         "zulassen.</p>\n"
         "<p>Schließen Sie dann diese Seite und öffnen Sie den Link der Maschine noch "
         "einmal.</p>\n"
         "<h2>Was Sie erlauben</h2>\n"
         "<p>Das Zertifikat gilt nur für Adressen eines Heimnetzes und für die Namen Ihrer "
         "Maschine: Niemand kann damit eine andere Webseite nachmachen. Sie können es an "
         "derselben Stelle jederzeit entfernen.</p></main>\n";
}

Response NothingToDo(const std::string& language) {
  if (language == "de") {
    return Page(200, language, "Nichts zu tun",
                "<main><h1>Hier ist nichts zu tun</h1>\n<p>Diese Maschine hat kein eigenes "
                "Zertifikat, das ein Telefon installieren müsste.</p></main>\n");
  }
  return Page(200, language, "Nothing to do",
              "<main><h1>There is nothing to do</h1>\n<p>This engine has no certificate of its "
              "own that a phone would have to install.</p></main>\n");
}

}  // namespace

bool IsTrustPath(const std::string& path) { return path == kPage || path == kCertificate; }

Response TrustPage(const std::string& path, const Authority& authority,
                   const std::string& language) {
  if (authority.der.empty()) return NothingToDo(language);
  if (path == kCertificate) {
    return {{200,
             {{"content-type", "application/x-x509-ca-cert"},
              {"content-disposition", "attachment; filename=\"solotrial.crt\""},
              {"cache-control", "no-store"},
              {"x-content-type-options", "nosniff"}}},
            authority.der};
  }
  const bool german = language == "de";
  const std::string fingerprint = Breakable(authority.fingerprint);
  return Page(200, language, german ? "Der Maschine vertrauen" : "Trust your engine",
              german ? GermanSteps(fingerprint) : EnglishSteps(fingerprint));
}

}  // namespace solotrial::web
