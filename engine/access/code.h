// Codes that people read, type and scan: pairing codes, invitations and recovery phrases.
//
// Every code is written in Crockford's base 32 (https://www.crockford.com/base32.html), in groups
// joined by hyphens: case does not matter, O reads as 0, I and L as 1. Its first characters only
// find the row; the others are the secret, of which the engine keeps a hash.
#ifndef SOLOTRIAL_ENGINE_ACCESS_CODE_H_
#define SOLOTRIAL_ENGINE_ACCESS_CODE_H_

#include <optional>
#include <string>

namespace solotrial::access {

// A code taken apart; both in canonical characters, without hyphens.
struct Code {
  std::string lookup;
  std::string secret;
};

// Typed from a screen within minutes: 2 characters to find it, 10 (50 bits) of secret, as
// `K7Q2-9XMV-4T8P`.
inline constexpr size_t kShortLookup = 2;
inline constexpr size_t kShortCode = 12;
// Sent or written down: 5 characters to find it, 25 (125 bits) of secret, as six groups of five.
inline constexpr size_t kLongLookup = 5;
inline constexpr size_t kLongCode = 30;

// Random, from the operating system's generator.
Code MakeShortCode();
Code MakeLongCode();

// As it is shown to people.
std::string FormatCode(const Code& code);

// What was typed or scanned: hyphens and spaces are skipped. nullopt when it has another length or
// other characters.
std::optional<Code> ParseCode(const std::string& text);

// SHA-256 of a code's secret, for codes that are random and short-lived or long: what is stored.
std::string CodeDigest(const Code& code);

}  // namespace solotrial::access

#endif  // SOLOTRIAL_ENGINE_ACCESS_CODE_H_
