// A long operation on a thread of its own, so that neither the event loop nor libuv's few threads wait for it.
#pragma once

#include <napi.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "failure.hpp"

namespace addon {

class Job {
 public:
  // Runs on the job's thread. Whatever it borrows from JavaScript is among `kept`.
  using Work = std::function<annvil_status(const annvil_observer&)>;
  // Runs on JavaScript's thread after success: what the promise resolves to.
  using Settle = std::function<Napi::Value(Napi::Env)>;

  // Starts the thread; returns { promise, cancel }. on_progress(phase, done) is a function or undefined.
  static Napi::Object start(Napi::Env env, Work work, Settle settle, Napi::Value on_progress, std::vector<Napi::Value> kept) {
    auto* job = new Job(env, std::move(work), std::move(settle));
    for (const Napi::Value& value : kept) job->kept_.push_back(Napi::Persistent(value.As<Napi::Object>()));
    if (on_progress.IsFunction()) job->on_progress_ = Napi::Persistent(on_progress.As<Napi::Function>());
    Napi::Object started = Napi::Object::New(env);
    started.Set("promise", job->deferred_.Promise());
    started.Set("cancel", Napi::Function::New(env, [cancelled = job->cancelled_](const Napi::CallbackInfo&) { *cancelled = true; }));
    const napi_status made = napi_create_threadsafe_function(env, nullptr, nullptr, Napi::String::New(env, "@NAME@"), 0, 1, nullptr,
                                                             nullptr, job, on_news, &job->news_);
    if (made != napi_ok) {
      delete job;
      throw failure(env, ANNVIL_INTERNAL, "a thread-safe function cannot be made: this environment is shutting down");
    }
    // Hooks run last first, so this one comes before the news channel's own.
    napi_add_env_cleanup_hook(env, end_early, job);
    try {
      job->thread_ = std::thread([job] { job->run(); });
    } catch (const std::exception&) {
      // No more threads are granted, or no memory for one.
      job->status_ = ANNVIL_INTERNAL;
      job->sentence_ = "the system grants no more threads: let other operations end first";
      job->tell(News::finished);
      napi_release_threadsafe_function(job->news_, napi_tsfn_release);
    }
    return started;
  }

 private:
  enum class News : std::uintptr_t { progress, finished };

  Job(Napi::Env env, Work work, Settle settle)
      : env_(env), deferred_(Napi::Promise::Deferred::New(env)), work_(std::move(work)), settle_(std::move(settle)) {}

  void run() {
    status_ = work_({observe, this});
    if (status_ != ANNVIL_OK) sentence_ = annvil_last_error();
    tell(News::finished);
    napi_release_threadsafe_function(news_, napi_tsfn_release);
  }

  void tell(News news) { napi_call_threadsafe_function(news_, reinterpret_cast<void*>(news), napi_tsfn_nonblocking); }

  // One report is under way at a time, and brings the latest figures: a slow listener gets fewer of them, and no queue.
  static int observe(void* context, const char* phase, double done) {
    auto* job = static_cast<Job*>(context);
    if (!job->on_progress_.IsEmpty()) {
      const std::lock_guard guard(job->lock_);
      const auto now = std::chrono::steady_clock::now();
      const bool due = done >= 1 || phase != job->phase_ || now - job->told_ > std::chrono::milliseconds(20);
      job->phase_ = phase;
      job->done_ = done;
      if (due && !std::exchange(job->underway_, true)) {
        job->told_ = now;
        job->tell(News::progress);
      }
    }
    return *job->cancelled_ ? 1 : 0;
  }

  // env is null while the environment is being torn down: then nothing may be said to JavaScript any more.
  static void on_news(napi_env env, napi_value, void* context, void* data) {
    auto* job = static_cast<Job*>(context);
    if (static_cast<News>(reinterpret_cast<std::uintptr_t>(data)) == News::progress) {
      if (env) say([&] { job->report(env); });
      return;
    }
    if (job->thread_.joinable()) job->thread_.join();
    if (env) {
      napi_remove_env_cleanup_hook(env, end_early, job);
      say([&] { job->finish(env); });
    } else {
      for (auto& reference : job->kept_) reference.SuppressDestruct();
      job->on_progress_.SuppressDestruct();
      job->thrown_.SuppressDestruct();
    }
    delete job;
  }

  // Says something to JavaScript from where no exception may leave: Node calls on_news as a C function.
  template <class Saying>
  static void say(Saying&& saying) {
    try {
      saying();
    } catch (const Napi::Error&) {
      // The environment is ending: nobody is left to tell.
    }
  }

  static void end_early(void* argument) {
    auto* job = static_cast<Job*>(argument);
    *job->cancelled_ = true;
    if (job->thread_.joinable()) job->thread_.join();
  }

  void report(Napi::Env env) {
    std::string phase;
    double done;
    {
      const std::lock_guard guard(lock_);
      underway_ = false;
      phase = phase_;
      done = done_;
    }
    try {
      if (!*cancelled_) on_progress_.Call({Napi::String::New(env, phase), Napi::Number::New(env, done)});
    } catch (Napi::Error& error) {
      // A listener that throws ends the operation, and what it throws is what the promise is rejected with. That may be no object, to which
      // no reference can be held: the error holds it.
      thrown_ = std::move(error);
      *cancelled_ = true;
    }
  }

  void finish(Napi::Env env) {
    if (!thrown_.IsEmpty()) return deferred_.Reject(thrown_.Value());
    if (status_ != ANNVIL_OK) return deferred_.Reject(failure(env, status_, sentence_).Value());
    try {
      deferred_.Resolve(settle_(env));
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }

  Napi::Env env_;
  Napi::Promise::Deferred deferred_;
  Work work_;
  Settle settle_;
  std::vector<Napi::ObjectReference> kept_;
  Napi::FunctionReference on_progress_;
  Napi::Error thrown_;
  napi_threadsafe_function news_ = nullptr;
  std::thread thread_;
  std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);

  std::mutex lock_;  // guards the four below
  std::string phase_;
  double done_ = 0;
  bool underway_ = false;
  std::chrono::steady_clock::time_point told_{};

  annvil_status status_ = ANNVIL_OK;
  std::string sentence_;
};

}  // namespace addon
