import { expect, it } from 'vitest';
import { looksFor } from '../../rewards/sequential.ts';
import { seededRandom } from '../core/random.ts';
import { compareLive, type LiveComparison, type QuerySplit } from './measure.ts';
import type { Batch } from './protocol.ts';
import type { Referee } from './referee.ts';

const split: QuerySplit = { probe: { from: 0, count: 500 }, timed: { from: 500, count: 2000 } };

/** Answers as an index would whose recall and cost follow from the effort; remembers what each pair of processes was asked. */
class FakeReferee {
  readonly processes: Batch[][] = [[]];
  readonly #secondsOf: (batch: Batch) => number;

  constructor(speedup: number) {
    const random = seededRandom('fake referee');
    this.#secondsOf = ({ player, effort, count }) =>
      (count * effort * 1e-6 * (0.99 + 0.02 * random())) / (player === 'challenger' ? speedup : 1);
  }

  restart(): void {
    this.processes.push([]);
  }

  async ask(_: string, { batches }: { batches: readonly Batch[] }): Promise<object> {
    this.processes.at(-1)!.push(...batches);
    const ran = batches.map((batch) => {
      const seconds = this.#secondsOf(batch);
      // Logit-linear in log effort: 0.5 at effort 4, 0.97 at 64.
      const recall = 1 / (1 + (4 / batch.effort) ** 1.25);
      return { wallSeconds: seconds, cpuSeconds: seconds, waitSeconds: 0, recall };
    });
    return { kind: 'ran', batches: ran };
  }
}

async function compare(speedup: number): Promise<{ referee: FakeReferee; result: LiveComparison }> {
  const referee = new FakeReferee(speedup);
  const result = await compareLive(referee as unknown as Referee, {
    split,
    random: seededRandom('order'),
    restart: async () => referee.restart(),
    looks: looksFor(undefined, true),
    requiredGain: 0.01,
  });
  return { referee, result };
}

it('finds a speed-up, and starts both players anew for every round', async () => {
  const { referee, result } = await compare(1.2);
  expect(result).toMatchObject({ kind: 'compared', verdict: 'accepted' });
  if (result.kind === 'compared') expect(result.speedup.value).toBeCloseTo(1.2, 1);
  expect(referee.processes).toHaveLength(result.kind === 'compared' ? result.rounds : 0);
});

it('asks no process a query twice at one effort, and keeps the queries that find efforts from those that are timed', async () => {
  const { referee } = await compare(1);
  expect(referee.processes.length).toBeGreaterThan(1);
  for (const batches of referee.processes) {
    const seen = new Set<string>();
    for (const { player, effort, from, count } of batches) {
      const ofOneSet = from + count <= split.timed.from || from >= split.timed.from;
      expect(ofOneSet).toBe(true);
      for (let query = from; query < from + count; ++query) {
        const key = `${player} ${effort} ${query}`;
        expect(seen.has(key)).toBe(false);
        seen.add(key);
      }
    }
  }
});

it('has both sides answer the same queries, sides strictly taking turns', async () => {
  const { referee } = await compare(1);
  const timed = referee.processes[1]!.filter(({ from }) => from >= split.timed.from);
  const asked = (side: string) =>
    timed
      .filter(({ player }) => player === side)
      .map(({ effort, from }) => `${effort} ${from}`)
      .sort();
  expect(asked('challenger')).toEqual(asked('champion'));
  const all = referee.processes[1]!;
  const turns = all.length / 20;
  for (let turn = 0; turn < 20; ++turn) {
    const sides = all.slice(turn * turns, (turn + 1) * turns).map(({ player }) => player);
    for (const [at, side] of sides.entries()) if (at > 0) expect(side).not.toBe(sides[at - 1]);
  }
});

it('says how far recall comes where it misses the window', async () => {
  const referee = new FakeReferee(1);
  const ask = referee.ask.bind(referee);
  referee.ask = async (kind, request) => {
    const answer = (await ask(kind, request)) as { kind: string; batches: { recall: number }[] };
    const limited = answer.batches.map((ran, at) =>
      request.batches[at]!.player === 'challenger' ? { ...ran, recall: 0.9 * ran.recall } : ran,
    );
    return { ...answer, batches: limited };
  };
  const result = await compareLive(referee as unknown as Referee, {
    split,
    random: seededRandom('order'),
    restart: async () => referee.restart(),
    looks: looksFor(undefined, true),
    requiredGain: 0.01,
  });
  expect(result).toMatchObject({ kind: 'short', side: 'challenger', best: expect.closeTo(0.9, 1) });
});
