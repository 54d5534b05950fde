// One stretch of a predictor's training, between two rounds of duplication, and what lets it go on after an interruption.
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace annvil {

struct Phase {
  std::uint32_t number;  // 0 before the first duplication
  std::uint32_t epochs;  // passes over the training queries in this phase

  // The epochs of this phase that an interrupted training had finished, whose state module and optimiser then have; 0 where there are none.
  std::function<std::uint32_t(torch::nn::Module&, torch::optim::Optimizer&)> restore;
  // After each epoch: cheap, what comes too soon is not written.
  std::function<void(std::uint32_t epochs_done, torch::nn::Module&, torch::optim::Optimizer&)> save;
  // Shown to whoever waits: steps of this phase, and the loss as it stands.
  std::function<void(std::size_t done, std::size_t total, double loss)> progress;
};

}  // namespace annvil
