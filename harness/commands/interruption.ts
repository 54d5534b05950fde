import { UsageError } from '../core/errors.ts';
import type { ProgressView } from '../core/progress.ts';

/**
 * Runs work with a signal that Ctrl-C and SIGTERM abort, so that it ends in order; a second one ends the process at once. Closes the view.
 * @param then what comes of it, for the user: `the same command goes on from here`
 */
export async function interruptible<T>(
  progress: ProgressView,
  then: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interrupted = new AbortController();
  const stop = () => {
    if (interrupted.signal.aborted) process.exit(130);
    progress.event({ type: 'step', message: `stopping; ${then}` });
    interrupted.abort(new UsageError(`interrupted; ${then}`));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await work(interrupted.signal);
  } finally {
    progress.close();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
