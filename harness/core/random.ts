import { createHash } from 'node:crypto';
import type { Random } from './policy.ts';

/**
 * A reproducible stream for a named purpose, so that a resumed campaign draws what it would have drawn: mulberry32 over a
 * 32-bit state taken from SHA-256 of the names. Not for cryptography.
 */
export function seededRandom(...names: readonly (string | number)[]): Random {
  let state = createHash('sha256').update(names.join('\0')).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The items in a random order, each order as likely (Fisher & Yates). */
export function shuffled<T>(items: Iterable<T>, random: Random): T[] {
  const result = [...items];
  for (let end = result.length - 1; end > 0; --end) {
    const other = Math.floor(random() * (end + 1));
    [result[end], result[other]] = [result[other]!, result[end]!];
  }
  return result;
}
