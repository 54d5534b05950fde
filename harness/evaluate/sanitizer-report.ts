import type { Outcome } from '../core/outcome.ts';

/** How a player under sanitizers ended. */
export interface SanitizedRun {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
  readonly stderr: string;
  readonly limitSeconds: number;
  readonly memoryBytes: number;
}

/** As candidates/player/channel.hpp has it. */
const outOfMemoryStatus = 77;
/** The first lines say what was done and where; the rest are shadow bytes and statistics. */
const reportBytes = 4000;

/** The outcome of a run that went wrong, or undefined. */
export function sanitizedOutcome(run: SanitizedRun): Outcome | undefined {
  const { stderr, limitSeconds, memoryBytes } = run;
  const stage = 'sanitize';
  if (run.timedOut || run.signal === 'SIGXCPU') return { kind: 'timed-out', stage, limitSeconds };
  if (run.exitCode === 0) return undefined;
  if (run.exitCode === outOfMemoryStatus || /rss limit exhausted|allocation-size-too-big|out-of-memory/.test(stderr)) {
    return { kind: 'over-limit', stage, resource: 'memory', limit: memoryBytes, used: memoryBytes };
  }
  const start = Math.max(0, stderr.search(/^.*(?:runtime error:|ERROR: AddressSanitizer|WARNING: ThreadSanitizer)/m));
  const report = stderr.slice(start, start + reportBytes);
  return {
    kind: 'crashed',
    stage,
    signal: faultOf(report) ?? run.signal ?? `exit status ${run.exitCode}`,
    stderr: report,
  };
}

/** What the sanitizer calls it: heap-buffer-overflow, data race, undefined behaviour, ... */
function faultOf(report: string): string | undefined {
  if (report.includes('runtime error:')) return 'undefined behaviour';
  return (
    /ERROR: AddressSanitizer: (\S+)/.exec(report)?.[1] ?? /WARNING: ThreadSanitizer: (.+?) \(pid/.exec(report)?.[1]
  );
}
