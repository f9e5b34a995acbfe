#include "clients/cli/completion.h"

#include <fmt/format.h>

#include <functional>

#include "clients/cli/errors.h"

namespace solotrial::cli {
namespace {

// Calls `visit` with every command and its path: "", "trial", "trial start", ...
void Walk(const CommandShape& command, const std::string& path,
          const std::function<void(const CommandShape&, const std::string&)>& visit) {
  visit(command, path);
  for (const CommandShape& sub : command.commands) {
    Walk(sub, path.empty() ? sub.name : path + " " + sub.name, visit);
  }
}

std::string Words(const CommandShape& command, bool commands, bool options) {
  std::string words;
  const auto add = [&](const std::string& word) { words += (words.empty() ? "" : " ") + word; };
  if (commands) {
    for (const CommandShape& sub : command.commands) add(sub.name);
  }
  if (options) {
    for (const OptionShape& option : command.options) add(option.name);
  }
  return words;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string joined;
  for (const std::string& word : words) joined += (joined.empty() ? "" : " ") + word;
  return joined;
}

// The options that take a value: with values to choose from, and with file names.
void ForValues(const CommandShape& root,
               const std::function<void(const std::string& path, const OptionShape&)>& visit) {
  Walk(root, "", [&](const CommandShape& command, const std::string& path) {
    for (const OptionShape& option : command.options) {
      if (option.takes_value) visit(path, option);
    }
  });
}

// Text inside single quotes of a shell.
std::string Quoted(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return "'" + quoted + "'";
}

// Finds the command path among the words typed so far; shared by bash and zsh.
std::string PathFunction(const CommandShape& root, const char* words) {
  std::string groups;
  for (const CommandShape& sub : root.commands) {
    if (!sub.commands.empty()) groups += (groups.empty() ? "" : "|") + sub.name;
  }
  std::string names;
  for (const CommandShape& sub : root.commands) names += (names.empty() ? "" : "|") + sub.name;
  return fmt::format(
      "  local trail='' word\n"
      "  for word in {}; do\n"
      "    case \"$trail\" in\n"
      "      '') case \"$word\" in {}) trail=\"$word\" ;; esac ;;\n"
      "      {}) case \"$word\" in -*) ;; *) trail=\"$trail $word\" ;; esac ;;\n"
      "    esac\n"
      "  done\n",
      words, names, groups.empty() ? "''" : groups);
}

std::string Bash(const CommandShape& root) {
  std::string script =
      "# bash completion for solotrial: source this file, or put it in\n"
      "# ~/.local/share/bash-completion/completions/solotrial\n"
      "_solotrial() {\n"
      "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
      "  COMPREPLY=()\n";
  script += PathFunction(root, "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\"");
  script += "  case \"$trail:$prev\" in\n";
  ForValues(root, [&](const std::string& path, const OptionShape& option) {
    // An option of the whole program may stand after any command.
    const std::string where = path.empty() ? "*" : Quoted(path);
    script += fmt::format("    {}:{}) COMPREPLY=($(compgen {} -- \"$cur\")); return ;;\n", where,
                          option.name,
                          option.values.empty() ? "-f" : "-W " + Quoted(Joined(option.values)));
  });
  script += "  esac\n  case \"$trail\" in\n";
  const std::string global = Words(root, false, true);
  Walk(root, "", [&](const CommandShape& command, const std::string& path) {
    const std::string options = path.empty() ? global : Words(command, false, true) + " " + global;
    script += fmt::format(
        "    {}) [[ $cur == -* ]] && COMPREPLY=($(compgen -W {} -- \"$cur\")) || "
        "COMPREPLY=($(compgen {} -- \"$cur\")) ;;\n",
        Quoted(path), Quoted(options),
        command.commands.empty() ? "-f" : "-W " + Quoted(Words(command, true, false)));
  });
  script +=
      "  esac\n"
      "}\n"
      "complete -o filenames -F _solotrial solotrial\n";
  return script;
}

// In zsh's `name:description` lists a colon separates.
std::string Described(const std::string& name, const std::string& description) {
  std::string escaped;
  for (const char c : description) {
    if (c == ':') escaped += '\\';
    escaped += c;
  }
  return Quoted(name + ":" + escaped);
}

std::string Zsh(const CommandShape& root) {
  std::string script =
      "#compdef solotrial\n"
      "# zsh completion for solotrial: put this as _solotrial into a folder of $fpath.\n"
      "_solotrial() {\n"
      "  local -a commands options\n"
      "  local cur=\"${words[CURRENT]}\" prev=\"${words[CURRENT-1]}\"\n";
  script += PathFunction(root, "\"${(@)words[2,CURRENT-1]}\"");
  script += "  case \"$trail:$prev\" in\n";
  ForValues(root, [&](const std::string& path, const OptionShape& option) {
    const std::string where = path.empty() ? "*" : Quoted(path);
    script += fmt::format("    {}:{}) {}; return ;;\n", where, option.name,
                          option.values.empty() ? "_files" : "compadd " + Joined(option.values));
  });
  script += "  esac\n  case \"$trail\" in\n";
  Walk(root, "", [&](const CommandShape& command, const std::string& path) {
    script += fmt::format("    {})\n", Quoted(path));
    script += "      commands=(";
    for (const CommandShape& sub : command.commands) {
      script += "\n        " + Described(sub.name, sub.description);
    }
    script += ")\n      options=(";
    for (const OptionShape& option : command.options) {
      script += "\n        " + Described(option.name, option.description);
    }
    if (!path.empty()) {
      for (const OptionShape& option : root.options) {
        script += "\n        " + Described(option.name, option.description);
      }
    }
    script += ") ;;\n";
  });
  script +=
      "  esac\n"
      "  if [[ $cur == -* ]]; then\n"
      "    _describe option options\n"
      "  elif (( ${#commands} )); then\n"
      "    _describe command commands\n"
      "  else\n"
      "    _files\n"
      "  fi\n"
      "}\n"
      "if [[ $funcstack[1] == _solotrial ]]; then\n"
      "  _solotrial \"$@\"\n"
      "else\n"
      "  compdef _solotrial solotrial\n"
      "fi\n";
  return script;
}

std::string Fish(const CommandShape& root) {
  std::string script =
      "# fish completion for solotrial: put this into ~/.config/fish/completions/solotrial.fish\n";
  const auto add_options = [&](const CommandShape& command, const std::string& condition) {
    for (const OptionShape& option : command.options) {
      script +=
          fmt::format("complete -c solotrial{} -l {}{} -d {}\n", condition, option.name.substr(2),
                      !option.takes_value     ? ""
                      : option.values.empty() ? " -r -F"
                                              : " -x -a " + Quoted(Joined(option.values)),
                      Quoted(option.description));
    }
  };
  add_options(root, "");
  for (const CommandShape& sub : root.commands) {
    script += fmt::format("complete -c solotrial -n __fish_use_subcommand -f -a {} -d {}\n",
                          sub.name, Quoted(sub.description));
    const std::string seen = "__fish_seen_subcommand_from " + sub.name;
    add_options(sub, " -n " + Quoted(seen));
    const std::string names = Words(sub, true, false);
    for (const CommandShape& leaf : sub.commands) {
      script += fmt::format(
          "complete -c solotrial -n {} -f -a {} -d {}\n",
          Quoted(fmt::format("{}; and not __fish_seen_subcommand_from {}", seen, names)), leaf.name,
          Quoted(leaf.description));
      add_options(leaf,
                  fmt::format(" -n {}", Quoted(fmt::format("{}; and __fish_seen_subcommand_from {}",
                                                           seen, leaf.name))));
    }
  }
  return script;
}

}  // namespace

absl::StatusOr<std::string> CompletionScript(const CommandShape& root, const std::string& shell) {
  if (shell == "bash") return Bash(root);
  if (shell == "zsh") return Zsh(root);
  if (shell == "fish") return Fish(root);
  return UsageError("There is no completion for '" + shell + "': write bash, zsh or fish.");
}

}  // namespace solotrial::cli
