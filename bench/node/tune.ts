/**
 * The least effort whose recall reaches `target`, by growing steps and then bisection; null where `most` falls short. The same for every
 * contender, on queries that are not timed.
 */
export function leastEffort(
  recallAt: (effort: number) => number,
  { target, least, most }: { readonly target: number; readonly least: number; readonly most: number },
): number | null {
  let short = least - 1;
  let enough = least;
  while (recallAt(enough) < target) {
    if (enough >= most) return null;
    short = enough;
    enough = Math.min(most, Math.ceil(enough * 1.5));
  }
  while (enough - short > 1) {
    const middle = Math.floor((short + enough) / 2);
    if (recallAt(middle) < target) short = middle;
    else enough = middle;
  }
  return enough;
}
