import type { CampaignState } from '../core/campaign-state.ts';
import { type Candidate, describeOrigin } from '../core/candidate.ts';
import type { CurvePoint } from '../core/curve-point.ts';
import { costFigures, isGraphCost } from '../core/index-cost.ts';
import {
  describeHeldOut,
  describeOutcome,
  type HeldOutResult,
  type Interval,
  type Outcome,
  type WorkPoint,
} from '../core/outcome.ts';
import { speedupOverSeed } from '../core/ratio.ts';
import type { Target } from '../core/target.ts';
import { areaFigure, heightFigure, wordsOf } from '../core/target-words.ts';
import { formatCount, formatDuration, formatMebibytes, formatRatio } from './figures.ts';
import { textTable } from './text-table.ts';

/** Everything known of one candidate. `annvil show NAME ID --json` prints exactly this. */
export interface CandidateDetail {
  readonly id: string;
  readonly target: Target;
  readonly slot: Candidate['slot'];
  readonly parents: readonly string[];
  readonly origin: Candidate['origin'];
  readonly isChampion: boolean;
  readonly attempts: readonly {
    readonly attempt: number;
    readonly group: number;
    readonly elapsedSeconds: number;
    readonly outcome: Outcome;
    /** Against the slot's seed; the outcome's own is against the champion of the time. */
    readonly speedup: Interval | null;
    readonly reward: number;
  }[];
  /** Second measurements, each on queries of its own. */
  readonly promotions: readonly {
    readonly outcome: Outcome;
    readonly heldOut: readonly HeldOutResult[];
    readonly promoted: boolean;
    readonly elapsedSeconds: number;
  }[];
  readonly source: string;
  /** Against its nearest parent, unified; null for a seed, and where the lineage does not hold both. */
  readonly diff: string | null;
}

/** `diff` comes from `lineageDiff`, with the candidate's nearest parent. */
export function candidateDetail(
  state: CampaignState,
  { id, ...candidate }: Candidate,
  diff: string | null,
): CandidateDetail {
  return {
    id,
    target: state.spec.target,
    slot: candidate.slot,
    parents: candidate.parents,
    origin: candidate.origin,
    isChampion: state.champions[candidate.slot].candidate.id === id,
    attempts: state.attempts
      .filter((attempt) => attempt.candidate.id === id)
      .map((attempt) => ({
        attempt: attempt.number,
        group: attempt.group,
        elapsedSeconds: attempt.elapsedSeconds,
        outcome: attempt.outcome,
        speedup: speedupOverSeed(attempt),
        reward: attempt.reward,
      })),
    promotions: state.promotions
      .filter((promotion) => promotion.candidate.id === id)
      .map(({ outcome, heldOut, promoted, elapsedSeconds }) => ({ outcome, heldOut, promoted, elapsedSeconds })),
    source: candidate.source,
    diff,
  };
}

export function candidateText(detail: CandidateDetail): string {
  const { id, target, slot, parents, origin, isChampion, attempts, promotions, source, diff } = detail;
  const lines = [
    `${id}  (${slot}${isChampion ? ', champion' : ''})`,
    `from      ${describeOrigin(origin)}${parents.length > 0 ? `, parents ${parents.join(', ')}` : ''}`,
  ];
  if ('analysis' in origin && origin.analysis) lines.push('', 'performance analysis', origin.analysis.trim());
  if ('design' in origin && origin.design) lines.push('', 'algorithm design', origin.design.trim());
  if (origin.proposer === 'grammar') {
    lines.push(
      ...textTable(
        [
          { title: 'choices', align: 'left' },
          { title: '', align: 'left' },
        ],
        Object.entries(origin.choices),
      ),
    );
  }
  if (attempts.length === 0 && origin.proposer !== 'seed') lines.push('', 'not yet attempted');
  for (const { attempt, group, elapsedSeconds, outcome, speedup, reward } of attempts) {
    lines.push('', `attempt ${attempt} (group ${group}, ${formatDuration(elapsedSeconds)} into the campaign)`);
    lines.push(`outcome   ${describeOutcome(outcome)}`);
    if (speedup) lines.push(`speed-up  ${formatRatio(speedup, 3)} of the seed`);
    lines.push(`reward    ${reward.toFixed(4)}`, ...outcomeLines(target, outcome));
  }
  for (const { outcome, heldOut, promoted, elapsedSeconds } of promotions) {
    const at = `${formatDuration(elapsedSeconds)} into the campaign`;
    lines.push(
      '',
      `measured again, on fresh queries (${at}): ${promoted ? 'promoted' : 'not promoted'}`,
      `outcome   ${describeOutcome(outcome)}`,
      ...heldOut.map((result) => `held out  ${describeHeldOut(result)}`),
    );
  }
  if (diff !== null) lines.push('', `diff to ${parents[0] ?? 'its parent'}`, diff.trimEnd() || '(no difference)');
  lines.push('', `source (${formatCount(source.split('\n').length)} lines)`, source.trimEnd());
  return `${lines.join('\n')}\n`;
}

/** What the kind of outcome has to show beyond its one line. */
function outcomeLines(target: Target, outcome: Outcome): string[] {
  switch (outcome.kind) {
    case 'scored': {
      const { cost } = outcome;
      const peak =
        isGraphCost(cost) && cost.peakBytes !== undefined ? `, peak ${formatMebibytes(cost.peakBytes)} MiB` : '';
      const figures = costFigures(cost).map(({ name, text }) => `${name} ${text}`);
      return [
        `area      ${areaFigure(target, outcome.area)} ${wordsOf(target).areaText}`,
        `cost      ${figures.join(', ')}${peak}`,
        ...curveTable(target, outcome.curve),
        ...workTable(outcome.work ?? []),
      ];
    }
    case 'low-recall':
      return curveTable(target, outcome.curve);
    case 'compile-error':
      return ['', outcome.diagnostics.trimEnd()];
    case 'crashed':
      return outcome.stderr.trim() ? ['', outcome.stderr.trimEnd()] : [];
    case 'rejected':
    case 'timed-out':
    case 'over-limit':
    case 'tampered':
      return [];
  }
}

function curveTable(target: Target, curve: readonly CurvePoint[]): string[] {
  const { effort, recall, height } = wordsOf(target);
  return textTable(
    [effort, recall, height.title].map((title) => ({ title, align: 'right' })),
    curve.map((point) => [String(point.effort), point.recall.toFixed(4), heightFigure(point)]),
  );
}

/** Work a query; nothing where it was not counted. */
function workTable(work: readonly WorkPoint[]): string[] {
  if (work.length === 0) return [];
  const events = ['instructions', 'cycles', 'cacheMisses', 'branchMisses', 'tlbMisses', 'pageFaults'] as const;
  const seen = events.filter((event) => work.some((point) => point[event] !== undefined));
  const figure = (value: number | string | undefined) => (typeof value === 'number' ? value.toFixed(1) : (value ?? ''));
  const rows = work.map((point) => [
    String(point.effort),
    figure(point.distances),
    ...seen.map((event) => figure(point[event])),
  ]);
  const titles = ['effort', 'distances', ...seen];
  return [
    '',
    'work a query',
    ...textTable(
      titles.map((title) => ({ title, align: 'right' })),
      rows,
    ),
  ];
}
