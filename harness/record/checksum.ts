import { createHash } from 'node:crypto';
import type { JournalEntry } from '../core/journal.ts';

/** One line of `journal.jsonl`, read back. */
export interface JournalLine {
  readonly seq: number;
  readonly at: string;
  readonly entry: JournalEntry;
}

/** The checksum covers the entry's exact text, so that a line is either as it was written or wrong. */
const shape = /^\{"seq":(\d+),"at":"([^"]*)","sum":"([0-9a-f]{16})","entry":(.*)\}$/;

function checksum(seq: number | string, at: string, entryJson: string): string {
  return createHash('sha256').update(`${seq}\n${at}\n${entryJson}`).digest('hex').slice(0, 16);
}

/** The line with its newline; JSON escapes newlines, so a line break only ever ends an entry. */
export function encodeLine(seq: number, at: string, entry: JournalEntry): string {
  const json = JSON.stringify(entry);
  return `{"seq":${seq},"at":"${at}","sum":"${checksum(seq, at, json)}","entry":${json}}\n`;
}

/** The line without its newline, or null where it is not, to the byte, what was written as number `seq`. */
export function decodeLine(text: string, seq: number): JournalLine | null {
  const match = shape.exec(text);
  if (!match) return null;
  const [, writtenSeq, at, sum, json] = match;
  if (Number(writtenSeq) !== seq || checksum(seq, at!, json!) !== sum) return null;
  return { seq, at: at!, entry: JSON.parse(json!) as JournalEntry };
}

/** When the last line that begins in `text` was written; undefined where none does. A line cut off at its end counts: it was begun. */
export function lastWrittenAt(text: string): string | undefined {
  return [...text.matchAll(/^\{"seq":\d+,"at":"([^"]*)"/gm)].at(-1)?.[1];
}
