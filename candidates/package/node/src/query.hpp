// What is asked, and where the answers go: memory that JavaScript owns and lends.
#pragma once

#include <napi.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "failure.hpp"

namespace addon {

using SharedIndex = std::shared_ptr<annvil_index>;

// The wrapper has checked the types and lengths of all of it.
struct Query {
  const float* queries;
  std::size_t count;
  std::uint32_t* ids;
  float* distances;  // null: nobody asks for them
  annvil_search_options options;

  // Arguments: queries, count, ids, distances, k, effort, target recall, threads; and, of search alone, compared or undefined.
  explicit Query(const Napi::CallbackInfo& info)
      : queries(info[0].As<Napi::Float32Array>().Data()),
        count(static_cast<std::size_t>(info[1].As<Napi::Number>().Int64Value())),
        ids(info[2].As<Napi::Uint32Array>().Data()),
        distances(info[3].As<Napi::Float32Array>().ElementLength() > 0 ? info[3].As<Napi::Float32Array>().Data() : nullptr),
        options{.struct_size = sizeof(annvil_search_options),
                .k = info[4].As<Napi::Number>().Uint32Value(),
                .effort = info[5].As<Napi::Number>().Uint32Value(),
                .target_recall = info[6].As<Napi::Number>().DoubleValue(),
                .threads = info[7].As<Napi::Number>().Uint32Value(),
                .observer = {},
                .compared = info[8].IsTypedArray() ? info[8].As<Napi::Uint32Array>().Data() : nullptr} {}

  static std::vector<Napi::Value> lent_by(const Napi::CallbackInfo& info) { return {info[0], info[2], info[3]}; }
};

// One query on libuv's pool: too short for a thread of its own.
class QueryWorker : public Napi::AsyncWorker {
 public:
  QueryWorker(const Napi::CallbackInfo& info, SharedIndex index)
      : Napi::AsyncWorker(info.Env(), "@NAME@"), deferred_(Napi::Promise::Deferred::New(info.Env())), index_(std::move(index)), query_(info) {
    for (const Napi::Value& value : Query::lent_by(info)) lent_.push_back(Napi::Persistent(value.As<Napi::Object>()));
  }

  Napi::Promise promise() const { return deferred_.Promise(); }

 protected:
  void Execute() override {
    status_ = annvil_search(index_.get(), query_.queries, query_.count, &query_.options, query_.ids, query_.distances);
    if (status_ != ANNVIL_OK) sentence_ = annvil_last_error();
  }

  void OnOK() override {
    if (status_ == ANNVIL_OK) {
      deferred_.Resolve(Env().Undefined());
    } else {
      deferred_.Reject(failure(Env(), status_, sentence_).Value());
    }
  }

 private:
  Napi::Promise::Deferred deferred_;
  SharedIndex index_;
  Query query_;
  std::vector<Napi::ObjectReference> lent_;
  annvil_status status_ = ANNVIL_OK;
  std::string sentence_;
};

}  // namespace addon
