// What every slot that trains is handed: seed, device, settings, a place to say how far it is, and checkpoints.
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <functional>

#include "settings.hpp"

namespace annvil {

// The latest state of a training that was cut short; kept by the harness, outside of the sandbox.
//
// A resumed training draws the same batches as an uninterrupted one where the slot seeds its generators by (seed, epoch) at the
// start of each epoch, as the seeds do.
class Checkpoint {
 public:
  using Read = std::function<void(torch::serialize::InputArchive&)>;
  using Write = std::function<void(torch::serialize::OutputArchive&)>;
  virtual ~Checkpoint() = default;

  // Hands the latest whole state under `name` to `read` and returns the step it was saved at; 0, without a call, where there is none.
  virtual std::size_t restore(const std::string& name, const Read& read) = 0;
  // Keeps a state. Cheap to call often: what comes within 20 seconds of the last one is not written.
  virtual void save(const std::string& name, std::size_t step, const Write& write) = 0;
};

struct Training {
  std::uint64_t seed;
  torch::Device device;       // the processor, or a GPU where the harness granted one
  const Settings& settings;   // the target's settings: sizes, epochs, caps
  Checkpoint& checkpoint;
  // Shown to whoever waits. `done` of `total` steps; `loss` as it stands. Cheap to call often.
  std::function<void(std::size_t done, std::size_t total, double loss)> progress;
};

// A module and its optimiser under one name, at the step that has been finished.
inline void save(Checkpoint& checkpoint, const std::string& name, std::size_t step, torch::nn::Module& module, torch::optim::Optimizer& optimiser) {
  checkpoint.save(name, step, [&](torch::serialize::OutputArchive& archive) {
    torch::serialize::OutputArchive modules, steps;
    module.save(modules);
    optimiser.save(steps);
    archive.write("module", modules);
    archive.write("optimiser", steps);
  });
}

// Returns the step that had been finished; 0 where nothing is to be restored.
inline std::size_t restore(Checkpoint& checkpoint, const std::string& name, torch::nn::Module& module, torch::optim::Optimizer& optimiser) {
  return checkpoint.restore(name, [&](torch::serialize::InputArchive& archive) {
    torch::serialize::InputArchive modules, steps;
    archive.read("module", modules);
    archive.read("optimiser", steps);
    module.load(modules);
    optimiser.load(steps);
  });
}

}  // namespace annvil
