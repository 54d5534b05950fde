// What a training was asked for: named values, as the harness gives them.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>

namespace annvil {

class Settings {
 public:
  // Arguments of the form name=value. Throws std::runtime_error for any other form.
  Settings(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
      const std::string argument = argv[i];
      const auto equals = argument.find('=');
      if (equals == std::string::npos || equals == 0) throw std::runtime_error("\"" + argument + "\" is not name=value");
      values_[argument.substr(0, equals)] = argument.substr(equals + 1);
    }
  }

  // Each throws std::runtime_error, naming the setting, where it is missing or no such value.
  std::string text(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) throw std::runtime_error("the setting " + name + " is missing");
    return found->second;
  }
  double number(const std::string& name) const {
    const std::string value = text(name);
    char* end = nullptr;
    const double parsed = std::strtod(value.c_str(), &end);
    if (value.empty() || *end != '\0') throw std::runtime_error("the setting " + name + "=" + value + " is no number");
    return parsed;
  }
  std::uint64_t whole(const std::string& name) const {
    const double value = number(name);
    if (value < 0 || value > 9007199254740992.0 || value != static_cast<double>(static_cast<std::uint64_t>(value))) {
      throw std::runtime_error("the setting " + name + "=" + text(name) + " is no whole number");
    }
    return static_cast<std::uint64_t>(value);
  }
  bool has(const std::string& name) const { return values_.contains(name); }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace annvil
