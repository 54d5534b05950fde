import type { CurvePoint } from '../../core/curve-point.ts';
import { costFigures, type IndexCost } from '../../core/index-cost.ts';
import { describeInterval, type WorkPoint } from '../../core/outcome.ts';
import type { Target } from '../../core/target.ts';
import { heightFigure, wordsOf } from '../../core/target-words.ts';
import type { Score } from './score.ts';

const thousands = (value: number) => Math.round(value).toLocaleString('en-US');

/** `1.250 [1.200, 1.300] times the seed`, or that nothing is known. */
export function scoreText(score: Score | null): string {
  if (!score) return 'not measured yet';
  const { value, low, high } = score.overSeed;
  return value === 1 && low === high ? '1 (the seed itself)' : `${describeInterval(score.overSeed)} of the seed`;
}

/** What was measured of a header, for its author to reason from: curve, cost, and work where it was counted. Empty if nothing was. */
export function measurementText(score: Score | null): string {
  const measured = score?.measured;
  if (!measured) return '';
  const work = new Map((measured.work ?? []).map((point) => [point.effort, point]));
  return `${curveTable(score.target, measured.curve, work).join('\n')}\n\n${costText(measured.cost)}`;
}

const events = [
  ['instructions', 'instructions'],
  ['cycles', 'cycles'],
  ['cacheMisses', 'cache misses'],
  ['branchMisses', 'branch misses'],
  ['tlbMisses', 'TLB misses'],
] as const;

/** Effort, recall and speed, and beside them a query's work; columns that the machine does not count are left out. */
function curveTable(target: Target, curve: readonly CurvePoint[], work: ReadonlyMap<number, WorkPoint>): string[] {
  const counted = [...work.values()];
  const seen = events.filter(([event]) => counted.some((point) => point[event] !== undefined));
  const figure = (value: number | string | undefined) => (typeof value === 'number' ? thousands(value) : (value ?? ''));
  const words = wordsOf(target);
  const titles = [
    words.effort,
    words.recall,
    words.height.title,
    ...(counted.length > 0 ? ['distances/query'] : []),
    ...seen.map(([, title]) => `${title}/query`),
  ];
  const rows = curve.map((measured) => {
    const { effort, recall } = measured;
    const point = work.get(effort);
    return [
      String(effort),
      recall.toFixed(4),
      heightFigure(measured),
      ...(counted.length > 0 ? [figure(point?.distances)] : []),
      ...seen.map(([event]) => figure(point?.[event])),
    ];
  });
  return [titles, titles.map(() => '---:'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

/** `Build 3.2 s, prepare 0.40 s, index 18.0 MiB.` */
function costText(cost: IndexCost): string {
  const text = costFigures(cost)
    .map(({ name, text }) => `${name} ${text}`)
    .join(', ');
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
