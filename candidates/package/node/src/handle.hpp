// An index as JavaScript holds it. Arguments are checked by the wrapper in JavaScript.
#pragma once

#include <napi.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "job.hpp"
#include "query.hpp"

namespace addon {

class Handle : public Napi::ObjectWrap<Handle> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Handle",
                       {InstanceMethod<&Handle::search>("search"), InstanceMethod<&Handle::search_later>("searchLater"),
                        InstanceMethod<&Handle::search_batch>("searchBatch"), InstanceMethod<&Handle::save>("save"),
                        InstanceMethod<&Handle::describe>("describe"), InstanceMethod<&Handle::calibration>("calibration"),
                        InstanceMethod<&Handle::effort_for>("effortFor"), InstanceMethod<&Handle::close>("close")});
  }

  // The class belongs to its environment: each worker thread has its own.
  static Napi::Object make(Napi::Env env, SharedIndex index) {
    return env.GetInstanceData<Napi::FunctionReference>()->New({Napi::External<SharedIndex>::New(env, &index)});
  }

  explicit Handle(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Handle>(info) {
    if (!info[0].IsExternal()) throw Napi::TypeError::New(info.Env(), "an index is made by build or load, not by new");
    index_ = *info[0].As<Napi::External<SharedIndex>>().Data();
    const auto bytes = static_cast<std::int64_t>(described().memory_bytes);
    // So that the garbage collector knows what a forgotten index weighs.
    Napi::MemoryManagement::AdjustExternalMemory(info.Env(), bytes);
    external_bytes_ = bytes;
  }

  void Finalize(Napi::Env env) override { drop(env); }

 private:
  const SharedIndex& open(Napi::Env env) const {
    if (!index_) throw failure(env, ANNVIL_BAD_ARGUMENT, "the index is closed");
    return index_;
  }

  annvil_info described() const {
    annvil_info info{};
    info.struct_size = sizeof info;
    annvil_describe(index_.get(), &info);
    return info;
  }

  // Operations under way hold the index until they are done.
  void drop(Napi::Env env) {
    index_.reset();
    Napi::MemoryManagement::AdjustExternalMemory(env, -std::exchange(external_bytes_, 0));
  }

  Napi::Value search(const Napi::CallbackInfo& info) {
    const Query query(info);
    require_ok(info.Env(), annvil_search(open(info.Env()).get(), query.queries, query.count, &query.options, query.ids, query.distances));
    return info.Env().Undefined();
  }

  Napi::Value search_later(const Napi::CallbackInfo& info) {
    auto* worker = new QueryWorker(info, open(info.Env()));
    const Napi::Promise promise = worker->promise();
    worker->Queue();
    return promise;
  }

  // The arguments of search, and on_progress.
  Napi::Value search_batch(const Napi::CallbackInfo& info) {
    const auto work = [query = Query(info), index = open(info.Env())](const annvil_observer& observer) {
      annvil_search_options options = query.options;
      options.observer = observer;
      return annvil_search(index.get(), query.queries, query.count, &options, query.ids, query.distances);
    };
    return Job::start(info.Env(), work, [](Napi::Env env) { return env.Undefined(); }, info[8], Query::lent_by(info));
  }

  Napi::Value save(const Napi::CallbackInfo& info) {
    const auto work = [path = info[0].As<Napi::String>().Utf8Value(), index = open(info.Env())](const annvil_observer&) {
      return annvil_save(index.get(), path.c_str());
    };
    return Job::start(info.Env(), work, [](Napi::Env env) { return env.Undefined(); }, info.Env().Undefined(), {});
  }

  Napi::Value describe(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    open(env);
    const annvil_info of = described();
    Napi::Object object = Napi::Object::New(env);
    object.Set("count", static_cast<double>(of.count));
    object.Set("dimension", of.dimension);
    object.Set("metric", of.metric == ANNVIL_ANGULAR ? "angular" : "euclidean");
    object.Set("calibrationK", of.calibration_k);
    object.Set("memoryBytes", static_cast<double>(of.memory_bytes));
    object.Set("package", of.package);
    object.Set("level", of.level);
    return object;
  }

  static Napi::Object object_of(Napi::Env env, const annvil_calibration_point& point) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("effort", point.effort);
    object.Set("recall", point.recall);
    object.Set("low", point.low);
    object.Set("high", point.high);
    return object;
  }

  Napi::Value calibration(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    std::size_t count = 0;
    require_ok(env, annvil_calibration(open(env).get(), nullptr, &count));
    std::vector<annvil_calibration_point> points(count);
    if (count > 0) require_ok(env, annvil_calibration(index_.get(), points.data(), &count));
    Napi::Array array = Napi::Array::New(env, points.size());
    for (std::uint32_t i = 0; i < points.size(); ++i) array.Set(i, object_of(env, points[i]));
    return array;
  }

  Napi::Value effort_for(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    annvil_calibration_point chosen{};
    const double target = info[0].As<Napi::Number>().DoubleValue();
    require_ok(env, annvil_effort_for(open(env).get(), target, info[1].As<Napi::Number>().Uint32Value(), &chosen));
    return object_of(env, chosen);
  }

  Napi::Value close(const Napi::CallbackInfo& info) {
    drop(info.Env());
    return info.Env().Undefined();
  }

  SharedIndex index_;
  std::int64_t external_bytes_ = 0;
};

}  // namespace addon
