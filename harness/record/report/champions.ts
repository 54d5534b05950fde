import type { CampaignState } from '../../core/campaign-state.ts';
import { describeOrigin, type Origin } from '../../core/candidate.ts';
import { type PerSlot, slotsOf } from '../../core/target.ts';
import { formatRatio } from '../figures.ts';
import type { Leaderboard } from '../leaderboard.ts';
import { type Html, html } from './html.ts';

/** A diff longer than this is folded away. */
const longDiff = 60;

/** What each champion is: its choices, and its diff to the seed where the lineage has one. */
export function champions(state: CampaignState, board: Leaderboard, diffs: PerSlot<string | null>): Html {
  return html`${slotsOf(state.spec.target).map((slot) => {
    const { champion } = board.slots[slot];
    const { candidate } = state.champions[slot];
    if (champion.isSeed) return html`<h3>${slot}</h3><p class="faint">Keeps its seed.</p>`;
    const { origin } = candidate;
    return html`<h3>${slot}: <code>${champion.id}</code></h3>
<p>${formatRatio(champion.speedup, 3)} of the seed${champion.provisional ? ', chained from its promotions' : ', this slot alone changed'}; from ${describeOrigin(origin)}.</p>
${idea(origin)}${diff(diffs[slot])}`;
  })}`;
}

/** What its author says it does: the grammar's choices, or an answer's Algorithm Design. */
function idea(origin: Origin): Html | null {
  if (origin.proposer === 'grammar')
    return html`<dl class="pairs">${Object.entries(origin.choices).map(([name, option]) => html`<dt>${name}</dt><dd><code>${option}</code></dd>`)}</dl>`;
  if (!('design' in origin) || !origin.design) return null;
  return html`<details><summary>Algorithm design, in its author's words</summary><pre class="plain">${origin.design.trim()}</pre></details>`;
}

function diff(text: string | null): Html {
  if (text === null) return html`<p class="faint">The lineage repository has no diff of it to the seed.</p>`;
  // Git's own header lines name files and blobs; the heading has said which.
  const body = text.slice(Math.max(0, text.search(/^@@/m))).trimEnd();
  const lines = body.split('\n');
  const block = html`<pre><span class="lines">${lines.map((line) => html`<span class="${lineClass(line)}">${line || ' '}</span>`)}</span></pre>`;
  if (lines.length <= longDiff) return block;
  return html`<details><summary>Diff to the seed, ${lines.length} lines</summary>${block}</details>`;
}

function lineClass(line: string): string {
  if (line.startsWith('@@')) return 'hunk';
  return line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'same';
}
