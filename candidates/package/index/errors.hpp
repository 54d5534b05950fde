// What can go wrong. Each message names the thing, its value and the way out.
#pragma once

#include <stdexcept>
#include <string>

namespace PACKAGE_NAME {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// An argument that cannot be: the message names it, its value and what is allowed.
class BadArgument : public Error {
 public:
  using Error::Error;
};

// No index file, another package's, truncated or damaged.
class BadFile : public Error {
 public:
  using Error::Error;
};

// The system's own refusal: no such file, disk full, ...
class InputOutput : public Error {
 public:
  using Error::Error;
};

// What this index, or this machine, cannot do.
class Unsupported : public Error {
 public:
  using Error::Error;
};

// The observer said so.
class Cancelled : public Error {
 public:
  Cancelled() : Error("cancelled by its observer") {}
};

}  // namespace PACKAGE_NAME
