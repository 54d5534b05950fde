import { type Candidate, makeCandidate } from '../core/candidate.ts';
import type { JournalEntry } from '../core/journal.ts';
import type { CurvePoint, Interval, Outcome, Scored, Verdict } from '../core/outcome.ts';
import { parseSpec } from '../core/spec.ts';
import { ofSlots, type PerSlot, perSlot, type Slot } from '../core/target.ts';

/** A made-up campaign for tests and for looking at the report: small enough to work its figures out by hand. */

export function header(slot: Slot, lines: readonly string[]): string {
  return ['#pragma once', `// ${slot}`, 'namespace candidate {', ...lines, '}  // namespace candidate', ''].join('\n');
}

export const sampleSeeds: PerSlot<Candidate> = perSlot('graph', (slot) =>
  makeCandidate({
    slot,
    source: header(slot, ['constexpr int lookahead = 0;']),
    parents: [],
    origin: { proposer: 'seed' },
  }),
);

export function sampleCandidate(slot: Slot, lookahead: number, parent = sampleSeeds[slot].id): Candidate {
  return makeCandidate({
    slot,
    source: header(slot, [`constexpr int lookahead = ${lookahead};`, 'constexpr bool huge_pages = true;']),
    parents: [parent],
    origin: { proposer: 'grammar', choices: { prefetch: `lookahead-${lookahead}`, memory: 'huge-pages' } },
  });
}

export function sampleCurve(scale: number): CurvePoint[] {
  const points = [
    [10, 0.78, 210_000],
    [16, 0.86, 150_000],
    [24, 0.91, 98_000],
    [40, 0.948, 61_000],
    [64, 0.97, 38_000],
    [120, 0.989, 20_500],
  ] as const;
  return points.map(([effort, recall, qps]) => ({ effort, recall, qps: qps * scale }));
}

export function sampleScored(verdict: Verdict, area: number, value: number, low: number, high: number): Scored {
  const cost = { buildSeconds: 3.25, prepareSeconds: 0.4, indexBytes: 18 * 2 ** 20 };
  const speedup = { value, low, high };
  return { kind: 'scored', verdict, area, curve: sampleCurve(area / 100_000), speedup, rounds: 8, cost };
}

export const sampleStart: JournalEntry = {
  type: 'campaign-started',
  spec: parseSpec({ name: 'sample', maxMinutes: 60, maxEvaluations: 60 }),
  fingerprint: {
    cpu: 'AMD EPYC 9554 64-Core Processor',
    cores: 2,
    caches: 'L1d 32K, L2 1024K, L3 256M',
    governor: 'performance',
    kernel: 'Linux 6.1.0',
    compiler: 'g++ (Debian 12.2.0-14) 12.2.0',
    compilerFlags: ['-O3', '-march=native', '-std=c++20'],
    dataset: 'sha256:3f6c0b1f9ab0',
    evaluator: 'sha256:91f0aa27c4de',
    harnessVersion: '0.1.0',
  },
  seeds: sampleSeeds,
};

/** Builds a journal group by group, counting time. */
export class SampleJournal {
  readonly entries: JournalEntry[] = [
    sampleStart,
    { type: 'seed-measured', outcome: sampleScored('indecisive', 100_000, 1, 0.99, 1.01) },
  ];
  #champions = perSlot('graph', (slot) => sampleSeeds[slot].id);
  #group = 0;
  #seconds = 30;

  propose(slot: Slot, candidates: readonly Candidate[]): this {
    this.#group += 1;
    const logits = { prefetch: [0.1 * this.#group, 0], memory: [0, 0.2] };
    const champions = { ...this.#champions };
    this.entries.push({ type: 'group-proposed', group: this.#group, slot, champions, candidates, logits });
    return this;
  }

  attempt(candidate: Candidate, outcome: Outcome, reward: number): this {
    this.#seconds += 40;
    const { id } = candidate;
    this.entries.push({
      type: 'attempt-finished',
      group: this.#group,
      candidate: id,
      outcome,
      reward,
      elapsedSeconds: this.#seconds,
    });
    return this;
  }

  promotion(candidate: Candidate, area: number, speedup: Interval, promoted: boolean): this {
    this.#seconds += 60;
    const { id, slot } = candidate;
    const outcome = sampleScored(promoted ? 'accepted' : 'indecisive', area, speedup.value, speedup.low, speedup.high);
    const fields = { group: this.#group, candidate: id, outcome, promoted, elapsedSeconds: this.#seconds };
    this.entries.push({ type: 'promotion-measured', ...fields });
    if (promoted) this.#champions = { ...this.#champions, [slot]: id };
    return this;
  }

  finishGroup(slot: Slot): this {
    const logits = { prefetch: [0.1 * this.#group, 0.4], memory: [0, 0.3] };
    const fields = { group: this.#group, slot, advantages: {}, logits, elapsedSeconds: this.#seconds };
    this.entries.push({ type: 'group-finished', ...fields });
    return this;
  }

  add(entry: JournalEntry): this {
    this.entries.push(entry);
    return this;
  }
}

export const searchFast = sampleCandidate('search', 4);
export const searchFaster = sampleCandidate('search', 8, searchFast.id);
export const searchSlow = sampleCandidate('search', 64);
export const constructionBroken = sampleCandidate('construction', 3);

const gcc =
  'search.hpp: In function:\nsearch.hpp:4:1: error: expected "}" before end of line\nsearch.hpp:9:2: note: here';

/**
 * Search is promoted twice, at 1.25 [1.2, 1.3] and then 1.2 [1.1, 1.3]; construction keeps its seed after one compile error;
 * refinement is never tried. Not yet finished.
 */
export function sampleJournal(): SampleJournal {
  return new SampleJournal()
    .propose('search', [searchFast, searchSlow])
    .attempt(searchFast, sampleScored('accepted', 126_000, 1.26, 1.2, 1.32), 0.231)
    .attempt(searchSlow, sampleScored('slower', 90_000, 0.9, 0.88, 0.92), -0.105)
    .promotion(searchFast, 125_000, { value: 1.25, low: 1.2, high: 1.3 }, true)
    .finishGroup('search')
    .propose('construction', [constructionBroken])
    .attempt(constructionBroken, { kind: 'compile-error', diagnostics: gcc }, -2.5)
    .finishGroup('construction')
    .propose('search', [searchFaster])
    .attempt(searchFaster, sampleScored('accepted', 151_000, 1.21, 1.15, 1.27), 0.412)
    .promotion(searchFaster, 150_000, { value: 1.2, low: 1.1, high: 1.3 }, true)
    .finishGroup('search');
}

/** The same campaign's end: a final measurement of 1.48 [1.44, 1.52]. */
export function finishedSampleJournal(): SampleJournal {
  const measured = sampleScored('accepted', 148_000, 1.48, 1.44, 1.52);
  return sampleJournal()
    .add({
      type: 'final-measured',
      final: {
        combined: measured,
        slots: ofSlots('graph', { construction: null, search: measured, refinement: null }),
        seed: sampleScored('indecisive', 100_000, 1, 1, 1),
      },
      elapsedSeconds: 420,
    })
    .add({ type: 'campaign-finished', reason: 'evaluation-budget', elapsedSeconds: 421 });
}
