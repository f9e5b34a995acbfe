// What is to be said, apart from the language it is said in.
#ifndef SOLOTRIAL_ENGINE_TRIAL_MESSAGE_H_
#define SOLOTRIAL_ENGINE_TRIAL_MESSAGE_H_

#include <map>
#include <string>

namespace solotrial::trial {

// A sentence of the message catalogue (engine/report/messages.h), for example
// {"verdict.responds", {{"treatment", "magnesium"}, {"mean", "1.4"}, ...}}. Numbers are already
// rounded, with a decimal point.
struct Message {
  std::string id;
  std::map<std::string, std::string> parameters;
};

}  // namespace solotrial::trial

#endif  // SOLOTRIAL_ENGINE_TRIAL_MESSAGE_H_
