import type { CampaignState } from '../../core/campaign-state.ts';
import type { QuerySet } from '../../core/evaluation.ts';
import type { DatasetShape } from '../../core/machine.ts';
import { probeCount, queryRange } from '../../core/query-splits.ts';
import { isLearned } from '../../core/target.ts';
import { wordsOf } from '../../core/target-words.ts';
import { type Html, html } from './html.ts';

/** How the figures came about, what they depend on, and where to see more. */
export function method(state: CampaignState): Html {
  const { spec, fingerprint } = state;
  return html`<h2>How it was measured</h2>
${isLearned(spec.target) ? counted(state) : timed(state)}
<h2>Machine fingerprint</h2>
<p>Figures compare only where all of this is equal.</p>
<dl class="pairs">
<dt>CPU</dt><dd>${fingerprint.cpu}</dd>
<dt>cores</dt><dd>${fingerprint.cores}</dd>
<dt>caches</dt><dd>${fingerprint.caches}</dd>
<dt>governor</dt><dd>${fingerprint.governor}</dd>
${optional('turbo', fingerprint.turbo)}
${optional('SMT', fingerprint.smt)}
${optional('microcode', fingerprint.microcode)}
${optional('huge pages', fingerprint.hugePages && `${fingerprint.hugePages}, shared ${fingerprint.sharedHugePages}`)}
<dt>kernel</dt><dd>${fingerprint.kernel}</dd>
<dt>compiler</dt><dd>${fingerprint.compiler}</dd>
<dt>flags</dt><dd><code>${fingerprint.compilerFlags.join(' ')}</code></dd>
<dt>dataset</dt><dd><code>${fingerprint.dataset}</code></dd>
${optional('base rows', fingerprint.baseVectors)}
${optional('query rows', fingerprint.queryVectors)}
${optional('ground truth', fingerprint.groundTruth)}
<dt>evaluator</dt><dd><code>${fingerprint.evaluator}</code></dd>
<dt>Annvil</dt><dd>${fingerprint.harnessVersion}</dd>
</dl>
<h2>To see more</h2>
<pre class="plain">${commands(spec.name, spec.target === 'graph' ? 'search' : spec.slots[0]).join('\n')}</pre>`;
}

/** Of the graph: two players side by side, under the referee's clock. */
function timed({ spec, sentinels, fingerprint }: CampaignState): Html {
  const { low, high } = wordsOf(spec.target).window!;
  const heldOut = spec.heldOut?.join(', ') ?? 'the standard ones: another dataset, another k';
  const gain = `${(spec.requiredGain * 100).toFixed(1)} %`;
  return html`<p>An index scores the area under queries per second over recall between ${low} and ${high}, interpolated in
log-speed: its mean speed over that window. Challenger and champion run side by side on one core, in interleaved batches of one
query at a time, so that a change of the machine's speed meets both, in rounds, each with fresh processes. A speed-up is the ratio
of their areas; its 95 % interval comes from rounds and chunks of queries, two-way. A comparison ends at the look that settles
it: after 1, 2, 4 or 8 rounds (16 on a noisy machine), which share the 5 % by which intervals may miss. Recall is scored by the referee, outside the sandbox, from true distances; a batch costs the larger
of its wall time and the CPU time of all the player's threads.</p>
<p>A challenger became champion where the lower end of its interval cleared a gain of ${gain}, and cleared it again on other
queries, and where it lost nothing under the held-out conditions (${heldOut}). Every ${spec.sentinelMinutes} minutes the seed was
measured beside itself (${sentinels.length} times); a difference seen twice in a row would have paused the campaign. The
final figures are from queries that nothing was selected by. An attempt's figure in the tables is its own
ratio times that of the champion it was timed beside, the errors combined; the best of many attempts flatters itself, which
is why promotions are measured again.</p>
${splits(fingerprint.datasetShape)}`;
}

/** Which queries were for what; nothing where an earlier version's journal does not state the dataset's shape. */
function splits(shape: DatasetShape | undefined): Html | null {
  if (!shape) return null;
  const places = (queries: QuerySet) => {
    const range = queryRange(queries, shape.queries);
    const first = range.from.toLocaleString('en');
    const last = (range.from + range.count - 1).toLocaleString('en');
    return `${first} to ${last} (${probeCount(range).toLocaleString('en')} of them only find efforts)`;
  };
  return html`<p>Of the dataset's ${shape.queries.toLocaleString('en')} queries, attempts were scored on numbers
${places('search')}, promotions on ${places('promotion')}, and the final figures, held out of all selection, are from
${places('final')}. The base has ${shape.count.toLocaleString('en')} rows of ${shape.dimension} dimensions.</p>`;
}

/** Of a learned target: trained for several seeds, and examined by counting. */
function counted({ spec }: CampaignState): Html {
  const words = wordsOf(spec.target);
  const gain = `${(spec.requiredGain * 100).toFixed(1)} %`;
  return html`<p>An index is trained in a sandbox, on one thread and with a budget of steps that settings give (scale ${spec.scale ?? 'campaign'}), for
several seeds. Then a trusted program examines it: a serving program without the trainer's library says what to probe, the referee
executes that itself, counts ${words.height.title} and scores ${words.recall} from truth that only it knows. Nothing is timed. The
reward R is taken over ${words.windowText}, relative to ${words.baseline ?? 'the baseline'} counted by the same code on the same queries; the area
is exp(R). A ratio is exp(R of the challenger - R of the champion), trained with the same seeds; its 95 % interval comes from seeds
and chunks of queries, two-way.</p>
<p>A challenger became champion where the lower end of its interval cleared a gain of ${gain}, and cleared it again on other
queries: half of the evaluation's queries score attempts, a quarter promotions. The final figures are from the last quarter, held out of
all selection. An attempt's figure in the tables is its own ratio times
that of the champion it stood beside, the errors combined; the best of many attempts flatters itself, which is why promotions are
measured again.</p>`;
}

/** A line that journals of earlier versions have no value for. */
function optional(name: string, value: string | undefined): Html | null {
  return value === undefined ? null : html`<dt>${name}</dt><dd>${value}</dd>`;
}

function commands(name: string, slot: string): string[] {
  return [
    `npm run annvil -- leaderboard ${name}          # every attempt; --json for programs`,
    `npm run annvil -- show <candidate>             # source, diff, outcome and curve of one`,
    `npm run annvil -- resume ${name} --max-minutes 60   # go on`,
    `git -C runs/${name}/lineage log --graph --all  # who came from whom`,
    `git -C runs/${name}/lineage show main:${slot}.hpp`,
  ];
}
