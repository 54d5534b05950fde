import type { Choices } from '../../../../core/policy.ts';

/** The member function that reads the memory M times, relaxed, and keeps what each lookup weighed and read. */
export function look(choices: Choices): string {
  return `  // All lookups of all queries, one model after the other, with a softmax in place of the largest output.
  std::vector<querying::Lookup> look(const annvil::LookupBatch& batch, ${choices.noise === 'last-then-all' ? '' : '[[maybe_unused]] '}double progress) {
    const torch::Tensor queries = batch.queries.flatten(0, 1);
    const auto datasets = batch.memory.size(0), positions = batch.memory.size(1);
    std::vector<torch::Tensor> told{queries};
    std::vector<querying::Lookup> lookups;
    for (std::size_t i = 0; i < models_.size(); ++i) {
      const torch::Tensor logits = models_[i]->forward(told.size() == 1 ? queries : torch::cat(told, -1));
${weights(choices)}
      const torch::Tensor value = torch::bmm(weights.view({datasets, -1, positions}), batch.memory).flatten(0, 1);
      lookups.push_back({weights, value});
      if (problem_.adaptive && i + 1 < models_.size()) {
${tell(choices)}
      }
    }
    return lookups;
  }`;
}

function weights(choices: Choices): string {
  const { noise, temperature } = choices;
  const logits = { none: 'logits', all: 'querying::with_gumbel_noise(logits)' }[noise!];
  const relaxed = `torch::softmax(${logits ?? '(noisy ? querying::with_gumbel_noise(logits) : logits)'}${noise === 'none' ? '' : ` / ${temperature}`}, -1)`;
  const lines = [
    ...(noise === 'last-then-all'
      ? [`const bool noisy = i + 1 == models_.size() || progress >= ${choices['noise-switch']};`]
      : []),
    ...(choices.lookup === 'soft'
      ? [`const torch::Tensor weights = ${relaxed};`]
      : [
          `const torch::Tensor relaxed = ${relaxed};`,
          '// All but the last read one position forward, as they will in the end, and are relaxed backward.',
          'const torch::Tensor one_hot = (querying::one_hot(relaxed) - relaxed).detach() + relaxed;',
          'const torch::Tensor weights = i + 1 == models_.size() ? relaxed : one_hot;',
        ]),
  ];
  return lines.map((line) => `      ${line}`).join('\n');
}

function tell({ history }: Choices): string {
  const added = [
    'weights',
    'value',
    ...(history === 'differences' ? ['queries - value'] : []),
    ...(history === 'log-differences' ? ['querying::logarithmic(queries - value)'] : []),
  ];
  return `        told.insert(told.end(), {${added.join(', ')}});`;
}

/** Functions that it calls. */
export function helpers(choices: Choices): string {
  const parts = [
    `// What one lookup weighed, [queries, positions], and read, [queries, dimension].
struct Lookup {
  torch::Tensor weights, value;
};`,
    ...(choices.noise === 'none'
      ? []
      : [
          `// Logits whose softmax is a Gumbel-softmax sample (Jang et al. 2017).
inline torch::Tensor with_gumbel_noise(const torch::Tensor& logits) {
  return logits - torch::log(-torch::log(torch::rand_like(logits).clamp(1e-7, 1 - 1e-7)));
}`,
        ]),
    ...(choices.lookup === 'soft'
      ? []
      : [
          `inline torch::Tensor one_hot(const torch::Tensor& weights) {
  return torch::zeros_like(weights).scatter_(-1, weights.argmax(-1, true), 1.0);
}`,
        ]),
    ...(choices.history === 'log-differences'
      ? [
          `// As annvil::tell writes it for the trained networks.
inline torch::Tensor logarithmic(const torch::Tensor& difference) {
  return torch::sign(difference) * torch::log1p(difference.abs() / annvil::log_difference_unit);
}`,
        ]
      : []),
  ];
  return parts.join('\n\n');
}
