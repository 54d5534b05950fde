import { decide, type Look } from '../../../rewards/sequential.ts';
import type { Omitted } from '../../../rewards/two-way.ts';
import type { Candidate } from '../../core/candidate.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Evaluation, EvaluationOptions, Evaluator, Index, QuerySet } from '../../core/evaluation.ts';
import { type CountedPoint, describeOutcome, type LearnedCost, type Outcome, type Stage } from '../../core/outcome.ts';
import { checkSource } from '../check.ts';
import type { DuplicateIndex } from '../duplicates.ts';
import { Failed } from '../failed.ts';
import type { Side } from '../measure.ts';
import { NoiseHistory } from '../noise-history.ts';
import { StageClock } from '../stage-clock.ts';
import { type Examination, meanCurve } from './examination.ts';
import type { LearnedCase, LearnedTarget } from './learned-target.ts';
import { compareRewards, meanReward, type SeedExaminations } from './reward-comparison.ts';
import type { TrainedIndexMaker } from './trained-index.ts';

export interface LearnedEvaluatorParts {
  readonly target: Pick<LearnedTarget, 'name' | 'reward'>;
  readonly cases: readonly LearnedCase[];
  readonly maker: Pick<TrainedIndexMaker, 'compile' | 'examined' | 'baseline'>;
  readonly requiredGain: number;
  /** Recall at which the target's window ends, for those that do not reach it; null where it has none. */
  readonly windowEnd: number | null;
  /** Where given, the same header under another id is rejected. */
  readonly duplicates?: Pick<DuplicateIndex, 'sameSource' | 'addSource'> | undefined;
  readonly check?: typeof checkSource;
}

/**
 * Training seeds after which a comparison is looked at, and what each look costs of the 5 % by which intervals may miss: little at first, most
 * at the last (rewards/sequential.ts has why).
 */
const looks: readonly Look[] = [
  { rounds: 1, error: 0.004 },
  { rounds: 2, error: 0.006 },
  { rounds: 3, error: 0.01 },
  { rounds: 5, error: 0.03 },
];

/** Seeds are apart by query set, so that a promotion rests on trainings that no attempt was selected by. */
const firstSeed: Record<QuerySet, number> = { search: 1, promotion: 101, final: 201 };
/** An index beside itself is trained by seeds of its own, or A/A would show no noise at all. */
const otherSeeds = 50;

/** Trains and examines challenger and champion seed by seed, until a look at the difference of their rewards settles it. */
export class LearnedEvaluator implements Evaluator {
  readonly #parts: LearnedEvaluatorParts;
  readonly #noise = new NoiseHistory();
  readonly #check: typeof checkSource;

  constructor(parts: LearnedEvaluatorParts) {
    this.#parts = parts;
    this.#check = parts.check ?? checkSource;
  }

  /** Compiles, trains by the first seed and examines, side by side; what is wrong with a candidate comes out later. */
  async prepare(indexes: readonly { readonly challenger: Index; readonly changed: Candidate }[]): Promise<void> {
    const { cases, maker } = this.#parts;
    const worthIt = indexes.filter(({ changed }) => !this.#broken(changed));
    const ahead = worthIt.flatMap(({ challenger }) =>
      cases.map((one) => maker.examined(challenger, one, firstSeed.search, 'search')),
    );
    for (const result of await Promise.allSettled(ahead)) {
      if (result.status === 'rejected' && !(result.reason instanceof Failed)) throw result.reason;
    }
  }

  async compare(
    challenger: Index,
    champion: Index,
    changed: Candidate | undefined,
    options: EvaluationOptions,
  ): Promise<Evaluation> {
    const clock = new StageClock(options.onStage);
    const stage = (name: Stage) => clock.enter(name);
    try {
      stage('check');
      const broken = changed && this.#broken(changed);
      if (broken) throw new Failed(broken);
      if (changed) this.#parts.duplicates?.addSource(changed);
      stage('compile');
      await this.#parts.maker.compile(challenger);
      return { ...(await this.#compareSeeds({ challenger, champion }, options, stage)), seconds: clock.seconds() };
    } catch (error) {
      if (error instanceof Failed) return { outcome: error.outcome, seconds: clock.seconds() };
      throw error;
    }
  }

  #broken(changed: Candidate): Outcome | undefined {
    return this.#check(changed.slot, changed.source) ?? this.#parts.duplicates?.sameSource(changed);
  }

  async #compareSeeds(
    sides: Record<Side, Index>,
    { queries, precision = 'settle', requiredGain = this.#parts.requiredGain }: EvaluationOptions,
    stage: (name: Stage) => void,
  ): Promise<Evaluation> {
    const { target } = this.#parts;
    const done: Record<Side, SeedExaminations[]> = { challenger: [], champion: [] };
    const prior = this.#noise.prior();
    const wanted =
      precision === 'full' ? [{ ...looks.at(-1)!, error: 0.05 }] : looks.filter(({ rounds }) => prior || rounds > 1);
    for (const look of wanted) {
      while (done.challenger.length < look.rounds) {
        stage('train');
        const next = await this.#examineBoth(sides, firstSeed[queries] + done.challenger.length, queries);
        done.challenger.push(next.challenger);
        done.champion.push(next.champion);
      }
      stage('examine');
      const short = this.#shortcoming(done.challenger);
      if (short) return { outcome: short };
      const shortChampion = this.#shortcoming(done.champion);
      if (shortChampion)
        throw new HarnessError(
          `the champion (${idsOf(sides.champion)}) cannot be compared with on the ${queries} queries, trained by ${look.rounds} seeds: ${describeOutcome(shortChampion)}`,
        );
      const estimate = compareRewards(target, done.challenger, done.champion, prior);
      const { speedup, verdict, settled } = decide(estimate, look, requiredGain, look === wanted.at(-1));
      if (!settled) continue;
      if (estimate.noise) this.#noise.add(estimate.noise);
      const area = (side: Side) => Math.exp(meanReward(target, done[side]));
      const curve = curveOf(done.challenger);
      const cost = costOf(done.challenger);
      return {
        outcome: { kind: 'scored', verdict, area: area('challenger'), curve, speedup, rounds: look.rounds, cost },
        champion: { area: area('champion'), curve: curveOf(done.champion) },
      };
    }
    throw new HarnessError('a comparison of learned indexes ended without its last look');
  }

  async #examineBoth(
    sides: Record<Side, Index>,
    seed: number,
    queries: QuerySet,
  ): Promise<Record<Side, SeedExaminations>> {
    const isSame = Object.entries(sides.challenger).every(
      ([slot, { id }]) => id === sides.champion[slot as keyof Index].id,
    );
    const [challenger, champion] = await Promise.all([
      this.#examine(sides.challenger, isSame ? seed + otherSeeds : seed, queries),
      this.#examine(sides.champion, seed, queries).catch((error) => {
        if (!(error instanceof Failed)) throw error;
        throw new HarnessError(
          `the champion (${idsOf(sides.champion)}) no longer passes: ${JSON.stringify(error.outcome)}`,
        );
      }),
    ]);
    return { challenger, champion };
  }

  #examine(index: Index, seed: number, queries: QuerySet): Promise<SeedExaminations> {
    const { cases, maker } = this.#parts;
    return Promise.all(
      cases.map(async (one) => ({
        index: await maker.examined(index, one, seed, queries),
        baseline: await maker.baseline(one, seed, queries),
      })),
    );
  }

  /** The outcome of an index some of whose curves end before the window does, also with any one chunk of queries left out: the interval asks for these. */
  #shortcoming(seeds: readonly SeedExaminations[]): Outcome | undefined {
    const { target, windowEnd } = this.#parts;
    const chunks = seeds[0]![0]!.index.points[0]!.recall.length;
    const omitted: readonly Omitted[] = [{}, ...Array.from({ length: chunks }, (_, chunk) => ({ chunk }))];
    const short = omitted.find((left) => Number.isNaN(meanReward(target, seeds, left)));
    if (!short) return undefined;
    const best = Math.min(
      ...seeds.flat().map(({ index }) => Math.max(...meanCurve(index.points, short.chunk).map(({ recall }) => recall))),
    );
    return { kind: 'low-recall', best, required: windowEnd ?? 1, curve: curveOf(seeds) };
  }
}

const idsOf = (index: Index) =>
  Object.values(index)
    .map(({ id }) => id)
    .join(', ');

/** The first case's curve, mean over seeds, effort by effort: for people to look at; rewards are taken of each curve by itself. */
function curveOf(seeds: readonly SeedExaminations[]): CountedPoint[] {
  const curves = seeds.map((cases) => meanCurve(cases[0]!.index.points));
  return curves[0]!.map(({ effort }, at) => ({
    effort,
    recall: mean(curves.map((curve) => curve[at]!.recall)),
    cost: mean(curves.map((curve) => curve[at]!.cost)),
  }));
}

const costNames = [
  'multiplyAdds',
  'copies',
  'largestBin',
  'queriesPerSecond',
] as const satisfies readonly (keyof LearnedCost)[];

function costOf(seeds: readonly SeedExaminations[]): LearnedCost {
  const facts: readonly Examination['facts'][] = seeds.flat().map(({ index }) => index.facts);
  const meanOf = (name: string) => mean(facts.map((one) => one[name] ?? 0));
  return {
    trainSeconds: meanOf('trainSeconds'),
    modelBytes: meanOf('modelBytes'),
    ...Object.fromEntries(costNames.filter((name) => name in facts[0]!).map((name) => [name, meanOf(name)])),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
