import type { Attempt, CampaignState } from '../core/campaign-state.ts';
import type { Candidate } from '../core/candidate.ts';
import { describeOutcome } from '../core/outcome.ts';
import { speedupOverSeed } from '../core/ratio.ts';
import { type PerSlot, perSlot, slotsOf } from '../core/target.ts';

/** The tag that holds a candidate's commit. */
export const tagOf = (id: string): string => `refs/tags/candidate/${id}`;

/** The file that holds a slot's header in every commit. */
export const fileOf = (slot: string): string => `${slot}.hpp`;

/** A commit to be made; `parents` and `tags` are full reference names, the first parent and tag being the commit's own. */
interface Commit {
  readonly parents: readonly string[];
  readonly tags: readonly string[];
  readonly message: string;
  readonly sources: PerSlot<string>;
  readonly seconds: number;
}

/**
 * The `git fast-import` stream that adds to a repository, which has the tags of `recorded`, whatever the journal knows beyond
 * them, and moves `main` to the champions. One process writes any number of commits. Null where no commit is missing.
 */
export function importStream(state: CampaignState, recorded: ReadonlySet<string>, nowSeconds: number): string | null {
  const commits = missingCommits(state, recorded, nowSeconds);
  if (commits.length === 0) return null;
  return `${commits.map(commitCommand).join('')}reset refs/heads/main\nfrom ${mainOf(state)}\n\ndone\n`;
}

/** Where `main` belongs: at the last promoted candidate, whose commit holds all the champions; at the seeds before that. */
export function mainOf(state: CampaignState): string {
  return championsCommit(state, state.promotions.length);
}

function championsCommit(state: CampaignState, promotionsSoFar: number): string {
  const last = state.promotions.slice(0, promotionsSoFar).findLast((promotion) => promotion.promoted);
  return tagOf((last?.candidate ?? state.seeds[slotsOf(state.spec.target)[0]]).id);
}

function missingCommits(state: CampaignState, recorded: ReadonlySet<string>, seconds: number): Commit[] {
  const commits: Commit[] = [];
  const { target } = state.spec;
  const seedIds = slotsOf(target).map((slot) => state.seeds[slot].id);
  if (!recorded.has(seedIds[0]!)) {
    commits.push({
      parents: [],
      tags: seedIds.map(tagOf),
      message: seedMessage(state),
      sources: perSlot(target, (slot) => state.seeds[slot].source),
      seconds,
    });
  }
  const known = new Set([...recorded, ...seedIds]);
  for (const attempt of state.attempts) {
    const { candidate, slot } = attempt;
    // Equal code drawn again has the same id: its first attempt stands.
    if (known.has(candidate.id)) continue;
    known.add(candidate.id);
    const group = state.groups.find(({ group }) => group === attempt.group)!;
    const before = state.promotions.filter((promotion) => promotion.group < attempt.group).length;
    const ancestors = candidate.parents.filter((id) => id !== candidate.id && known.has(id)).map(tagOf);
    commits.push({
      // The champions it was measured with are a parent too, so that history holds wherever its tree comes from.
      parents: [
        ...new Set([
          ...(ancestors.length > 0 ? ancestors : [tagOf(group.champions[slot])]),
          championsCommit(state, before),
        ]),
      ],
      tags: [tagOf(candidate.id)],
      message: attemptMessage(attempt),
      sources: { ...sourcesOf(state, group.champions), [slot]: candidate.source },
      seconds,
    });
  }
  return commits;
}

function sourcesOf(state: CampaignState, ids: PerSlot<string>): PerSlot<string> {
  return perSlot(state.spec.target, (slot) => state.candidates.get(ids[slot])!.source);
}

function seedMessage(state: CampaignState): string {
  const trailers = slotsOf(state.spec.target).map((slot) => `Candidate: ${state.seeds[slot].id}`);
  if (state.seedOutcome) trailers.push(`Area: ${state.seedOutcome.area.toFixed(1)}`);
  return `seed: the headers that campaign ${state.spec.name} starts from\n\nDataset: ${state.spec.dataset}.\n\n${trailers.join('\n')}\n`;
}

function attemptMessage(attempt: Attempt): string {
  const { candidate, outcome } = attempt;
  const parent = candidate.parents[0];
  const speedup = speedupOverSeed(attempt);
  const trailers = [
    `Candidate: ${candidate.id}`,
    `Slot: ${candidate.slot}`,
    ...(parent ? [`Parent: ${parent}`] : []),
    `Outcome: ${outcome.kind}`,
    ...(outcome.kind === 'scored' ? [`Verdict: ${outcome.verdict}`, `Area: ${outcome.area.toFixed(1)}`] : []),
    ...(speedup
      ? [`Speedup: ${speedup.value.toFixed(3)} [${speedup.low.toFixed(3)}, ${speedup.high.toFixed(3)}]`]
      : []),
    `Reward: ${attempt.reward.toFixed(4)}`,
  ];
  const described = oneLine(describeOutcome(outcome));
  const subject = `${candidate.id}: ${described.length > 90 ? `${described.slice(0, 89)}…` : described}`;
  const body = [
    `Attempt ${attempt.number}, group ${attempt.group}; proposed by ${candidate.origin.proposer}.`,
    ...choiceLines(candidate),
    ...(speedup
      ? ['The speed-up below is against the seed; the subject gives it against the champion of the time.']
      : []),
  ];
  return `${subject}\n\n${body.join('\n')}\n\n${trailers.join('\n')}\n`;
}

function choiceLines({ origin }: Candidate): string[] {
  if (origin.proposer !== 'grammar') return [];
  return Object.entries(origin.choices).map(([name, option]) => `  ${oneLine(name)} = ${oneLine(option)}`);
}

/** What a candidate made a compiler or a sandbox say must not start a line of its own: the last lines are trailers. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being removed
  return text.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
}

function commitCommand({ parents, tags, message, sources, seconds }: Commit): string {
  const [first, ...merged] = parents;
  return [
    `commit ${tags[0]}\n`,
    `committer Annvil <annvil@localhost> ${seconds} +0000\n`,
    data(message),
    first ? `from ${first}\n` : '',
    ...merged.map((parent) => `merge ${parent}\n`),
    ...Object.entries(sources).map(([slot, source]) => `M 100644 inline ${fileOf(slot)}\n${data(source)}`),
    '\n',
    ...tags.slice(1).map((tag) => `reset ${tag}\nfrom ${tags[0]}\n\n`),
  ].join('');
}

/** fast-import's length-prefixed text, so that nothing in a candidate can be taken for a command. */
function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
