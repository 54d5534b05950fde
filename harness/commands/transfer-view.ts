import { createLogUpdate } from 'log-update';

/** What a long step of moving or reading data says: a line redrawn in place, or, in a pipe, one now and then. */
export interface TransferView {
  /** @param unit what is counted; a rate is stated of bytes alone */
  progress(message: string, done: number, total: number | undefined, unit?: string): void;
  note(text: string): void;
  close(): void;
}

const drawEveryMs = 250;
const sayEveryMs = 10_000;
/** The rate is of the last so many seconds: a download's own past says little of its future. */
const rateWindowMs = 10_000;

export function transferView({
  terminal,
  stream = process.stderr,
}: {
  terminal: boolean;
  stream?: NodeJS.WritableStream;
}): TransferView {
  const block = terminal ? createLogUpdate(stream, { showCursor: true }) : undefined;
  let message = '';
  let drawn = Number.NEGATIVE_INFINITY;
  let samples: Sample[] = [];
  return {
    progress(now, done, total, unit = 'bytes') {
      const at = performance.now();
      if (now !== message) [message, samples, drawn] = [now, [], Number.NEGATIVE_INFINITY];
      samples = [...samples.filter((sample) => at - sample.at < rateWindowMs), { at, done }];
      const finished = done === total;
      if (!finished && at - drawn < (block ? drawEveryMs : sayEveryMs)) return;
      drawn = at;
      const line = transferLine(message, done, total, samples, unit);
      if (block) block(line);
      else stream.write(`${line}\n`);
    },
    note(text) {
      block?.clear();
      stream.write(`${text}\n`);
    },
    close() {
      block?.clear();
      block?.done();
    },
  };
}

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** `message: 12.3 of 501 MB (2 %), 4.1 MB/s, 2 min left`; shorter where the total or the rate is not known. */
export function transferLine(
  message: string,
  done: number,
  total: number | undefined,
  samples: readonly Sample[],
  unit = 'bytes',
): string {
  const first = samples[0];
  const last = samples.at(-1);
  const seconds = first && last ? (last.at - first.at) / 1000 : 0;
  const rate = first && last && seconds > 0.5 ? (last.done - first.done) / seconds : 0;
  const amount = unit === 'bytes' ? megabytes : (count: number) => `${count.toLocaleString('en')} ${unit}`;
  const of = total === undefined ? amount(done) : `${amount(done).replace(/ \w+$/, '')} of ${amount(total)}`;
  const share = total ? ` (${Math.floor((100 * done) / total)} %)` : '';
  const speed = rate > 0 && unit === 'bytes' ? `, ${megabytes(rate)}/s` : '';
  const left = rate > 0 && total !== undefined && done < total ? `, ${duration((total - done) / rate)} left` : '';
  return `${message}: ${of}${share}${speed}${left}`;
}

/** Three digits, in millions of bytes. */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return `${value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3))} MB`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
