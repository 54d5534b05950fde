import type { Attempt, CampaignState } from '../../core/campaign-state.ts';
import { type Outcome, type Stage, stagesOf } from '../../core/outcome.ts';
import { isLearned } from '../../core/target.ts';
import { wordsOf } from '../../core/target-words.ts';
import { formatCount } from '../figures.ts';
import { type Html, html } from './html.ts';

/** What each stage stops, and at which threshold: an attempt costs no more than it takes to settle. */
export function cascade({ attempts, spec }: CampaignState): Html {
  const learned = isLearned(spec.target);
  const thresholds = learned ? learnedThresholds(spec) : graphThresholds(spec);
  const rounds = new Map<number, number>();
  for (const { outcome } of attempts) {
    if (outcome.kind === 'scored') rounds.set(outcome.rounds, (rounds.get(outcome.rounds) ?? 0) + 1);
  }
  const shown = stagesOf(spec.target).filter((stage) => thresholds[stage]);
  return html`<div class="scroll"><table>
<tr><th>stage</th><th>ends there at</th><th class="figure">attempts ended</th><th class="figure">mean s</th></tr>
${shown.map(
  (stage) =>
    html`<tr><td>${stage}</td><td>${thresholds[stage]!}</td><td class="figure">${formatCount(attempts.filter(({ outcome }) => stageOf(outcome, learned) === stage).length)}</td><td class="figure">${meanSeconds(attempts, stage)}</td></tr>
`,
)}</table></div>
<p class="faint">${learned ? 'Training seeds' : 'Rounds'} it took to settle: ${[...rounds]
    .sort(([one], [other]) => one - other)
    .map(([round, count]) => `${count} after ${round}`)
    .join(', ')}.</p>`;
}

type Thresholds = Partial<Record<Stage, string>>;

function graphThresholds(spec: CampaignState['spec']): Thresholds {
  return {
    check: 'a static rule, or the tokens of an earlier candidate',
    compile: '60 s, 3 GiB; or the code of an earlier candidate',
    build: `${spec.buildFactor} times the seed's time, ${spec.buildSecondsLimit} s at most`,
    prepare: `30 s, ${spec.indexFactor} times the seed's index bytes`,
    smoke: 'a crash, nonsense, or an answer that changes when asked again',
    measure: `recall 0.95; a gain of ${(100 * spec.requiredGain).toFixed(1)} % won or out of reach`,
  };
}

function learnedThresholds({ target, requiredGain }: CampaignState['spec']): Thresholds {
  return {
    check: 'a static rule, or the tokens of an earlier candidate',
    compile: 'either program, for training or for serving, that does not compile',
    train: 'a crash, the limits of time and memory, or weights that are not what the contract asks for',
    examine: `a limit of the target passed, or ${wordsOf(target).windowText} not reached; a gain of ${(100 * requiredGain).toFixed(1)} % won or out of reach`,
  };
}

function stageOf(outcome: Outcome, learned: boolean): Stage {
  switch (outcome.kind) {
    case 'rejected':
      return outcome.rule === 'duplicate-code' ? 'compile' : 'check';
    case 'compile-error':
      return 'compile';
    case 'scored':
    case 'low-recall':
      return learned ? 'examine' : 'measure';
    default:
      return outcome.stage;
  }
}

function meanSeconds(attempts: readonly Attempt[], stage: Stage): string {
  const spent = attempts.flatMap(({ seconds }) => seconds[stage] ?? []);
  return spent.length === 0 ? '' : (spent.reduce((sum, one) => sum + one, 0) / spent.length).toFixed(2);
}
