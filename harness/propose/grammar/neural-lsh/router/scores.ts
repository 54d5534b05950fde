import type { Choices } from '../../../../core/policy.ts';
import type { Part } from '../../part.ts';

/** What the model as it is says of the base; only a second round asks. */
export function scores({ rounds }: Choices): Part | undefined {
  if (rounds !== '2') return undefined;
  return {
    std: ['algorithm', 'cstdint', 'vector'],
    contract: ['learned/training.hpp'],
    text: `// Log-probabilities of all rows, row-major.
inline std::vector<float> scores_of(const annvil::Training& training, Model& model, const Rows& rows) {
  const torch::NoGradGuard no_gradients;
  model.layers->eval();
  constexpr std::int64_t block = 4096;
  std::vector<float> scores;
  for (std::int64_t from = 0; from < rows.values.size(0); from += block) {
    const torch::Tensor ids = torch::arange(from, std::min(from + block, rows.values.size(0)));
    const torch::Tensor part = model.log_probabilities(rows.scaled(ids, training.device)).to(torch::kCPU).contiguous();
    const float* values = part.data_ptr<float>();
    scores.insert(scores.end(), values, values + part.numel());
  }
  return scores;
}`,
  };
}
