import type { Outcome } from '../../core/outcome.ts';
import { seededRandom } from '../../core/random.ts';
import { ofSlots, type Slot, slotsOf } from '../../core/target.ts';
import { SampleJournal, sampleCandidate, sampleScored, sampleSeeds } from '../sample-campaign.ts';

/** A made-up night of 20 groups, to look at the report with: every kind of outcome, several promotions, a final measurement. */
export function sampleNight(): SampleJournal {
  const random = seededRandom('sample-night');
  const journal = new SampleJournal();
  const best = ofSlots('graph', { construction: 1, search: 1, refinement: 1 });
  const champions = { ...sampleSeeds };
  const combined = () => best.construction * best.search * best.refinement;
  const failures: readonly Outcome[] = [
    { kind: 'rejected', rule: 'no-inline-assembly', line: 41, detail: 'asm volatile("rdtsc")' },
    {
      kind: 'compile-error',
      diagnostics: "search.hpp:88:14: error: no member named 'prefetch_l4' in namespace 'contract' <arch>",
    },
    { kind: 'crashed', stage: 'smoke', signal: 'SIGSEGV', stderr: 'AddressSanitizer: heap-buffer-overflow' },
    { kind: 'timed-out', stage: 'build', limitSeconds: 120 },
    { kind: 'over-limit', stage: 'prepare', resource: 'index-bytes', limit: 52_428_800, used: 90_177_536 },
    { kind: 'low-recall', best: 0.872, required: 0.95, curve: [] },
    {
      kind: 'tampered',
      stage: 'measure',
      rule: 'cached-answers',
      detail: 'the same query, asked again, was 40 times faster',
    },
  ];
  for (let group = 0; group < 20; group++) {
    const slot: Slot = slotsOf('graph')[group % 3]!;
    const candidates = Array.from({ length: 4 }, (_, i) =>
      sampleCandidate(slot, group * 10 + i + 1, champions[slot].id),
    );
    journal.propose(slot, candidates);
    const ratios = candidates.map((candidate) => {
      if (random() < 0.25) {
        journal.attempt(candidate, failures[Math.floor(random() * failures.length)]!, -2.5 + random());
        return 0;
      }
      const gain = slot === 'refinement' ? 0.02 : 0.12;
      const ratio = 0.9 + random() * (0.1 + gain);
      const verdict = ratio > 1.03 ? 'accepted' : ratio < 0.98 ? 'slower' : 'indecisive';
      const reward = Math.log(ratio * combined());
      journal.attempt(
        candidate,
        sampleScored(verdict, 100_000 * combined() * ratio, ratio, ratio * 0.985, ratio * 1.015),
        reward,
      );
      return ratio;
    });
    const top = Math.max(...ratios);
    if (top > 1.03) {
      const winner = candidates[ratios.indexOf(top)]!;
      best[slot] *= top;
      champions[slot] = winner;
      journal.promotion(winner, 100_000 * combined(), { value: top, low: top * 0.985, high: top * 1.015 }, true);
    }
    journal.finishGroup(slot);
  }
  const figure = (value: number) => sampleScored('accepted', 100_000 * value, value, value * 0.98, value * 1.02);
  const slots = ofSlots('graph', {
    construction: figure(best.construction),
    search: figure(best.search),
    refinement: null,
  });
  const seed = sampleScored('indecisive', 100_000, 1, 1, 1);
  return journal
    .add({ type: 'final-measured', final: { combined: figure(combined()), slots, seed }, elapsedSeconds: 3550 })
    .add({ type: 'campaign-finished', reason: 'time-budget', elapsedSeconds: 3600 });
}
