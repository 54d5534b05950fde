// Inputs of about zero mean and unit spread, without which a network trains badly; folded away when it is exported.
#pragma once

#include <torch/torch.h>

#include <memory>

namespace annvil {

// Subtracts each dimension's mean and divides by one deviation for all, so that distances keep their proportions.
class Standardiser {
 public:
  // `rows`: [count][dimension].
  explicit Standardiser(const torch::Tensor& rows) : mean_(rows.mean(0)), deviation_(rows.std().clamp_min(1e-12).item<double>()) {}

  torch::Tensor operator()(const torch::Tensor& rows) const { return (rows - mean_) / deviation_; }
  // Of all values, over all dimensions.
  double deviation() const { return deviation_; }

  // A copy of `net`, whose first module is a Linear, that takes rows as they come.
  std::shared_ptr<torch::nn::SequentialImpl> folded_into(const torch::nn::Sequential& net) const {
    const torch::NoGradGuard no_gradients;
    auto copy = std::dynamic_pointer_cast<torch::nn::SequentialImpl>(net->clone());
    const auto first = copy->ptr<torch::nn::LinearImpl>(0);
    first->weight.div_(deviation_);
    first->bias.sub_(first->weight.matmul(mean_));
    return copy;
  }

 private:
  torch::Tensor mean_;
  double deviation_;
};

}  // namespace annvil
