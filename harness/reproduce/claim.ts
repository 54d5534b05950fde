import type { Interval } from '../core/outcome.ts';

/** A paper's claim beside what was seen of it. */
export interface Claim {
  readonly claim: string;
  /** What the paper says, with its figure where it gives one, and where. */
  readonly paper: string;
  /** Over training seeds, with the ends of the 95 % interval: infinite for one seed. Null where it was not measured. */
  readonly seen: Interval | null;
  readonly shown: 'yes' | 'no' | 'not at this scale';
  /** What the value is, and on what: for instance `candidates at recall .90 over k-means', mnist-784`. */
  readonly note: string;
}

/** What a claim says of the interval that was seen. */
export type Expectation =
  | { readonly above: number }
  | { readonly below: number }
  | { readonly atLeast: number }
  | { readonly atMost: number };

/**
 * A claim that holds where the whole interval does (`above`, `below`), or where the value does (`atLeast`, `atMost`: for figures that a bound of
 * the claim's own is set on). One training seed gives no interval, so that it decides no claim of the first kind.
 * @param visible whether a miss says anything at this scale; where not, it is `not at this scale` and no `no`
 */
export function claimOf(
  fields: Pick<Claim, 'claim' | 'paper' | 'note'>,
  seen: Interval,
  expected: Expectation,
  visible = true,
): Claim {
  if (seen.high === Number.POSITIVE_INFINITY && ('above' in expected || 'below' in expected)) {
    const note = `${fields.note}; one training seed gives no interval: two or more decide`;
    return { ...fields, note, seen, shown: 'not at this scale' };
  }
  const holds = meets(seen, expected);
  return { ...fields, seen, shown: holds ? 'yes' : visible ? 'no' : 'not at this scale' };
}

/** A claim that nothing was measured for here. */
export function notMeasured(fields: Pick<Claim, 'claim' | 'paper' | 'note'>): Claim {
  return { ...fields, seen: null, shown: 'not at this scale' };
}

/** As `annvil reproduce --json` prints it: `seen` always has its three numbers, null where there is none. */
export function asPrinted(claim: Claim) {
  return { ...claim, seen: claim.seen ?? { value: null, low: null, high: null } };
}

/** `0.871 [0.862, 0.880]`; NaN is of a method that ends short of the recall compared at. */
export function describeSeen({ value, low, high }: Interval): string {
  if (Number.isNaN(value)) return 'recall not reached';
  const digits = Math.abs(value) >= 100 ? 0 : 3;
  if (high === Number.POSITIVE_INFINITY) return `${value.toFixed(digits)} (one seed: no interval)`;
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

function meets({ value, low, high }: Interval, expected: Expectation): boolean {
  if ('above' in expected) return low > expected.above;
  if ('below' in expected) return high < expected.below;
  return 'atLeast' in expected ? value >= expected.atLeast : value <= expected.atMost;
}
