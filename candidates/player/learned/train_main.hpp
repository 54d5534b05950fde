// What every training's main() does around its slots: settings, inputs, seeds, progress, and how it ends.
#pragma once

#include <torch/torch.h>

#include <cstdio>
#include <exception>
#include <new>
#include <optional>

#include "checkpoint_file.hpp"
#include "sections.hpp"

#include <annvil/learned/training.hpp>

namespace annvil {

// Descriptors that a training inherits; those that its target has no use for are /dev/null.
namespace train_fd {
inline constexpr int base = 3;            // prepared vectors (.avec)
inline constexpr int output = 4;          // the sections file it writes
inline constexpr int queries = 5;         // prepared vectors to train on
inline constexpr int neighbours = 6;      // exact neighbours of these in base (.atru)
inline constexpr int extra = 7;           // the target's own: a sections file
inline constexpr int checkpoint = 8;       // read and written; /dev/null keeps none
}  // namespace train_fd

inline constexpr int train_out_of_memory_status = 77;

// Exact neighbours, closest first; row-major [count][k]. Borrowed from its mapping.
struct Neighbours {
  std::uint32_t count, k, base_count;
  const std::uint32_t* ids;
  const float* distances;
  const std::uint32_t* operator[](std::size_t row) const { return ids + row * k; }
};

// Throws std::runtime_error where the mapping is no whole file of neighbours (candidates/referee/truth_output.hpp writes it).
inline Neighbours neighbours_of(const Mapping& file) {
  std::uint32_t head[4];
  if (file.size() < 4096 || std::memcmp(file.data(), "ANNVILT1", 8) != 0) throw std::runtime_error("the file of neighbours is none");
  std::memcpy(head, file.data() + 8, sizeof head);
  const std::size_t values = std::size_t{head[0]} * head[1];
  if (file.size() != 4096 + values * 8) throw std::runtime_error("the file of neighbours is truncated");
  const auto* ids = reinterpret_cast<const std::uint32_t*>(file.data() + 4096);
  return {head[0], head[1], head[2], ids, reinterpret_cast<const float*>(ids + values)};
}

// Rows as a tensor [count][dimension] over the same memory: not to be written.
inline torch::Tensor tensor_of(const Vectors& rows) {
  return torch::from_blob(const_cast<float*>(rows.data), {rows.count, rows.dimension}, {rows.stride, 1}, torch::kFloat32);
}

// Runs `body(Training&, SectionsWriter&)` and writes what it adds. Settings that every training has: seed, threads, device (cpu | cuda).
template <class Body>
int train_main(int argc, char** argv, Body&& body) {
  try {
    const Settings settings(argc, argv);
    const auto threads = static_cast<int>(settings.has("threads") ? settings.whole("threads") : 1);
    at::set_num_threads(threads);
    at::set_num_interop_threads(1);
    // Gradients of a sure softmax are subnormal, and a product of matrices that holds such takes several times as long.
    at::globalContext().setFlushDenormal(true);
    const std::uint64_t seed = settings.whole("seed");
    torch::manual_seed(seed);
    const bool gpu = settings.has("device") && settings.text("device") == "cuda";
    if (gpu && !torch::cuda::is_available()) throw std::runtime_error("device=cuda is asked for, and this LibTorch sees no GPU");
    CheckpointFile checkpoint(train_fd::checkpoint);
    auto said = std::chrono::steady_clock::now();
    const auto progress = [&](std::size_t done, std::size_t total, double loss) {
      const auto now = std::chrono::steady_clock::now();
      if (done < total && now - said < std::chrono::milliseconds(500)) return;
      said = now;
      std::printf("progress %zu %zu %g\n", done, total, loss);
      std::fflush(stdout);
    };
    Training training{seed, torch::Device(gpu ? torch::kCUDA : torch::kCPU), settings, checkpoint, progress};
    SectionsWriter output;
    body(training, output);
    output.write_to(train_fd::output);
    return 0;
  } catch (const std::bad_alloc&) {
    return train_out_of_memory_status;
  } catch (const std::exception& failure) {
    const bool memory = std::strstr(failure.what(), "can't allocate memory") != nullptr;
    std::fprintf(stderr, "%s\n", failure.what());
    return memory ? train_out_of_memory_status : 1;
  }
}

}  // namespace annvil
