import type { Choices } from '../../../../core/policy.ts';

/** The member function that turns lookups into what is to go down. */
export function loss(choices: Choices): string {
  const { supervision } = choices;
  if (supervision === 'any') return anyLookup;
  const all = supervision !== 'last';
  const early = supervision === 'all-lightly' ? '0.2' : '1.0';
  const term = all
    ? `    torch::Tensor sum = loss_of(lookups.back(), batch);
    // Each lookup is to find the answer, the last one most of all.
    for (std::size_t i = 0; i + 1 < lookups.size(); ++i) sum = sum + ${early} * loss_of(lookups[i], batch);
    return sum;`
    : '    return loss_of(lookups.back(), batch);';
  return `  torch::Tensor loss(const annvil::LookupBatch& batch, double progress) {
    const std::vector<querying::Lookup> lookups = look(batch, progress);
${term}
  }`;
}

const anyLookup = `  torch::Tensor loss(const annvil::LookupBatch& batch, double progress) {
    const std::vector<querying::Lookup> lookups = look(batch, progress);
    const torch::Tensor error = (lookups.back().value - batch.answers.flatten(0, 1)).pow(2).sum(-1).mean();
    if (!problem_.permutes) return error;
    // -log of the chance that some lookup reads the answer, whichever it is.
    torch::Tensor missed = torch::ones_like(batch.placement.flatten(0, 1).select(-1, 0));
    for (const querying::Lookup& lookup : lookups) missed = missed * (1 - share_of(lookup, batch));
    return -torch::log(1 - missed + 1e-6).mean();
  }`;

/** The private member function that judges one lookup. */
export function lossOf({ loss: kind, supervision }: Choices): string {
  if (supervision === 'any')
    return `  // The share of a lookup's weight that lies on the answer, wherever the ranker has placed that.
  torch::Tensor share_of(const querying::Lookup& lookup, const annvil::LookupBatch& batch) const {
    return (lookup.weights.narrow(-1, 0, problem_.points) * batch.placement.flatten(0, 1)).sum(-1);
  }`;
  const error = '(lookup.value - batch.answers.flatten(0, 1)).pow(2).sum(-1).mean()';
  const share = `    // -log of the share of its weight that lies on the answer, wherever the ranker has placed that.
    const torch::Tensor share = (lookup.weights.narrow(-1, 0, problem_.points) * batch.placement.flatten(0, 1)).sum(-1);`;
  const squared = '  torch::Tensor loss_of(const querying::Lookup& lookup, const annvil::LookupBatch& batch) const {\n';
  if (kind === 'squared-error')
    return `${squared.replace(' const {', ' {').replace('  torch', '  static torch')}    return ${error};\n  }`;
  const without = `    if (!problem_.permutes) return ${error};`;
  return `${squared}${without}\n${share}\n    return -torch::log(share + 1e-6).mean()${kind === 'both' ? ` + ${error}` : ''};\n  }`;
}
