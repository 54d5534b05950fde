import type { Choices } from '../../../../core/policy.ts';
import type { Part } from '../../part.ts';

/** How scores become a placement: relaxed while the ranker learns, a permutation afterwards. */
export function sort(choices: Choices): Part {
  return {
    std: ['cmath'],
    contract: [],
    text: `// Row i has a one at the point of the i-th smallest score.
inline torch::Tensor permutation(const torch::Tensor& scores) {
  const torch::Tensor order = scores.argsort(-1, false).unsqueeze(-1);
  return torch::zeros({scores.size(0), scores.size(1), scores.size(1)}, scores.options()).scatter_(-1, order, 1.0);
}

${choices.sort === 'softsort' ? softsort(choices) : neuralsort(choices)}`,
  };
}

function softsort({ temperature }: Choices): string {
  return `// SoftSort (Prillo & Eisenschlos 2020): row i is the nearer to a point the nearer its score is to the i-th smallest.
inline torch::Tensor relaxed_permutation(const torch::Tensor& scores) {
  const torch::Tensor sorted = std::get<0>(scores.sort(-1));
  return torch::softmax((sorted.unsqueeze(-1) - scores.unsqueeze(-2)).abs() / ${-Number(temperature)}, -1);
}`;
}

function neuralsort({ temperature }: Choices): string {
  return `// NeuralSort (Grover et al. 2019, equation 5), ascending: row i weighs scores by (2 i + 1 - n), less their distances to all others.
inline torch::Tensor relaxed_permutation(const torch::Tensor& scores) {
  const std::int64_t points = scores.size(1);
  const torch::Tensor apart = (scores.unsqueeze(-1) - scores.unsqueeze(-2)).abs().sum(-1);
  const torch::Tensor weight = torch::arange(1 - points, points, 2, scores.options()).view({1, points, 1});
  return torch::softmax((weight * scores.unsqueeze(1) - apart.unsqueeze(1)) / ${temperature}, -1);
}`;
}

/** The member function that places points. */
export function placement(choices: Choices): string {
  const settles = choices['settles-at'] !== 'never';
  const relaxed =
    choices.gradient === 'soft'
      ? '    return ranking::relaxed_permutation(scores);'
      : `    // Forward a permutation, backward its relaxation.
    const torch::Tensor relaxed = ranking::relaxed_permutation(scores);
    return (ranking::permutation(scores) - relaxed).detach() + relaxed;`;
  return `  torch::Tensor placement(const torch::Tensor& outputs, ${settles ? '' : '[[maybe_unused]] '}double progress) {
    // Scores of unit deviation times sqrt(n): the sort's temperature means the same to every dataset.
    const torch::Tensor raw = outputs.squeeze(-1);
    const double unit = std::sqrt(static_cast<double>(raw.size(-1)));
    const torch::Tensor scores = (raw - raw.mean(-1, true)) / (raw.std(-1, false, true) + 1e-6) * unit;
${settles ? '    if (learning_rate(progress) <= 0) return ranking::permutation(scores);\n' : ''}${relaxed}
  }`;
}
