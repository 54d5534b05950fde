import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Candidate, makeCandidate } from '../core/candidate.ts';
import { type Outcome, unreachable } from '../core/outcome.ts';
import { packageRoot } from '../core/paths.ts';
import type { Slot } from '../core/target.ts';

/** A header under candidates/red-team/, named for its crime. */
export interface HostileCandidate {
  readonly name: string;
  readonly slot: Slot;
  /** What catches it where the static rules are off, each that may. */
  readonly walls: readonly string[];
}

const of =
  (slot: Slot) =>
  (name: string, ...walls: readonly string[]): HostileCandidate => ({ name, slot, walls });
const construction = of('construction');
const search = of('search');
const refinement = of('refinement');

/** Fails, hangs or floods; a test of the evaluator looks at each outcome in full. */
export const unruly: readonly HostileCandidate[] = [
  refinement('loops-forever', 'limit:smoke-time'),
  refinement('loops-while-preparing', 'limit:prepare-time'),
  refinement('crashes', 'crashed:smoke'),
  refinement('throws', 'referee:writes-outside-scratch'),
  refinement('exits-early', 'crashed:smoke'),
  refinement('forks-without-end', 'referee:calls-the-kernel'),
  refinement('forks-a-survivor', 'referee:calls-the-kernel'),
  refinement('allocates-without-end', 'referee:writes-outside-scratch'),
  refinement('fills-the-disk', 'referee:calls-the-kernel', 'referee:writes-outside-scratch'),
  refinement('prints-without-end', 'referee:calls-the-kernel', 'referee:writes-outside-scratch'),
  refinement('answers-out-of-range', 'referee:id-out-of-range'),
  refinement('answers-duplicates', 'referee:duplicate-id'),
  refinement('answers-nothing', 'referee:recall'),
  refinement('opens-a-socket', 'referee:calls-the-kernel'),
  construction('builds-forever', 'limit:build-time'),
  construction('builds-nothing', 'referee:invalid-graph'),
  construction('builds-out-of-range', 'referee:invalid-graph'),
  construction('builds-too-wide', 'referee:invalid-graph'),
];

/** Would answer honestly but for one trick. */
export const cheating: readonly HostileCandidate[] = [
  search('caches-answers', 'referee:writes-outside-scratch'),
  search('caches-answers-later', 'referee:writes-outside-scratch'),
  search('ignores-effort-upwards', 'harmless'),
  search('ignores-effort-downwards', 'referee:recall'),
  search('counts-beyond-its-room', 'referee:duplicate-id'),
  refinement('answers-by-turns', 'referee:writes-outside-scratch'),
  refinement('answers-from-the-last-query', 'referee:writes-outside-scratch'),
  refinement('works-in-a-thread', 'crashed:prepare'),
  refinement('sleeps-in-a-thread', 'crashed:prepare'),
  refinement('works-in-a-signal-handler', 'harmless'),
  refinement('forges-the-response', 'referee:writes-outside-scratch'),
  refinement('rewrites-the-channel-header', 'referee:writes-outside-scratch'),
  refinement('rewrites-the-batch-size', 'referee:writes-outside-scratch'),
  refinement('truncates-the-channel', 'referee:calls-the-kernel'),
  refinement('writes-past-its-answers', 'referee:writes-past-answers'),
  refinement('overwrites-the-base', 'referee:recall'),
  refinement('reopens-the-base', 'crashed:prepare'),
  refinement('reads-other-memory', 'crashed:prepare'),
  refinement('reads-other-descriptors', 'crashed:prepare'),
  refinement('exhausts-descriptors', 'harmless'),
  refinement('traces-its-parent', 'crashed:prepare'),
  refinement('works-in-a-child', 'crashed:prepare'),
  refinement('keeps-a-child', 'crashed:prepare'),
  refinement('defines-the-clock', 'harmless', 'compiler'),
  refinement('defines-memset', 'referee:recall', 'crashed:prepare', 'crashed:smoke'),
  refinement('defines-malloc', 'crashed:smoke', 'crashed:prepare'),
  refinement('replaces-operator-new', 'harmless'),
  refinement('specialises-the-contract', 'crashed:smoke', 'harmless'),
  refinement('specialises-std', 'harmless'),
  refinement('redefines-by-macro', 'referee:recall'),
  refinement('changes-flags-by-pragma', 'harmless'),
  refinement('runs-before-main', 'crashed:prepare'),
  refinement('initialises-before-main', 'static:no-hidden-state'),
  refinement('speaks-assembly', 'crashed:prepare'),
  refinement('loops-in-its-destructor', 'harmless'),
  refinement('hoards-memory', 'limit:index-bytes'),
  construction('builds-far-longer', 'limit:build-time'),
  construction('leaves-a-builder-behind', 'referee:recall'),
];

/** Keeps state between queries, or goes for the locks that keep it from that. */
export const lockpicking: readonly HostileCandidate[] = [
  refinement('remembers-on-the-heap', 'referee:writes-outside-scratch'),
  refinement('hides-state-among-the-queries', 'referee:writes-outside-scratch'),
  refinement('hides-state-in-the-channel-header', 'referee:writes-outside-scratch'),
  // These three find nothing of what they noted, and are what they are without their crime.
  refinement('remembers-beyond-its-scratch', 'harmless'),
  refinement('remembers-on-the-dead-stack', 'harmless'),
  refinement('remembers-in-its-frame', 'harmless'),
  refinement('unlocks-its-memory', 'referee:calls-the-kernel'),
  refinement('rewrites-the-player', 'crashed:prepare'),
  refinement('opens-a-socket-while-preparing', 'crashed:prepare'),
];

/** Attacks the compiler, and so leaves no binary. */
export const uncompilable: readonly HostileCandidate[] = [
  refinement('includes-a-file-of-the-host', 'compiler'),
  refinement('expands-without-end', 'compiler', 'limit:memory', 'limit:disk', 'limit:compile-time'),
  refinement('instantiates-without-end', 'compiler', 'limit:memory', 'limit:compile-time'),
];

export async function readHostile({ name, slot }: HostileCandidate): Promise<Candidate> {
  const source = await readFile(join(packageRoot, 'candidates', 'red-team', `${name}.hpp`), 'utf8');
  return makeCandidate({ slot, source, parents: [], origin: { proposer: 'seed' } });
}

/** What caught a hostile candidate; undefined where nothing did: it stands above the honest seed. */
export function wallOf(outcome: Outcome): string | undefined {
  switch (outcome.kind) {
    case 'rejected':
      return `static:${outcome.rule}`;
    case 'compile-error':
      return 'compiler';
    case 'crashed':
      return `crashed:${outcome.stage}`;
    case 'timed-out':
      return `limit:${outcome.stage}-time`;
    case 'over-limit':
      return `limit:${outcome.resource}`;
    case 'low-recall':
      return 'referee:recall';
    case 'tampered':
      return `referee:${outcome.rule}`;
    case 'scored':
      return outcome.verdict !== 'accepted' && outcome.speedup.low <= 1 ? 'harmless' : undefined;
    default:
      return unreachable(outcome);
  }
}
