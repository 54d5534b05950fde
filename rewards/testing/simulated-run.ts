import type { TimedPoint } from '../../harness/core/outcome.ts';
import type { Random } from '../../harness/core/policy.ts';
import type { Round } from '../paired.ts';

/** What a simulated paired run suffers from; standard deviations are of log-qps. */
export interface SimulatedNoise {
  /** True area ratio: the challenger is this much faster at every effort. */
  readonly ratio: number;
  /** Of each reading. */
  readonly timing: number;
  /** Of each process: where its memory came to lie. */
  readonly placement: number;
  /** Of each chunk in each round, shared by both sides: a machine that is slower for a while. */
  readonly drift: number;
  /** Share of readings slowed by a neighbour, 1.5 times. */
  readonly outliers: number;
  /** Neighbours asked for in a chunk, of which `recall` are found: the trials of a binomial. Infinity: no recall noise. */
  readonly answers: number;
}

export const quiet: SimulatedNoise = {
  ratio: 1,
  timing: 0,
  placement: 0,
  drift: 0,
  outliers: 0,
  answers: Number.POSITIVE_INFINITY,
};

/** Recall and qps by effort of an ordinary graph index. */
const truth: readonly TimedPoint[] = [
  { effort: 16, recall: 0.83, qps: 20000 },
  { effort: 24, recall: 0.88, qps: 15000 },
  { effort: 32, recall: 0.905, qps: 12000 },
  { effort: 44, recall: 0.93, qps: 9500 },
  { effort: 64, recall: 0.953, qps: 7000 },
  { effort: 80, recall: 0.965, qps: 5800 },
];

/** Rounds of a paired run. Every round asks the same queries, so a chunk's recalls are drawn once a side and then stay. */
export function simulatedRun(rounds: number, chunks: number, noise: SimulatedNoise, random: Random): Round[] {
  const recallsOf = () =>
    Array.from({ length: chunks }, () =>
      truth.map(({ recall }) => {
        const spread = Math.sqrt((recall * (1 - recall)) / noise.answers);
        return Math.min(1, recall + spread * normal(random));
      }),
    );
  const recalls = { challenger: recallsOf(), champion: recallsOf() };
  return Array.from({ length: rounds }, () => {
    const placed = { challenger: noise.placement * normal(random), champion: noise.placement * normal(random) };
    return Array.from({ length: chunks }, (_, chunk) => {
      const common = noise.drift * normal(random);
      const side = (name: keyof typeof placed, ratio: number): TimedPoint[] =>
        truth.map(({ effort, qps }, index) => {
          const visited = random() < noise.outliers ? 1.5 : 1;
          const deviation = common + placed[name] + noise.timing * normal(random);
          return { effort, recall: recalls[name][chunk]![index]!, qps: (ratio * qps * Math.exp(deviation)) / visited };
        });
      return { challenger: side('challenger', noise.ratio), champion: side('champion', 1) };
    });
  });
}

/** Box and Muller's normal deviate. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
