// What the C ABI says went wrong, as a JavaScript error.
#pragma once

#include <napi.h>

#include <string>

#include <@NAME@.h>

namespace addon {

inline const char* code_of(annvil_status status) {
  switch (status) {
    case ANNVIL_OK: return "OK";
    case ANNVIL_BAD_ARGUMENT: return "BAD_ARGUMENT";
    case ANNVIL_BAD_FILE: return "BAD_FILE";
    case ANNVIL_IO: return "IO";
    case ANNVIL_OUT_OF_MEMORY: return "OUT_OF_MEMORY";
    case ANNVIL_CANCELLED: return "CANCELLED";
    case ANNVIL_UNSUPPORTED: return "UNSUPPORTED";
    case ANNVIL_INTERNAL: break;
  }
  return "INTERNAL";
}

// An Error whose `code` is that of the status; bad arguments are RangeErrors, as Node's own are.
inline Napi::Error failure(Napi::Env env, annvil_status status, const std::string& sentence) {
  const Napi::Error error = status == ANNVIL_BAD_ARGUMENT ? Napi::Error(Napi::RangeError::New(env, sentence)) : Napi::Error::New(env, sentence);
  error.Value().Set("code", code_of(status));
  return error;
}

// Throws unless all is well. Only on the thread that made the call: the sentence is that thread's.
inline void require_ok(Napi::Env env, annvil_status status) {
  if (status != ANNVIL_OK) throw failure(env, status, annvil_last_error());
}

}  // namespace addon
