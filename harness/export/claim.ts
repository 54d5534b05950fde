import type { CampaignState } from '../core/campaign-state.ts';
import type { CurvePoint } from '../core/curve-point.ts';
import type { QuerySet } from '../core/evaluation.ts';
import type { HeldOutResult, Interval, Scored } from '../core/outcome.ts';
import { multiplyRatios, speedupOverSeed, unity } from '../core/ratio.ts';
import type { CampaignSpec } from '../core/spec.ts';
import { slotsOf } from '../core/target.ts';
import { wordsOf } from '../core/target-words.ts';
import type { ChosenIndex } from './chosen-index.ts';

/** What an exported package says of itself, and `npm run verify` measures again. */
export interface Claim {
  /**
   * `final`: all of it beside the seed index, on queries that nothing was selected by. `promotions`, `attempt`: the product of ratios, each
   * measured beside the champion of its time. `seed`: it is the seed index. `not-measured`: never measured together.
   */
  readonly source: 'final' | 'promotions' | 'attempt' | 'seed' | 'not-measured';
  readonly inWords: string;
  /** Ratio of areas to the seed index, with its 95 % interval. */
  readonly speedup: Interval | null;
  /** As the campaign's specification has it: timed on one core, or on all at once, a process each. */
  readonly mode: CampaignSpec['mode'];
  readonly k: number;
  /** The recalls over which the area is taken. */
  readonly window: { readonly low: number; readonly high: number };
  /** Which of the campaign's query sets the curve was measured on, and which the seed's was. */
  readonly queries: QuerySet | null;
  readonly seedQueries: QuerySet | null;
  /** Of a graph mean queries a second over the window; of a trained index the campaign's area: `wordsOf(target).areaText`. */
  readonly area: number | null;
  readonly curve: readonly CurvePoint[];
  readonly seedArea: number | null;
  readonly seedCurve: readonly CurvePoint[];
  /** All of it beside the seed index, where the campaign did not train; empty where the claim is no final measurement. */
  readonly heldOut: readonly HeldOutResult[];
}

/** Only what the journal says, in the order of how much it is worth. */
export function claimOf(state: CampaignState, { headers, kind, attempt }: ChosenIndex): Claim {
  const { target, mode } = state.spec;
  // A routing is for the nearest neighbour alone.
  const k = target === 'cluster-routing' ? 1 : state.spec.k;
  const { window } = wordsOf(target);
  const common = { mode, k, window: window ?? { low: 0, high: 1 }, heldOut: [] };
  // An attempt's curve is of the queries that the seed was first measured on.
  const final = kind === 'attempt' ? null : state.final?.seed;
  const seed = final ?? state.seedOutcome;
  const seedFigures = {
    seedArea: seed?.area ?? null,
    seedCurve: seed?.curve ?? [],
    seedQueries: final ? ('final' as const) : seed ? ('search' as const) : null,
  };
  if (slotsOf(target).every((slot) => headers[slot].id === state.seeds[slot].id)) {
    const inWords = 'No candidate was promoted: this is the seed index, and no better than it.';
    return {
      ...common,
      ...seedFigures,
      ...figures(seed),
      ...{ source: 'seed', inWords, speedup: unity, queries: seedFigures.seedQueries },
    };
  }
  if (kind === 'champions' && state.final?.combined) {
    const { combined, heldOut = [] } = state.final;
    const inWords = 'Measured as a whole beside the seed index, on queries that no candidate was selected by.';
    return {
      ...common,
      ...seedFigures,
      ...figures(combined),
      ...{ source: 'final', inWords, speedup: combined.speedup, queries: 'final', heldOut },
    };
  }
  if (kind === 'champions') {
    const last = state.promotions.findLast(({ promoted }) => promoted)!;
    const speedup = multiplyRatios(...slotsOf(target).map((slot) => state.champions[slot].championSpeedup));
    const inWords =
      'Provisional: the product of the ratios at which the champions were promoted; the campaign made no final measurement of them together.';
    const scored = last.outcome.kind === 'scored' ? last.outcome : null;
    return {
      ...common,
      ...seedFigures,
      ...figures(scored),
      ...{ source: 'promotions', inWords, speedup, queries: 'promotion' },
    };
  }
  if (attempt) {
    const others = slotsOf(target)
      .filter((slot) => slot !== attempt.slot)
      .map((slot) => speedupOf(state, headers[slot].id, attempt.number));
    const own = speedupOverSeed(attempt);
    const speedup = own && multiplyRatios(own, ...others);
    const inWords =
      'One attempt, on queries that candidates were selected by, times the ratios at which the champions beside it were promoted: the best of many such figures flatters itself.';
    return {
      ...common,
      ...seedFigures,
      ...figures(attempt.outcome),
      ...{ source: 'attempt', inWords, speedup, queries: 'search' },
    };
  }
  const inWords =
    'These headers were never measured together: npm run verify measures them, and has no claim to hold them to.';
  return {
    ...common,
    ...seedFigures,
    ...{ source: 'not-measured', inWords, speedup: null, queries: null, area: null, curve: [] },
  };
}

/** Over its slot's seed, of a header that was champion before the attempt of that number: the product of its line's promotions. */
function speedupOf(state: CampaignState, id: string, beforeAttempt: number): Interval {
  const ratios: Interval[] = [];
  for (const { candidate, outcome, promoted, afterAttempt, slot } of state.promotions) {
    if (afterAttempt >= beforeAttempt || !promoted || outcome.kind !== 'scored') continue;
    if (!id.startsWith(`${slot}-`)) continue;
    ratios.push(outcome.speedup);
    if (candidate.id === id) return multiplyRatios(...ratios);
  }
  return unity;
}

/** What the figures of a graph were timed on. */
export function timedOn({ mode }: Claim, cores: number): string {
  return mode === 'throughput' ? `all ${cores} cores at once, a process each` : 'one thread';
}

function figures(scored: Scored | null): Pick<Claim, 'area' | 'curve'> {
  return { area: scored?.area ?? null, curve: scored?.curve ?? [] };
}
