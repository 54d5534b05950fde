import { styleText } from 'node:util';
import { describeHeldOut, outcomeKinds } from '../core/outcome.ts';
import { isLearned, type Slot, slotsOf, type Target } from '../core/target.ts';
import { areaFigure, wordsOf } from '../core/target-words.ts';
import type { ArmStanding } from './arms.ts';
import { formatDuration, formatMebibytes, formatRatio, plural, shorten, shortId } from './figures.ts';
import type { Leaderboard, LeaderboardRow } from './leaderboard.ts';
import { type Column, textTable } from './text-table.ts';

export interface LeaderboardTextOptions {
  /** Attempts shown a slot. */
  readonly rows?: number;
  readonly colour?: boolean;
}

const width = 100;

function columnsOf(target: Target): readonly Column[] {
  const [seconds, bytes] = isLearned(target) ? ['train s', 'KiB'] : ['build s', 'MiB'];
  return [
    { title: '#', align: 'right' },
    { title: '', align: 'left' },
    { title: 'candidate', align: 'left' },
    { title: 'parent', align: 'left' },
    { title: 'x seed [95 % CI]', align: 'left' },
    { title: wordsOf(target).area.title, align: 'right' },
    { title: seconds!, align: 'right' },
    { title: bytes!, align: 'right' },
    { title: 'reward', align: 'right' },
    { title: 'outcome', align: 'left' },
  ];
}

/** What it took to make the index, and how large it is: a build and the graph, or a training and the model. */
export function makingFigures({ buildSeconds, indexBytes, learned }: LeaderboardRow): [seconds: string, bytes: string] {
  if (learned) return [learned.trainSeconds.toFixed(1), (learned.modelBytes / 1024).toFixed(1)];
  return [buildSeconds!.toFixed(1), formatMebibytes(indexBytes!)];
}

/** The leaderboard for a terminal, at most 100 columns wide: a table a slot, the counts, and the combined line. */
export function leaderboardText(
  board: Leaderboard,
  { rows = 10, colour = false }: LeaderboardTextOptions = {},
): string {
  // The caller has looked at the stream already.
  const painted = (style: 'bold' | 'dim' | 'green') => (text: string) =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const [bold, faint, green] = [painted('bold'), painted('dim'), painted('green')];
  const lines = [
    bold(`${board.campaign}${targetText(board)} on ${shorten(board.dataset, 50)}`),
    faint(
      `${status(board)} after ${formatDuration(board.elapsedSeconds)}; ${board.fingerprint.cpu}, ${plural(board.fingerprint.cores, 'core')}`,
    ),
  ];
  for (const slot of slotsOf(board.target)) {
    lines.push('', bold(slotLine(slot, board)));
    const { seed, champion, attempts } = board.slots[slot];
    if (attempts.length === 0) continue;
    const shown = attempts.slice(0, rows);
    const [titles, ...table] = slotTable(board.target, shown, champion.id, seed);
    lines.push(
      faint(titles!),
      ...table.map((line, index) => (shown[index]!.candidate === champion.id ? green(line) : line)),
    );
    if (shown.length < attempts.length)
      lines.push(faint(`  and ${attempts.length - shown.length} more: --top ${attempts.length}`));
  }
  lines.push('', ...armLines(board), countsLine(board), bold(combinedLine(board)), ...heldOutLines(board).map(faint));
  return `${lines.join('\n')}\n`;
}

/** A line an arm where there are controls, and one for the seed beside itself. */
function armLines({ arms, selfComparison }: Leaderboard): string[] {
  const lines = arms.length > 1 ? arms.map(armLine) : [];
  if (selfComparison) {
    const { comparisons, holdOne, latest } = selfComparison;
    lines.push(`A/A: the seed beside itself ${formatRatio(latest, 3)}; ${holdOne} of ${comparisons} intervals hold 1`);
  }
  return lines;
}

/** `control grammar: 12 attempts, 11 scored, 1 promoted, mean reward 0.041, best 1.120x [1.100, 1.140]` */
function armLine({ arm, proposer, attempts, scored, promoted, meanReward, best, dollars }: ArmStanding): string {
  const parts = [
    plural(attempts, 'attempt'),
    `${scored} scored`,
    `${promoted} promoted`,
    ...(meanReward === null ? [] : [`mean reward ${meanReward.toFixed(3)}`]),
    ...(best ? [`best ${formatRatio(best.speedup, 3)}`] : []),
    ...(dollars > 0 ? [`$${dollars.toFixed(2)}`] : []),
  ];
  return `${arm === 'main' ? '' : 'control '}${proposer}: ${parts.join(', ')}`;
}

/** `combined champion  1.84x [1.80, 1.88] of the seed  (area 61,234 -> 112,345 queries/s)` */
export function combinedLine({ target, combined: { speedup, area, seedArea, provisional } }: Leaderboard): string {
  const areas = area !== null && seedArea !== null ? `  (${areasText(target, seedArea, area)})` : '';
  const mark = provisional ? '  provisional' : '';
  const ratio = speedup ? `${formatRatio(speedup)} of the seed` : 'together, the champions miss the recall window';
  return `combined champion  ${ratio}${areas}${mark}`;
}

/** `area 61,234 -> 112,345 queries/s`, `1.000 -> 1.120 x k-means` */
function areasText(target: Target, seed: number, champions: number): string {
  const { title } = wordsOf(target).area;
  return `${isLearned(target) ? '' : 'area '}${areaFigure(target, seed)} -> ${areaFigure(target, champions)} ${title}`;
}

/** `, neural-lsh (campaign)`; nothing for the graph. */
function targetText({ target, scale }: Leaderboard): string {
  return isLearned(target) ? `, ${target} (${scale})` : '';
}

/** `  held out: k=100: 1.42 [1.40, 1.44]` */
function heldOutLines({ heldOut, combined }: Leaderboard): string[] {
  const against = combined.provisional ? 'the champion before' : 'the seed';
  return heldOut.map((result) => `  held out, against ${against}: ${describeHeldOut(result)}`);
}

/** `41 attempts: 30 scored, 8 compile-error, 3 crashed` */
export function countsLine({ attempts }: Pick<Leaderboard, 'attempts'>): string {
  const found = outcomeKinds.filter((kind) => attempts[kind] > 0).sort((one, other) => attempts[other] - attempts[one]);
  const total = found.reduce((sum, kind) => sum + attempts[kind], 0);
  return `${plural(total, 'attempt')}${total > 0 ? ': ' : ''}${found.map((kind) => `${attempts[kind]} ${kind}`).join(', ')}`;
}

function status({ stopReason }: Leaderboard): string {
  return stopReason === null ? 'unfinished' : `finished (${stopReason})`;
}

function slotLine(slot: Slot, board: Leaderboard): string {
  const { champion, attempts } = board.slots[slot];
  const standing = champion.isSeed
    ? 'keeps its seed'
    : `${formatRatio(champion.speedup)} of the seed, ${champion.id}${champion.provisional ? ', provisional' : ''}`;
  return `${slot}  ${standing}  (${plural(attempts.length, 'attempt')})`;
}

/** Scored attempts in columns; a failure has one line to say what happened, over the columns it has no figures for. */
function slotTable(target: Target, rows: readonly LeaderboardRow[], championId: string, seedId: string): string[] {
  const parentOf = ({ parent }: LeaderboardRow) =>
    parent === null ? '' : parent === seedId ? 'seed' : shortId(parent);
  const scored = rows.filter((row) => row.speedup !== null);
  const [titles, ...lines] = textTable(
    columnsOf(target),
    scored.map((row, index) => [
      String(index + 1),
      row.candidate === championId ? '*' : '',
      shortId(row.candidate),
      parentOf(row),
      formatRatio(row.speedup!, 3),
      areaFigure(target, row.area!),
      ...makingFigures(row),
      row.reward.toFixed(3),
      row.outcome.slice(0, row.outcome.indexOf(':')),
    ]),
  );
  // No narrower than an id, where no scored row made the column so wide.
  const at = titles!.indexOf('candidate');
  const then = titles!.indexOf('parent');
  const last = Math.max(titles!.indexOf('x seed'), then + 10);
  const failures = rows
    .filter((row) => row.speedup === null)
    .map((row) => {
      const start = `${'-'.padEnd(at)}${shortId(row.candidate)}`.padEnd(then) + parentOf(row);
      return start.padEnd(last) + shorten(row.outcome, width - last);
    });
  return [titles!, ...lines, ...failures];
}
