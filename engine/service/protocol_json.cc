#include "engine/service/protocol_json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/base/fault.h"

namespace solotrial::service {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using nlohmann::json;

constexpr int kMaxDepth = 16;
constexpr size_t kMaxViolations = 100;

// --- Reading ---------------------------------------------------------------------------------

// A short, printable piece of a key from the file.
std::string Shown(const std::string& key) {
  std::string shown;
  for (const char c : key.substr(0, 40)) {
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  return key.size() > 40 ? shown + "..." : shown;
}

// Builds the tree and notes what the tree cannot show: duplicate keys and faults of the text.
class TreeBuilder final : public nlohmann::json_sax<json> {
 public:
  explicit TreeBuilder(const std::string& text) : text_(text) {}

  bool null() override { return Put(json(nullptr)); }
  bool boolean(bool value) override { return Put(json(value)); }
  bool number_integer(number_integer_t value) override { return Put(json(value)); }
  bool number_unsigned(number_unsigned_t value) override { return Put(json(value)); }
  bool number_float(number_float_t value, const string_t&) override { return Put(json(value)); }
  bool string(string_t& value) override { return Put(json(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(size_t) override { return Open(json::object()); }
  bool end_object() override { return Close(); }
  bool start_array(size_t) override { return Open(json::array()); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    if (stack_.back()->contains(name)) {
      violations_.push_back({Path() + Shown(name), "stands twice; write it once"});
    }
    keys_.back() = name;
    return true;
  }

  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception& problem) override {
    const std::string before = text_.substr(0, position > 0 ? position - 1 : 0);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const size_t line_start = before.rfind('\n');
    const size_t column =
        line_start == std::string::npos ? before.size() + 1 : before.size() - line_start;
    const bool overflow = problem.id == 406;
    violations_.push_back({absl::StrFormat("line %d, column %d", line, column),
                           overflow ? "is a number too large to be kept"
                                    : "is not valid JSON (UTF-8 text is needed; no comments, no "
                                      "trailing commas, no NaN)"});
    return false;
  }

  const json& tree() const { return root_; }
  std::vector<Violation>& violations() { return violations_; }

 private:
  std::string Path() const {
    std::string path;
    for (size_t i = 0; i + 1 < keys_.size(); ++i) path += keys_[i] + ".";
    return path;
  }

  bool Open(json container) {
    if (stack_.size() == kMaxDepth) {
      violations_.push_back({Path(), "is nested too deeply to be a protocol"});
      return false;
    }
    json* place = Place(std::move(container));
    stack_.push_back(place);
    keys_.emplace_back();
    return true;
  }

  bool Close() {
    stack_.pop_back();
    keys_.pop_back();
    return true;
  }

  bool Put(json value) {
    Place(std::move(value));
    return true;
  }

  json* Place(json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (stack_.back()->is_array()) {
      stack_.back()->push_back(std::move(value));
      return &stack_.back()->back();
    }
    json& slot = (*stack_.back())[keys_.back()];
    slot = std::move(value);
    return &slot;
  }

  const std::string& text_;
  json root_;
  std::vector<json*> stack_;
  std::vector<std::string> keys_;  // the key being read in each open container
  std::vector<Violation> violations_;
};

// Copies a tree into a message by the message's descriptor.
class MessageFiller {
 public:
  void Fill(const json& tree, const std::string& path, Message& message) {
    if (!tree.is_object()) {
      Add(path.empty() ? "protocol" : path, "must be an object { ... }");
      return;
    }
    const std::string prefix = path.empty() ? "" : path + ".";
    for (const auto& [key, value] : tree.items()) {
      const FieldDescriptor* field = FindField(*message.GetDescriptor(), key);
      if (field == nullptr) {
        Add(prefix + Shown(key), "is not a key of " + message.GetDescriptor()->name() +
                                     "; known keys: " + KnownKeys(*message.GetDescriptor()));
      } else if (!value.is_null()) {
        FillField(*field, value, prefix + key, message);
      }
    }
  }

  std::vector<Violation>& violations() { return violations_; }

 private:
  void Add(std::string field, std::string description) {
    if (violations_.size() < kMaxViolations) {
      violations_.push_back({std::move(field), std::move(description)});
    }
  }

  static const FieldDescriptor* FindField(const Descriptor& type, const std::string& key) {
    for (int i = 0; i < type.field_count(); ++i) {
      if (type.field(i)->json_name() == key || type.field(i)->name() == key) return type.field(i);
    }
    return nullptr;
  }

  static std::string KnownKeys(const Descriptor& type) {
    std::string keys;
    for (int i = 0; i < type.field_count(); ++i) {
      keys += (i == 0 ? "" : ", ") + type.field(i)->json_name();
    }
    return keys;
  }

  void FillField(const FieldDescriptor& field, const json& value, const std::string& path,
                 Message& message) {
    if (!field.is_repeated()) {
      FillValue(field, value, path, message);
      return;
    }
    if (!value.is_array()) {
      Add(path, "must be a list [ ... ]");
      return;
    }
    for (size_t i = 0; i < value.size() && violations_.size() < kMaxViolations; ++i) {
      FillValue(field, value[i], absl::StrFormat("%s[%d]", path, i), message);
    }
  }

  void FillValue(const FieldDescriptor& field, const json& value, const std::string& path,
                 Message& message) {
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Fill(value, path,
             field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                 : *reflection.MutableMessage(&message, &field));
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        if (!value.is_string()) return Add(path, "must be a text in quotes");
        field.is_repeated() ? reflection.AddString(&message, &field, value.get<std::string>())
                            : reflection.SetString(&message, &field, value.get<std::string>());
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!value.is_boolean()) return Add(path, "must be true or false");
        reflection.SetBool(&message, &field, value.get<bool>());
        return;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        if (!value.is_number()) return Add(path, "must be a number");
        reflection.SetDouble(&message, &field, value.get<double>());
        return;
      case FieldDescriptor::CPPTYPE_INT32: {
        const double number = value.is_number() ? value.get<double>() : 0.5;
        if (number != std::floor(number) ||
            std::abs(number) > std::numeric_limits<int32_t>::max()) {
          return Add(path, "must be a whole number");
        }
        reflection.SetInt32(&message, &field, static_cast<int32_t>(number));
        return;
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        FillEnum(field, value, path, message);
        return;
      default:
        // Protocol has no fields of other types; a new one must be taught here.
        Add(path, "cannot be read by this engine");
    }
  }

  void FillEnum(const FieldDescriptor& field, const json& value, const std::string& path,
                Message& message) {
    const EnumDescriptor& type = *field.enum_type();
    const auto* named =
        value.is_string() ? type.FindValueByName(value.get<std::string>()) : nullptr;
    if (named == nullptr) {
      std::string names;
      for (int i = 1; i < type.value_count(); ++i) {
        names += (i == 1 ? "" : ", ") + type.value(i)->name();
      }
      return Add(path, "must be one of " + names);
    }
    message.GetReflection()->SetEnum(&message, &field, named);
  }

  std::vector<Violation> violations_;
};

// --- Canonical writing (RFC 8785) --------------------------------------------------------------

// ECMAScript's Number::toString, as section 3.2.2.3 of RFC 8785 asks for; `value` is finite.
std::string EcmaNumber(double value) {
  if (value == 0) return "0";
  char buffer[32];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, std::abs(value), std::chars_format::scientific);
  const std::string text(buffer, end.ptr);  // d.ddde+XX with the fewest digits
  const size_t mark = text.find('e');
  std::string digits = text.substr(0, mark);
  digits.erase(std::remove(digits.begin(), digits.end(), '.'), digits.end());
  const int point = std::stoi(text.substr(mark + 1)) + 1;  // digits before the decimal point
  const int count = static_cast<int>(digits.size());
  const std::string sign = value < 0 ? "-" : "";
  if (point > 21 || point < -5) {
    const std::string fraction = count > 1 ? "." + digits.substr(1) : "";
    return sign + digits[0] + fraction + absl::StrFormat("e%+d", point - 1);
  }
  if (point <= 0) return sign + "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  if (point >= count) {
    return sign + digits + std::string(static_cast<size_t>(point - count), '0');
  }
  return sign + digits.substr(0, static_cast<size_t>(point)) + "." +
         digits.substr(static_cast<size_t>(point));
}

void WriteCanonical(const json& value, std::string& out) {
  if (value.is_object()) {
    // json keeps the keys of an object sorted by bytes; field names are ASCII, where that is the
    // order of UTF-16 units that RFC 8785 asks for.
    out += '{';
    bool first = true;
    for (const auto& [key, member] : value.items()) {
      if (!first) out += ',';
      first = false;
      out += json(key).dump() + ':';
      WriteCanonical(member, out);
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    for (size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out += ',';
      WriteCanonical(value[i], out);
    }
    out += ']';
  } else if (value.is_number()) {
    out += EcmaNumber(value.get<double>());
  } else {
    out += value.dump();
  }
}

}  // namespace

absl::StatusOr<v1::Protocol> ReadProtocolJson(const std::string& text) {
  if (text.size() > kMaxProtocolBytes) {
    return InvalidField("protocol", absl::StrFormat("has %d bytes; at most %d are read",
                                                    text.size(), kMaxProtocolBytes));
  }
  TreeBuilder builder(text);
  json::sax_parse(text, &builder);
  SOLOTRIAL_RETURN_IF_ERROR(InvalidFields(std::move(builder.violations())));
  v1::Protocol protocol;
  MessageFiller filler;
  filler.Fill(builder.tree(), "", protocol);
  SOLOTRIAL_RETURN_IF_ERROR(InvalidFields(std::move(filler.violations())));
  return protocol;
}

std::string CanonicalProtocolJson(const v1::Protocol& protocol) {
  std::string text;
  // Fails only for values that no valid protocol holds.
  if (!google::protobuf::util::MessageToJsonString(protocol, &text).ok()) return "";
  std::string canonical;
  WriteCanonical(json::parse(text), canonical);
  return canonical;
}

}  // namespace solotrial::service
