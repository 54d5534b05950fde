import { UsageError } from '../../harness/core/errors.ts';

/** A download that did not get through, and may the next time: goes on where it stopped. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** Seconds that the server asks to wait; undefined where it asks nothing. */
  readonly retryAfter: number | undefined;

  constructor(message: string, retryAfter: number | undefined = undefined, options?: ErrorOptions) {
    super(message, options);
    this.retryAfter = retryAfter;
  }
}

/** What was downloaded so far belongs to no file that is there now: begins anew. */
export class Discarded extends Error {
  override readonly name = 'Discarded';
}

/** What no repetition will change. */
export function refused(url: string, reason: string): UsageError {
  return new UsageError(`${url} ${reason}`);
}
