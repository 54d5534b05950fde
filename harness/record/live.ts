import { createLogUpdate } from 'log-update';
import type { ProgressEvent, ProgressView } from '../core/progress.ts';
import { elapsedSeconds, initialLiveState, liveState } from './live-state.ts';
import { clock, eventLine, liveBlock } from './live-text.ts';

export interface ProgressViewOptions {
  /** A block that is redrawn in place; otherwise a line an event, for pipes and logs. */
  readonly terminal: boolean;
  readonly columns?: number;
  /** Standard error unless told otherwise, so that what a command prints can be piped on. */
  readonly stream?: NodeJS.WritableStream;
}

/** Shows a campaign's progress in the way that suits where it is shown. */
export function progressView({ terminal, columns = 80, stream = process.stderr }: ProgressViewOptions): ProgressView {
  return terminal ? liveView(stream, columns) : plainView(stream);
}

/** Each event on a line of its own after campaign time; progress of one step at each whole tenth only. */
function plainView(stream: NodeJS.WritableStream): ProgressView {
  const began = performance.now();
  let state = initialLiveState;
  let tenth = '';
  return {
    event(event) {
      const now = performance.now() - began;
      state = liveState(state, event, now);
      if (event.type === 'progress') {
        const reached = `${event.message} ${event.total > 0 ? Math.floor((10 * event.done) / event.total) : 0}`;
        if (reached === tenth) return;
        tenth = reached;
      }
      const line = eventLine(event, state.budget);
      if (line !== null) stream.write(`[${clock(elapsedSeconds(state, now))}] ${line.replaceAll('\n', ' ')}\n`);
    },
    close() {},
  };
}

/** At most four frames a second, and at least one, so that the time shown moves. */
const frameMilliseconds = 250;
const tickMilliseconds = 1000;

/** What a reader will want to scroll back to stays above the block. */
const lasting = new Set<ProgressEvent['type']>(['step', 'promotion-measured', 'group-finished', 'finished']);

function liveView(stream: NodeJS.WritableStream, columns: number): ProgressView {
  const began = performance.now();
  const block = createLogUpdate(stream, { showCursor: true, defaultWidth: columns });
  let state = initialLiveState;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let pending: NodeJS.Timeout | undefined;
  let closed = false;

  const draw = () => {
    clearTimeout(pending);
    pending = undefined;
    drawnAt = performance.now();
    block(liveBlock(state, drawnAt - began, columns));
  };
  const ticking = setInterval(() => pending ?? draw(), tickMilliseconds);
  // Neither timer keeps the process alive: the campaign does.
  ticking.unref();

  return {
    event(event) {
      if (closed) return;
      const now = performance.now();
      state = liveState(state, event, now - began);
      const line = lasting.has(event.type) ? eventLine(event, state.budget) : null;
      if (line !== null) block.persist(`[${clock(elapsedSeconds(state, now - began))}] ${line.replaceAll('\n', ' ')}`);
      pending ??= setTimeout(draw, Math.max(0, drawnAt + frameMilliseconds - now)).unref();
    },
    close() {
      if (closed) return;
      closed = true;
      clearInterval(ticking);
      clearTimeout(pending);
      block.clear();
      block.done();
    },
  };
}
