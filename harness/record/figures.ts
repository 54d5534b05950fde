import type { Interval } from '../core/outcome.ts';

/** How figures are written for people, in the terminal and in the report alike. */

export function formatRatio({ value, low, high }: Interval, digits = 2): string {
  return `${value.toFixed(digits)}x [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function formatMebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

/** `1 h 04 min`, `12 min 05 s`, `7 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${two(rest)} s` : `${rest} s`;
}

/** Cut to fit a column, marked where cut. */
export function shorten(text: string, width: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}

/** A candidate's hash without its slot, short enough for a table; `show` takes it back. */
export function shortId(id: string): string {
  return id.slice(id.indexOf('-') + 1).slice(0, 8);
}

/** `1 candidate`, `2 candidates`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
