import type { Outcome, Stage } from '../core/outcome.ts';
import type { PlayerFailure } from './protocol.ts';

/** Ends the passage of one candidate through the stages with its outcome. */
export class Failed extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/** A player's end as the outcome of the candidate it ran. */
export function outcomeOf(failure: PlayerFailure, stage: Stage, memoryMebibytes: number): Outcome {
  const limit = memoryMebibytes * 2 ** 20;
  switch (failure.how) {
    case 'crashed':
      return { kind: 'crashed', stage, signal: failure.signal, stderr: failure.detail.slice(-4000) };
    case 'timed-out':
      return { kind: 'timed-out', stage, limitSeconds: failure.limitSeconds };
    case 'out-of-memory':
      return { kind: 'over-limit', stage, resource: 'memory', limit, used: limit };
    case 'tampered':
      return { kind: 'tampered', stage, rule: failure.signal, detail: failure.detail };
  }
}
