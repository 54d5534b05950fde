import { expect, test } from 'vitest';
import { ofSlots } from '../core/target.ts';
import { leaderboard } from './leaderboard.ts';
import { leaderboardText } from './leaderboard-text.ts';
import { SampleJournal, sampleCandidate, sampleScored } from './sample-campaign.ts';
import { campaignState } from './state.ts';

/** Two attempts of the campaign's own, then one of a control arm that was faster. */
function campaign() {
  const [one, two, control] = [4, 8, 16].map((lookahead) => sampleCandidate('search', lookahead));
  const journal = new SampleJournal()
    .propose('search', [one!, two!])
    .attempt(one!, sampleScored('slower', 90_000, 0.9, 0.88, 0.92), -0.1)
    .attempt(two!, { kind: 'compile-error', diagnostics: '' }, -2.1)
    .finishGroup('search');
  const proposed = {
    slot: 'search',
    champions: ofSlots('graph', { construction: '', search: '', refinement: '' }),
    logits: {},
  } as const;
  journal.add({ type: 'group-proposed', group: 2, arm: 'grammar', candidates: [control!], ...proposed });
  const outcome = sampleScored('no-gain', 101_000, 1.01, 0.99, 1.03);
  journal.add({
    type: 'attempt-finished',
    group: 2,
    candidate: control!.id,
    outcome,
    reward: 0.01,
    elapsedSeconds: 400,
  });
  const missed = sampleScored('indecisive', 100_000, 1.02, 1.01, 1.03);
  return journal.add({ type: 'sentinel-measured', outcome: missed, drifted: false, elapsedSeconds: 500 });
}

test('the campaign and its controls stand side by side, each with its attempts and its best', () => {
  const { arms, slots } = leaderboard(campaignState(campaign().entries));
  expect(arms).toMatchObject([
    { arm: 'main', proposer: 'grammar', attempts: 2, scored: 1, promoted: 0, meanReward: -1.1 },
    { arm: 'grammar', proposer: 'grammar', attempts: 1, scored: 1, best: { speedup: { value: 1.01 } } },
  ]);
  expect(slots.search.attempts.map(({ arm }) => arm)).toEqual(['grammar', 'main', 'main']);
});

test('A/A says how often the seed could not be told from itself', () => {
  const board = leaderboard(campaignState(campaign().entries));
  expect(board.selfComparison).toMatchObject({ comparisons: 2, holdOne: 1, latest: { value: 1.02 } });
  expect(leaderboardText(board)).toContain('1 of 2 intervals hold 1');
  expect(leaderboardText(board)).toContain('control grammar: 1 attempt, 1 scored, 0 promoted');
});

test('nothing is said of arms where there is one', () => {
  expect(leaderboardText(leaderboard(campaignState(new SampleJournal().entries)))).not.toContain('control');
});
