import { expect, it } from 'vitest';
import { ofSlots } from '../core/target.ts';
import { PromptedCampaign, scoredAs } from '../core/testing/prompted-campaign.ts';
import { grammarsOf } from '../propose/grammar/grammars.ts';
import { GroupLearner } from './group-learner.ts';

const grammars = grammarsOf('graph');

const strategyNames = ofSlots('graph', { construction: [], search: ['prune', 'quantise'], refinement: [] });
const learner = new GroupLearner(grammars, strategyNames);

/** A prompt with `strategy`, answered once at that speed; left open. */
function prompt(run: PromptedCampaign, strategy: string, speedup: number) {
  run.open({ parent: run.seed.id, exemplars: [], strategies: [strategy] });
  run.attempt(run.candidate(run.seed.id), scoredAs(speedup), Math.log(speedup));
  return run.state.groups.at(-1)!;
}

it('moves the pool towards what a better prompt had drawn', () => {
  const run = new PromptedCampaign();
  prompt(run, 'prune', 1);
  run.finish();
  const { pool } = learner.learn(prompt(run, 'quantise', 1.3), run.state);
  expect(pool!['strategy:quantise']).toBeGreaterThan(0);
  expect(pool!['strategy:prune'] ?? 0).toBeLessThanOrEqual(0);
});

it('learns nothing from a group without an attempt, and not the last lesson again', () => {
  const run = new PromptedCampaign();
  prompt(run, 'prune', 1);
  run.finish();
  const { pool } = learner.learn(prompt(run, 'quantise', 1.3), run.state);
  run.finish(pool);
  run.open({ parent: run.seed.id, exemplars: [], strategies: ['prune'] });
  expect(learner.learn(run.state.groups.at(-1)!, run.state).pool).toEqual(run.state.pools.search);
});
