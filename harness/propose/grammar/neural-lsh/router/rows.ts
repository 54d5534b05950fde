import type { Choices } from '../../../../core/policy.ts';
import type { Part } from '../../part.ts';

/** The base as a tensor, and its scale. */
export function rows(_choices: Choices): Part {
  return {
    std: ['cmath', 'cstdint'],
    contract: ['neural-lsh/router.hpp', 'learned/training.hpp', 'vectors.hpp'],
    text: `// The base, and what brings it to mean 0 and deviation 1 for the first layer.
struct Rows {
  explicit Rows(annvil::Vectors base)
      : values(annvil::tensor_of_rows(base)),
        mean(values.mean(0)),
        deviation(std::sqrt(values.var(0, false).mean().item<double>()) + 1e-12) {}

  std::uint32_t width() const { return static_cast<std::uint32_t>(mean.size(0)); }

  torch::Tensor scaled(const torch::Tensor& ids, const torch::Device& device) const {
    return ((values.index_select(0, ids) - mean) / deviation).to(device);
  }

  // Makes a layer that was trained on scaled rows right for rows as they are.
  void fold_into(torch::nn::Linear& layer) const {
    const torch::NoGradGuard no_gradients;
    layer->weight.div_(deviation);
    layer->bias.sub_(layer->weight.mv(mean.to(layer->weight.device())));
  }

  torch::Tensor values;  // count x dimension, borrowed
  torch::Tensor mean;    // dimension
  double deviation;
};`,
  };
}
