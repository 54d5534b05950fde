import { isLearned, slotsOf, type Target } from '../../core/target.ts';
import { areaFigure, wordsOf } from '../../core/target-words.ts';
import { formatRatio, shorten, shortId } from '../figures.ts';
import type { Leaderboard, LeaderboardRow } from '../leaderboard.ts';
import { makingFigures } from '../leaderboard-text.ts';
import { type Html, html } from './html.ts';

const shownBest = 8;
const shownFailures = 12;

/** The best attempts of each slot, and the latest failures with what went wrong. */
export function attemptTables(board: Leaderboard): Html {
  const { target } = board;
  const [seconds, bytes] = isLearned(target) ? ['train s', 'model KiB'] : ['build s', 'index MiB'];
  const tables = slotsOf(target).map((slot) => {
    const { seed, champion, attempts } = board.slots[slot];
    const scored = attempts.filter((row) => row.speedup !== null);
    if (attempts.length === 0) return html`<h3>${slot}</h3><p class="faint">Never tried.</p>`;
    if (scored.length === 0)
      return html`<h3>${slot}</h3><p class="faint">No attempt was scored; all ${attempts.length} failed.</p>`;
    const rest = scored.length - shownBest;
    return html`<h3>${slot}</h3>
<div class="scroll"><table>
<tr><th>candidate</th><th>parent</th><th class="figure">times the seed</th><th class="figure">${wordsOf(target).area.title}</th><th class="figure">${seconds!}</th><th class="figure">${bytes!}</th><th class="figure">reward</th><th>verdict</th></tr>
${scored.slice(0, shownBest).map((row) => scoredRow(target, row, seed, champion.id))}
</table></div>${rest > 0 ? html`<p class="faint">and ${rest} ${isLearned(target) ? 'worse' : 'slower'}.</p>` : null}`;
  });
  return html`${tables}${failures(board)}`;
}

function scoredRow(target: Target, row: LeaderboardRow, seed: string, champion: string): Html {
  const isChampion = row.candidate === champion;
  const verdict = isChampion
    ? 'champion'
    : row.promoted === false
      ? 'not confirmed'
      : row.outcome.slice(0, row.outcome.indexOf(':'));
  const [seconds, bytes] = makingFigures(row);
  return html`<tr${isChampion ? html` class="champion"` : null}><td><code>${shortId(row.candidate)}</code></td><td><code>${row.parent === null ? '' : row.parent === seed ? 'seed' : shortId(row.parent)}</code></td><td class="figure">${formatRatio(row.speedup!, 3)}</td><td class="figure">${areaFigure(target, row.area!)}</td><td class="figure">${seconds}</td><td class="figure">${bytes}</td><td class="figure">${row.reward.toFixed(3)}</td><td>${verdict}</td></tr>
`;
}

function failures(board: Leaderboard): Html | null {
  const failed = slotsOf(board.target)
    .flatMap((slot) => board.slots[slot].attempts.map((row) => ({ ...row, slot })))
    .filter((row) => row.speedup === null)
    .sort((one, other) => other.attempt - one.attempt);
  if (failed.length === 0) return null;
  const rest = failed.length - shownFailures;
  return html`<h3>Failures</h3>
<div class="scroll"><table>
<tr><th class="figure">attempt</th><th>slot</th><th>candidate</th><th>what happened</th></tr>
${failed.slice(0, shownFailures).map(
  (
    row,
  ) => html`<tr><td class="figure">${row.attempt}</td><td>${row.slot}</td><td><code>${shortId(row.candidate)}</code></td><td class="wide">${shorten(row.outcome, 160)}</td></tr>
`,
)}</table></div>${rest > 0 ? html`<p class="faint">and ${rest} earlier.</p>` : null}`;
}
