#include "engine/service/newer_content.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/unknown_field_set.h>

#include <vector>

namespace solotrial::service {

using google::protobuf::FieldDescriptor;

bool HasNewerContent(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* const field : fields) {
    if (field->is_repeated()) continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        HasNewerContent(reflection.GetMessage(message, field))) {
      return true;
    }
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
        field->enum_type()->FindValueByNumber(reflection.GetEnumValue(message, field)) == nullptr) {
      return true;
    }
  }
  return false;
}

}  // namespace solotrial::service
