import type { CampaignState } from '../../core/campaign-state.ts';
import { describeHeldOut } from '../../core/outcome.ts';
import { isLearned } from '../../core/target.ts';
import { areaFigure, wordsOf } from '../../core/target-words.ts';
import { formatCount, formatDuration, plural } from '../figures.ts';
import type { Leaderboard } from '../leaderboard.ts';
import { type Html, html } from './html.ts';

/** What a reader came for: the combined speed-up, on what, and for how much. */
export function headline(state: CampaignState, board: Leaderboard): Html {
  const { spec, fingerprint, attempts, elapsedSeconds } = state;
  const { cpu, cores } = fingerprint;
  return html`<header>
<h1>Annvil campaign ${spec.name}</h1>
<p class="faint">${taskText(spec)}</p>
${figure(board)}${heldOut(board)}
<dl class="facts">
<div><dt>Status</dt><dd>${board.stopReason === null ? 'unfinished' : `finished: ${board.stopReason}${state.stopDetail ? ` (${state.stopDetail})` : ''}`}</dd></div>
<div><dt>Time used</dt><dd>${formatDuration(elapsedSeconds)} of ${formatDuration(spec.maxMinutes * 60)}</dd></div>
<div><dt>Evaluations used</dt><dd>${formatCount(attempts.length)} of ${formatCount(spec.maxEvaluations)}</dd></div>
${money(state)}<div><dt>Machine</dt><dd>${cpu}, ${plural(cores, 'core')}</dd></div>
</dl>
</header>`;
}

/** `mnist-784-euclidean, 10 nearest neighbours`, or the learned target and its scale. */
function taskText({ target, scale, dataset, k }: CampaignState['spec']): string {
  return isLearned(target)
    ? `${wordsOf(target).title}, ${dataset}, scale ${scale}`
    : `${dataset}, ${k} nearest neighbours`;
}

/** What models were paid; nothing where none was asked. */
function money({ ledger, spec }: CampaignState): Html | null {
  if (ledger.requests === 0) return null;
  const cap = spec.maxDollars === undefined ? '' : ` of $${spec.maxDollars.toFixed(2)}`;
  return html`<div><dt>Paid to models</dt><dd>$${ledger.dollars.toFixed(2)}${cap}, ${plural(ledger.requests, 'call')}</dd></div>
`;
}

function heldOut({ heldOut, combined }: Leaderboard): Html | null {
  if (heldOut.length === 0) return null;
  const against = combined.provisional ? 'the champion before it' : 'the seed';
  const listed = heldOut.map(describeHeldOut).join('; ');
  return html`<p>Where the campaign did not train, against ${against}: ${listed}.</p>`;
}

function figure({ target, combined: { speedup, area, seedArea, provisional } }: Leaderboard): Html {
  const words = wordsOf(target);
  const learned = isLearned(target);
  if (!speedup) {
    return html`<p class="headline">none</p>
<p>Measured together on fresh queries, the champions do not reach the recall window, so they have no speed-up to state.</p>`;
  }
  const areas =
    area !== null && seedArea !== null
      ? learned
        ? html` ${areaFigure(target, seedArea)} for the seed, ${areaFigure(target, area)} for the champion: ${words.areaText}.`
        : html` Mean over the recall window: ${areaFigure(target, seedArea)} queries/s for the seed, ${areaFigure(target, area)} for the champion.`
      : null;
  const gained = learned ? 'exp(gain in reward) over' : 'the speed of';
  const interval =
    speedup.low === speedup.high
      ? html`${gained} the seed: nothing ${words.comparative} has been accepted.`
      : html`${gained} the seed, 95 % interval ${speedup.low.toFixed(2)} to ${speedup.high.toFixed(2)}${learned ? '' : ', at equal recall'}.`;
  const note =
    provisional && speedup.low !== speedup.high
      ? html`<p class="note">Provisional: the product of the promotions' ratios. The final measurement, on queries nothing was selected by, has not been made.</p>`
      : null;
  return html`<p class="headline">${speedup.value.toFixed(2)}×</p>
<p>${interval}${areas}</p>${note}`;
}
