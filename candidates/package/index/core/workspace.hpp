// The memory that answering changes. As long as an index lives its workspaces are kept and lent again: a walk allocates nothing. Where all rows
// are compared instead, each query allocates 8 bytes a row.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include <annvil/memory.hpp>

namespace annvil {

// Memory on a page of its own that only grows.
class Buffer {
 public:
  // At least `bytes` bytes, on a page. What was there before is gone. Throws std::bad_alloc.
  std::byte* take(std::size_t bytes) {
    if (bytes > size_) {
      memory_.reset();
      size_ = 0;
      const std::size_t whole = round_up(bytes, page);
      memory_.reset(static_cast<std::byte*>(::operator new(whole, std::align_val_t{page})));
      size_ = whole;
    }
    return memory_.get();
  }

 private:
  static constexpr std::size_t page = 4096;
  struct Free {
    void operator()(std::byte* memory) const { ::operator delete(memory, std::align_val_t{page}); }
  };
  std::unique_ptr<std::byte, Free> memory_;
  std::size_t size_ = 0;
};

// One thread's. What is used of it is wiped before every query by who uses it.
struct Workspace {
  Buffer query;
  Buffer scratch;
};

// As many workspaces as there ever were threads at once.
class WorkspacePool {
 public:
  // A workspace until the end of its life; then the pool's again.
  class Lease {
   public:
    explicit Lease(WorkspacePool& pool) : pool_(pool), workspace_(pool.take()) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.give_back(std::move(workspace_)); }
    Workspace& operator*() { return *workspace_; }

   private:
    WorkspacePool& pool_;
    std::unique_ptr<Workspace> workspace_;
  };

 private:
  std::unique_ptr<Workspace> take() {
    {
      const std::lock_guard guard(lock_);
      if (!free_.empty()) {
        auto workspace = std::move(free_.back());
        free_.pop_back();
        return workspace;
      }
      // So that giving back never allocates.
      free_.reserve(++made_);
    }
    return std::make_unique<Workspace>();
  }

  void give_back(std::unique_ptr<Workspace> workspace) noexcept {
    const std::lock_guard guard(lock_);
    free_.push_back(std::move(workspace));
  }

  std::mutex lock_;
  std::vector<std::unique_ptr<Workspace>> free_;
  std::size_t made_ = 0;
};

}  // namespace annvil
