#include "engine/access/code.h"

#include <cctype>
#include <cstring>

#include "engine/base/digest.h"
#include "engine/base/random.h"

namespace solotrial::access {
namespace {

constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// Each of the 32 characters carries 5 bits: the low bits of a random byte are as random as it is.
std::string RandomCharacters(size_t count) {
  std::string text = SystemRandomBytes(count);
  for (char& c : text) c = kAlphabet[static_cast<unsigned char>(c) & 31];
  return text;
}

std::optional<char> Canonical(char typed) {
  const char upper = static_cast<char>(std::toupper(static_cast<unsigned char>(typed)));
  if (upper == 'O') return '0';
  if (upper == 'I' || upper == 'L') return '1';
  if (upper == '\0' || std::strchr(kAlphabet, upper) == nullptr) return std::nullopt;
  return upper;
}

}  // namespace

Code MakeShortCode() {
  return {RandomCharacters(kShortLookup), RandomCharacters(kShortCode - kShortLookup)};
}

Code MakeLongCode() {
  return {RandomCharacters(kLongLookup), RandomCharacters(kLongCode - kLongLookup)};
}

std::string FormatCode(const Code& code) {
  const std::string characters = code.lookup + code.secret;
  const size_t group = characters.size() == kShortCode ? 4 : 5;
  std::string text;
  for (size_t i = 0; i < characters.size(); ++i) {
    if (i > 0 && i % group == 0) text += '-';
    text += characters[i];
  }
  return text;
}

std::optional<Code> ParseCode(const std::string& text) {
  std::string characters;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    const std::optional<char> canonical = Canonical(c);
    if (!canonical.has_value() || characters.size() == kLongCode) return std::nullopt;
    characters += *canonical;
  }
  if (characters.size() != kShortCode && characters.size() != kLongCode) return std::nullopt;
  const size_t lookup = characters.size() == kShortCode ? kShortLookup : kLongLookup;
  return Code{characters.substr(0, lookup), characters.substr(lookup)};
}

std::string CodeDigest(const Code& code) { return Sha256(code.lookup + code.secret); }

}  // namespace solotrial::access
