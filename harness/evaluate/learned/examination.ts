import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { z } from 'zod';
import { HarnessError } from '../../core/errors.ts';

/** One effort's mean recall and mean cost by chunks of queries, and the .95-quantile of cost over all queries. */
const examinedPoint = z.object({
  effort: z.number(),
  recall: z.array(z.number().min(0).max(1)).min(1),
  cost: z.array(z.number().nonnegative()).min(1),
  cost95: z.number().nonnegative(),
  /** Read from storage for a query, in whole pages: a mean over all, where a target counts it. */
  bytes: z.number().nonnegative().optional(),
});

/** What candidates/referee/<target>/examine.cpp answers: candidates/referee/learned/examine_main.hpp. */
const answer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('examined'),
    points: z.array(examinedPoint).min(1),
    /** Figures besides the curve, such as copies, modelBytes, largestBin; a target names them. */
    facts: z.record(z.string(), z.number()),
    /** What a figure is drawn from: matrices, histograms. */
    pictures: z.record(z.string(), z.array(z.array(z.number()))).optional(),
  }),
  z.object({
    kind: z.literal('failed'),
    how: z.enum(['crashed', 'timed-out', 'out-of-memory', 'tampered']),
    detail: z.string(),
    signal: z.string(),
    limitSeconds: z.number(),
  }),
  z.object({ kind: z.literal('over-limit'), resource: z.string(), limit: z.number(), used: z.number() }),
  z.object({ kind: z.literal('error'), detail: z.string() }),
]);

export type ExaminedPoint = z.infer<typeof examinedPoint>;
export type ExaminationAnswer = Exclude<z.infer<typeof answer>, { kind: 'error' }>;
export type Examination = Extract<ExaminationAnswer, { kind: 'examined' }>;

/**
 * Runs the trusted program that examines a trained index, or a baseline, and reads what it says.
 * @throws HarnessError where the program itself fails; the signal's reason where it is aborted
 */
export async function examine(
  binary: string,
  request: object,
  options: {
    readonly onProgress?: (done: number, total: number) => void;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<ExaminationAnswer> {
  const { onProgress, signal } = options;
  // Its environment is empty: nothing of ours is there for a sandboxed child to find.
  const running = execa(binary, [], {
    input: JSON.stringify(request),
    env: { OPENBLAS_NUM_THREADS: '1' },
    extendEnv: false,
    reject: false,
    maxBuffer: 2 ** 28,
    // Ctrl-C is not for it; it dies with this process by itself.
    detached: true,
    ...(signal && { cancelSignal: signal }),
  });
  createInterface({ input: running.stderr! }).on('line', (line) => {
    const said = /^progress (\d+) (\d+)$/.exec(line);
    if (said) onProgress?.(Number(said[1]), Number(said[2]));
  });
  const { stdout, stderr, exitCode, signal: killer, isCanceled } = await running;
  if (isCanceled) throw signal!.reason;
  if (exitCode !== 0 || !stdout)
    throw new HarnessError(`${binary} ended (${killer ?? `exit status ${exitCode}`}): ${stderr.slice(-2000)}`);
  const said = answer.parse(JSON.parse(stdout));
  if (said.kind === 'error') throw new HarnessError(`${binary} could not examine: ${said.detail}`);
  return said;
}

/** An examination's curve: means over all chunks, or over all but one. */
export function meanCurve(points: readonly ExaminedPoint[], without?: number): MeanPoint[] {
  const mean = (values: readonly number[]) => {
    const kept = values.filter((_, chunk) => chunk !== without);
    return kept.reduce((sum, value) => sum + value, 0) / kept.length;
  };
  return points.map(({ effort, recall, cost }) => ({ effort, recall: mean(recall), cost: mean(cost) }));
}

export interface MeanPoint {
  readonly effort: number;
  readonly recall: number;
  readonly cost: number;
}
