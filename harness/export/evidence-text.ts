import { type CurvePoint, heightOf } from '../core/curve-point.ts';
import type { QuerySet } from '../core/evaluation.ts';
import { describeHeldOut, describeInterval, describeOutcome } from '../core/outcome.ts';
import type { Target } from '../core/target.ts';
import { areaFigure, wordsOf } from '../core/target-words.ts';
import { timedOn } from './claim.ts';
import type { Evidence, SlotEvidence } from './evidence.ts';
import type { TrainedEvidence } from './trained-index.ts';

/** EVIDENCE.md: EVIDENCE.json for people. */
export function evidenceText(evidence: Evidence): string {
  const { claim, campaign, dataset, fingerprint, build, slots } = evidence;
  return `# Evidence for ${evidence.package.name} ${evidence.package.version}

${evidence.trained ? 'Everything but the training below' : 'Everything here'} comes from the journal of the Annvil campaign \`${campaign.name}\` (SHA-256 \`${campaign.journal}\`): ${campaign.attempts} attempts in
${Math.round(campaign.elapsedSeconds / 60)} minutes. EVIDENCE.json has the same for programs. \`npm run verify\` measures the claim again.

## Claim

${evidence.trained ? learnedClaim(evidence) : graphClaim(evidence)} ${claim.inWords}

${evidence.trained ? trainedText(evidence, evidence.trained) : ''}
${claim.curve.length > 0 ? curves(evidence) : ''}
${claim.heldOut.length > 0 ? `The ratio to the seed index where the campaign did not train:\n\n${claim.heldOut.map((result) => `- ${describeHeldOut(result)}`).join('\n')}\n` : ''}
The seed beside itself, which must show no difference: ${evidence.selfComparisons.map(describeInterval).join(', ') || 'not measured'}.

## Headers

${Object.entries(slots)
  .map(([slot, header]) => slotText(slot, header))
  .join('\n')}
## Dataset

${table(
  ['', ''],
  [
    ['name', `${dataset.name} (${dataset.metric})`],
    ['SHA-256 of base, queries and metric', code(dataset.hash)],
    ['of the base rows', code(dataset.baseVectors)],
    ['of the query rows', code(dataset.queryVectors)],
    ['of the ground truth', code(dataset.groundTruth)],
  ],
)}
${evidence.trained ? '' : `Built with out-degree at most ${build.maxDegree}, seed ${build.seed}, ${build.threads} threads.`}

## Machine

Figures compare only where all of this is equal (fingerprint \`${evidence.fingerprintHash}\`).

${table(
  ['', ''],
  Object.entries(fingerprint)
    .filter(([field]) => !['dataset', 'baseVectors', 'queryVectors', 'groundTruth'].includes(field))
    .map(([field, value]) => [field, Array.isArray(value) ? code(value.join(' ')) : String(value)]),
)}
## Licence

${evidence.licence}, as Annvil's own; the text is in LICENSE.
`;
}

function graphClaim({ claim, fingerprint }: Evidence): string {
  const { low, high } = claim.window;
  return `${claim.speedup ? `**${describeInterval(claim.speedup)} times the queries a second of the seed index** (value and 95 % interval)` : 'No figure for the whole'}, at equal
recall: the ratio of the areas under queries/s over recall@${claim.k} between ${low} and ${high}, ${timedOn(claim, fingerprint.cores)}.`;
}

function learnedClaim({ claim, campaign }: Evidence): string {
  const words = wordsOf(campaign.target as Target);
  const area = claim.area === null ? 'No figure for the whole' : `**${claim.area.toFixed(3)}** ${words.areaText}`;
  const seed = claim.speedup ? `; ${describeInterval(claim.speedup)} of the seed's (value and 95 % interval)` : '';
  return `${area}${seed}. Counted, not timed; a mean over trainings, less what the target charges for.`;
}

function trainedText({ campaign, package: { identifier } }: Evidence, trained: TrainedEvidence): string {
  const words = wordsOf(campaign.target as Target);
  const settings = Object.entries(trained.settings).map(([name, value]) => `${name} ${value}`);
  const { cpu, compiler, trainer, evaluator } = trained.madeWith;
  return `\`${identifier}.index\` is one training: ${trained.what}, scale ${trained.scale}, seed ${trained.seed}, over ${trained.rows.toLocaleString('en-US')} rows of the dataset (${settings.join(', ')}).
It was trained and counted on ${cpu}, with ${trainer}, ${compiler} and the contract, players and referee of SHA-256 \`${evaluator}\`.
The referee counted on the queries of final figures, which \`npm run verify\` does again:

${curveTable(trained.curve, words.height.title)}
Its baseline, ${words.baseline}, on the same rows and queries:

${curveTable(trained.baseline, words.height.title)}`;
}

function curves({ claim, campaign }: Evidence): string {
  const { height, area } = wordsOf(campaign.target as Target);
  const over = (value: number | null) =>
    value === null ? '' : `, ${areaFigure(campaign.target as Target, value)} ${area.title} over the window`;
  return `Of this index${over(claim.area)}, ${setText(claim.queries)}:

${curveTable(claim.curve, height.title)}
Of the seed index${over(claim.seedArea)}, ${setText(claim.seedQueries)}:

${curveTable(claim.seedCurve, height.title)}`;
}

const sets: Readonly<Record<QuerySet, string>> = {
  search: 'on the queries that attempts are scored on',
  promotion: 'on the queries of promotions',
  final: 'on the queries of final figures',
};
const setText = (set: QuerySet | null) => (set === null ? 'not measured' : sets[set]);

function curveTable(curve: readonly CurvePoint[], title: string): string {
  return table(
    ['effort', 'recall', title],
    curve.map((point) => [String(point.effort), point.recall.toFixed(4), count(heightOf(point))]),
  );
}

function slotText(slot: string, { id, isSeed, alone, promotions, lineage }: SlotEvidence): string {
  const figure = alone ? ` Alone in the seed index: ${describeInterval(alone)} of it.` : '';
  const measured = promotions
    .map(({ outcome, heldOut, promoted }) => {
      const others = heldOut.map((result) => `; ${describeHeldOut(result)}`).join('');
      return `- measured again on queries of its own, ${promoted ? 'promoted' : 'not promoted'}: ${describeOutcome(outcome)}${others}\n`;
    })
    .join('');
  const steps = lineage.map((step) => [
    code(step.id),
    step.proposedBy,
    code(step.commit?.slice(0, 12) ?? null),
    step.prompt ? code(step.prompt.sha256.slice(0, 16)) : '',
    code(step.source.slice(0, 16)),
  ]);
  return `### ${slot}: \`${id}\`

${isSeed ? 'Keeps its seed.' : `${lineage.length - 1} ${lineage.length === 2 ? 'step' : 'steps'} from the seed.`}${figure}

${measured ? `${measured}\n` : ''}${table(['header', 'proposed by', 'commit', 'SHA-256 of the prompt', 'of the source'], steps)}`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |\n`;
  return `${line(titles)}${line(titles.map(() => '---'))}${rows.map(line).join('')}`;
}

const code = (text: string | null) => (text === null ? 'not recorded' : `\`${text}\``);
const count = (value: number) => Math.round(value).toLocaleString('en-US');
