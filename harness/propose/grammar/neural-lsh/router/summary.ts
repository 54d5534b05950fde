import type { Choices } from '../../../../core/policy.ts';
import { comment } from '../../part.ts';

/** The comment at the top: what this variant does, and whose ideas it is built on. */
export function summary(choices: Choices): string {
  const model =
    choices.model === 'mlp'
      ? `a perceptron of ${choices['hidden-layers']} hidden layers`
      : choices.model === 'logistic'
        ? 'logistic regression'
        : 'a tree of binary logistic regressions';
  return comment([
    `Slot \`router\`: ${model}, trained on how the bins of ${choices['label-neighbours']} neighbours are distributed (Neural LSH, ICLR 2020, section 3).`,
    ...(choices.rounds === '2'
      ? ['It moves the rows once amid training, and goes on with the bins they are in then.']
      : []),
    `Rows go to the bin it sends them to, ${choices.fill === 'limit' ? 'up to the limit' : `up to ${choices.fill} times the mean`}.`,
  ]);
}
