import { describe, expect, it } from 'vitest';
import { makeCandidate } from '../core/candidate.ts';
import type { Outcome, Scored } from '../core/outcome.ts';
import type { Choices } from '../core/policy.ts';
import { championAnchor, type Grammar } from '../core/proposer.ts';
import { parseSpec } from '../core/spec.ts';
import { ofSlots } from '../core/target.ts';
import { GrammarLearner } from './learner.ts';

const grammar: Grammar = {
  space: [{ name: 'width', options: ['8', '4', '16'] }],
  seedChoices: { width: '8' },
  emit: (choices: Choices) => JSON.stringify(choices),
};
const learner = new GrammarLearner(ofSlots('graph', { construction: grammar, search: grammar, refinement: grammar }));
const spec = parseSpec({ name: 'a' });

function candidate(width: string) {
  const choices = { width };
  return makeCandidate({
    slot: 'search',
    source: grammar.emit(choices),
    parents: [],
    origin: { proposer: 'grammar', choices },
  });
}

function scored(value: number, error: number): Outcome {
  const speedup = { value, low: value * Math.exp(-error), high: value * Math.exp(error) };
  const cost = { buildSeconds: 1, prepareSeconds: 1, indexBytes: 1 };
  return { kind: 'scored', verdict: 'slower', area: 1, curve: [], speedup, rounds: 8, cost } satisfies Scored;
}

const champion = candidate('8');
const drawn = championAnchor(grammar, champion, spec.anchor);
const attempt = (width: string, value: number, error = 0.01) => ({
  candidate: candidate(width),
  outcome: scored(value, error),
  reward: Math.log(value),
});
const lesson = (...attempts: ReturnType<typeof attempt>[]) =>
  learner.learn({ slot: 'search', logits: drawn, attempts }, champion, { spec });

describe('what the learner makes of a group', () => {
  it('moves the policy towards what was rewarded and away from what was not', () => {
    const { advantages, logits } = lesson(attempt('4', 1.5), attempt('16', 0.7));
    expect(Object.values(advantages)).toEqual([1, -1]);
    expect(logits.width![1]).toBeGreaterThan(0);
    expect(logits.width![2]).toBeLessThan(0);
  });

  it('is nothing where the rewards differ by less than they are known to', () => {
    const { advantages, logits } = lesson(attempt('4', 1.02, 0.05), attempt('16', 0.99, 0.05));
    expect(Object.values(advantages)).toEqual([0, 0]);
    for (const logit of logits.width!) expect(logit).toBeCloseTo(0, 10);
  });

  it('is nothing for a group of which nothing was finished', () => {
    expect(lesson().logits.width!.every((logit) => Math.abs(logit) < 1e-9)).toBe(true);
  });
});
