// The Node addon: build and load as jobs, and the class of what they make. Nothing here is shared between environments, so that the
// addon works in worker threads.
#include <napi.h>

#include <string>
#include <vector>

#include "handle.hpp"

namespace addon {
namespace {

// Made by the job's thread, handed over to JavaScript's.
struct Made {
  annvil_index* index = nullptr;
  ~Made() { annvil_free(index); }
};

Job::Settle handing_over(std::shared_ptr<Made> made) {
  return [made = std::move(made)](Napi::Env env) -> Napi::Value {
    return Handle::make(env, SharedIndex(std::exchange(made->index, nullptr), annvil_free));
  };
}

// Arguments: rows, dimension, metric (0, 1), threads, seed (bigint), max degree, calibration queries, calibration k, sample rows or
// undefined, on_progress or undefined.
Napi::Value build(const Napi::CallbackInfo& info) {
  const auto rows = info[0].As<Napi::Float32Array>();
  const std::uint32_t dimension = info[1].As<Napi::Number>().Uint32Value();
  bool lossless = true;
  annvil_build_options options{};
  options.struct_size = sizeof options;
  options.metric = static_cast<annvil_metric>(info[2].As<Napi::Number>().Uint32Value());
  options.threads = info[3].As<Napi::Number>().Uint32Value();
  options.seed = info[4].As<Napi::BigInt>().Uint64Value(&lossless);
  options.max_degree = info[5].As<Napi::Number>().Uint32Value();
  options.calibration_queries = info[6].As<Napi::Number>().Uint32Value();
  options.calibration_k = info[7].As<Napi::Number>().Uint32Value();
  std::vector<Napi::Value> lent{rows};
  if (info[8].IsTypedArray()) {
    const auto sample = info[8].As<Napi::Float32Array>();
    options.sample_queries = sample.Data();
    options.sample_count = sample.ElementLength() / dimension;
    lent.push_back(sample);
  }
  auto made = std::make_shared<Made>();
  const auto work = [made, data = rows.Data(), count = rows.ElementLength() / dimension, dimension, options](const annvil_observer& observer) {
    annvil_build_options with_observer = options;
    with_observer.observer = observer;
    return annvil_build(data, count, dimension, &with_observer, &made->index);
  };
  return Job::start(info.Env(), work, handing_over(made), info[9], lent);
}

// Arguments: path, mapped, skip checksum, on_progress or undefined.
Napi::Value load(const Napi::CallbackInfo& info) {
  auto made = std::make_shared<Made>();
  const auto work = [made, path = info[0].As<Napi::String>().Utf8Value(), mapped = info[1].As<Napi::Boolean>().Value(),
                     unchecked = info[2].As<Napi::Boolean>().Value()](const annvil_observer& observer) {
    const annvil_load_options options{sizeof(annvil_load_options), mapped, unchecked, observer};
    return annvil_load(path.c_str(), &options, &made->index);
  };
  return Job::start(info.Env(), work, handing_over(made), info[3], {});
}

Napi::Object define(Napi::Env env, Napi::Object exports) {
  const Napi::Function handle = Handle::define(env);
  env.SetInstanceData(new Napi::FunctionReference(Napi::Persistent(handle)));
  exports.Set("build", Napi::Function::New(env, build));
  exports.Set("load", Napi::Function::New(env, load));
  exports.Set("level", Napi::Function::New(env, [](const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), annvil_level()); }));
  exports.Set("package", Napi::Function::New(env, [](const Napi::CallbackInfo& info) { return Napi::String::New(info.Env(), annvil_package()); }));
  return exports;
}

}  // namespace

NODE_API_MODULE(@NAME@, define)

}  // namespace addon
