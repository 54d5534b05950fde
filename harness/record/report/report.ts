import type { CampaignState } from '../../core/campaign-state.ts';
import { isLearned, type PerSlot, slotsOf } from '../../core/target.ts';
import { areaFigure, wordsOf } from '../../core/target-words.ts';
import { formatRatio } from '../figures.ts';
import { type Leaderboard, leaderboard } from '../leaderboard.ts';
import { countsLine } from '../leaderboard-text.ts';
import { attemptTables } from './attempts-table.ts';
import { type Beside, besideText } from './beside.ts';
import { cascade } from './cascade.ts';
import { champions } from './champions.ts';
import { chartHtml } from './chart.ts';
import { curvesChart } from './curves-chart.ts';
import { headline } from './headline.ts';
import { Html, html } from './html.ts';
import { learningChart } from './learning-chart.ts';
import { method } from './method.ts';
import { outcomesChart } from './outcomes-chart.ts';
import { sources } from './sources.ts';
import { speedupChart } from './speedup-chart.ts';
import { style } from './style.ts';

export interface ReportInput {
  readonly state: CampaignState;
  /** Each champion's diff to its slot's seed. */
  readonly diffs: PerSlot<string | null>;
  /** Another campaign whose learning curve is drawn beside this one's. */
  readonly beside?: Beside;
}

/** A campaign as one page that needs nothing else: no scripts, no requests. */
export function reportHtml({ state, diffs, beside }: ReportInput): string {
  const board = leaderboard(state);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Annvil: ${state.spec.name}</title>
<style>${new Html(style)}</style>
</head>
<body>
${headline(state, board)}
${curves(state)}
<h2>Speed-up by slot</h2>
${speedups(board)}
<h2>Learning</h2>
${state.attempts.length > 0 ? chartHtml(learningChart(state, beside?.state)) : html`<p class="faint">No attempt has finished yet.</p>`}
${beside ? besideText(state, beside) : null}
<h2>Who proposed</h2>
${sources(state, board)}
<h2>Outcomes</h2>
<p>${countsLine(board)}.</p>
${state.attempts.length > 0 ? html`${chartHtml(outcomesChart(state))}${cascade(state)}` : null}
<h2>Champions</h2>
${champions(state, board, diffs)}
<h2>Attempts</h2>
${attemptTables(board)}
${method(state)}
</body>
</html>
`;
  return page.text;
}

function curves(state: CampaignState): Html | null {
  const seed = state.final?.seed ?? state.seedOutcome;
  if (!seed) return null;
  const lastPromoted = state.promotions.findLast((promotion) => promotion.promoted)?.outcome;
  const champion = state.final?.combined ?? (lastPromoted?.kind === 'scored' ? lastPromoted : null);
  const { target } = state.spec;
  const words = wordsOf(target);
  const title = isLearned(target) ? `${words.height.title} against ${words.recall}` : 'Speed over recall';
  return html`<h2>${title.slice(0, 1).toUpperCase()}${title.slice(1)}</h2>
${chartHtml(curvesChart({ target, seed: seed.curve, champion: champion?.curve ?? null }))}`;
}

function speedups(board: Leaderboard): Html {
  const { speedup, area, provisional } = board.combined;
  const { target } = board;
  const slots = slotsOf(target).map((slot) => ({ name: slot as string, ...board.slots[slot].champion }));
  const figures = [...(speedup ? [{ name: 'combined', speedup, area, provisional, isSeed: false }] : []), ...slots];
  return html`${chartHtml(speedupChart(figures))}
<div class="scroll"><table>
<tr><th></th><th class="figure">times the seed</th><th class="figure">${wordsOf(target).area.title}</th><th></th></tr>
${figures.map(
  ({
    name,
    speedup,
    area,
    provisional,
    isSeed,
  }) => html`<tr><td>${name}</td><td class="figure">${formatRatio(speedup, 3)}</td><td class="figure">${area === null ? '' : areaFigure(target, area)}</td><td class="faint">${isSeed ? 'keeps its seed' : provisional ? 'provisional' : ''}</td></tr>
`,
)}</table></div>
<p class="faint">Combined: all champions together. A slot: the seed index with that champion alone in place.</p>`;
}
