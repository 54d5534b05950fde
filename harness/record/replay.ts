import { MachineError } from '../core/errors.ts';
import { decodeLine, type JournalLine } from './checksum.ts';

/** What a journal's bytes hold. */
export interface Replay {
  readonly lines: readonly JournalLine[];
  /** Bytes that hold whole lines; what follows was being written when the writer died. */
  readonly wholeBytes: number;
  /** The last line is whole but for its newline, so the next append must write that first. */
  readonly lacksNewline: boolean;
}

const newline = 0x0a;

/**
 * Reads lines up to the end or to a torn tail: every append is synced before the next, so a crash can spoil the last line only.
 * @throws MachineError where a line before the last is wrong: that is not a crash but a damaged file
 */
export function replay(bytes: Buffer, path: string): Replay {
  const lines: JournalLine[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(newline, start);
    const stop = end < 0 ? bytes.length : end;
    const line = decodeLine(bytes.toString('utf8', start, stop), lines.length + 1);
    if (!line && end >= 0 && end + 1 < bytes.length) throw damaged(path, lines.length + 1);
    if (!line) break;
    lines.push(line);
    if (end < 0) return { lines, wholeBytes: bytes.length, lacksNewline: true };
    start = end + 1;
  }
  return { lines, wholeBytes: start, lacksNewline: false };
}

function damaged(path: string, line: number): MachineError {
  return new MachineError(
    `${path}: line ${line} is damaged (its checksum or number is wrong) and whole lines follow it; a crash cannot do that`,
    `restore the file from a copy, or go on from the ${line - 1} entries before it: ` +
      `cp '${path}' '${path}.damaged' && head -n ${line - 1} '${path}.damaged' > '${path}'`,
  );
}
