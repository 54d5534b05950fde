import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CampaignLog, CampaignState, Group } from '../../core/campaign-state.ts';
import { type Candidate, candidateId } from '../../core/candidate.ts';
import type { Outcome } from '../../core/outcome.ts';
import type { Drawing, Proposed, Proposer } from '../../core/proposer.ts';
import { type PerSlot, perSlot, type Slot } from '../../core/target.ts';

/** What a proposer asks (a model, an agent, its own grammar): it answers, says nothing for as long as the test lasts, or fails. */
export type Others = 'answer' | 'silent' | 'fail';

export interface ProposerUnderTest {
  readonly proposer: Proposer;
  /** Ends what the test started. */
  readonly stop?: () => void | Promise<void>;
}

export interface ProposerMaker {
  readonly slot: Slot;
  /** A campaign that has just begun. */
  log(): CampaignLog;
  /** A proposer for a campaign, be it new or resumed. */
  make(log: CampaignLog, others: Others): ProposerUnderTest | Promise<ProposerUnderTest>;
}

const size = 4;

/** What every proposer must do, whoever it asks. */
export function describeProposer(name: string, { slot, log: newLog, make }: ProposerMaker): void {
  async function withProposer(log: CampaignLog, others: Others, use: (proposer: Proposer) => Promise<void>) {
    const { proposer, stop } = await make(log, others);
    try {
      await use(proposer);
    } finally {
      await stop?.();
      await proposer.close?.();
    }
  }

  describe(`the ${name} proposer`, () => {
    it('never proposes a known candidate, and derives ids from slot and source', async () => {
      const log = newLog();
      await withProposer(log, 'answer', async (proposer) => {
        for (let groups = 0; groups < 3; ++groups) {
          const known = new Set(log.state.candidates.keys());
          const { candidates } = await wholeGroup(log, proposer, slot);
          for (const candidate of candidates) {
            expect(known).not.toContain(candidate.id);
            known.add(candidate.id);
            expect(candidate.slot).toBe(slot);
            expect(candidate.id).toBe(candidateId(slot, candidate.source));
          }
        }
      });
    });

    it('plans no more candidates than make the group whole, and makes it whole', async () => {
      const log = newLog();
      await withProposer(log, 'answer', async (proposer) => {
        const plan = await proposer.open({ group: 1, slot, count: size, state: log.state });
        expect(plan!.candidates.length).toBeLessThanOrEqual(plan!.size);
        expect(plan!.size).toBeLessThanOrEqual(size);
        const group = await wholeGroup(log, proposer, slot);
        expect(firstAnswers(group)).toHaveLength(group.size);
      });
    });

    it('names parents that are known', async () => {
      const log = newLog();
      await withProposer(log, 'answer', async (proposer) => {
        const { candidates } = await wholeGroup(log, proposer, slot);
        for (const { parents } of candidates) {
          expect(parents.length).toBeGreaterThan(0);
          for (const parent of parents) expect(log.state.candidates.has(parent)).toBe(true);
        }
      });
    });

    it('ends a drawing that is aborted while nobody answers', async () => {
      const log = newLog();
      await withProposer(log, 'silent', async (proposer) => {
        const group = await opened(log, proposer, slot);
        const aborted = new AbortController();
        const drawn = fetched(proposer, { group, state: () => log.state, signal: aborted.signal });
        await sleep(20);
        aborted.abort();
        const ended = await Promise.race([drawn, sleep(5000, 'still drawing')]);
        expect(ended).not.toBe('still drawing');
      });
    });

    it('yields of a resumed group only what is missing', async () => {
      const log = newLog();
      await withProposer(log, 'answer', async (proposer) => {
        const group = await opened(log, proposer, slot);
        const drawing = { group, state: () => log.state, signal: new AbortController().signal };
        for await (const [first] of proposer.draw?.(drawing) ?? []) {
          if (first) await recorded(log, group, first);
          break;
        }
      });
      await withProposer(log, 'answer', async (proposer) => {
        const group = log.state.openGroup!;
        const missing = group.size - firstAnswers(group).length;
        const known = new Set(log.state.candidates.keys());
        const signal = new AbortController().signal;
        const drawn = await fetched(proposer, { group, state: () => log.state, signal }, (one) =>
          recorded(log, group, one),
        );
        expect(drawn.filter(({ candidate: { id } }) => known.has(id))).toEqual([]);
        expect(drawn.filter(({ candidate }) => isFirstAnswer(candidate))).toHaveLength(missing);
      });
    });

    it('throws where what it asks fails, and makes no outcome of it', async () => {
      const log = newLog();
      const { candidates, attempts } = log.state;
      await withProposer(log, 'fail', async (proposer) => {
        await expect(wholeGroup(log, proposer, slot)).rejects.toThrow();
      });
      expect(log.state.candidates.size).toBe(candidates.size);
      expect(log.state.attempts).toHaveLength(attempts.length);
    });
  });
}

async function opened(log: CampaignLog, proposer: Proposer, slot: Slot): Promise<Group> {
  const group = log.state.groups.length + 1;
  const plan = await proposer.open({ group, slot, count: size, state: log.state });
  if (!plan) throw new Error('the proposer under test has nothing new for a campaign that has just begun');
  await log.append({ type: 'group-proposed', group, slot, champions: champions(log.state), ...plan });
  return log.state.openGroup!;
}

/** As the campaign's loop does it, each candidate measured as it comes. */
async function wholeGroup(log: CampaignLog, proposer: Proposer, slot: Slot): Promise<Group> {
  const group = await opened(log, proposer, slot);
  const signal = new AbortController().signal;
  for (const { id } of group.candidates) await attempted(log, group.group, id);
  await fetched(proposer, { group, state: () => log.state, signal }, async (proposed) => {
    await recorded(log, group, proposed);
    await attempted(log, group.group, proposed.candidate.id);
  });
  await log.append({ type: 'group-finished', group: group.group, slot, advantages: {}, elapsedSeconds: 0 });
  return log.state.groups.at(-1)!;
}

async function fetched(
  proposer: Proposer,
  drawing: Drawing,
  use: (proposed: Proposed) => Promise<void> = async () => {},
): Promise<Proposed[]> {
  const all: Proposed[] = [];
  for await (const arrived of proposer.draw?.(drawing) ?? []) {
    for (const proposed of arrived) {
      all.push(proposed);
      await use(proposed);
    }
  }
  return all;
}

async function recorded(log: CampaignLog, { group }: Group, { candidate, refusal }: Proposed): Promise<void> {
  await log.append({
    type: 'candidate-proposed',
    group,
    candidate,
    ...(refusal && { refusal }),
    elapsedSeconds: 0,
  });
}

const outcome: Outcome = {
  kind: 'scored',
  verdict: 'no-gain',
  area: 100_000,
  curve: [{ effort: 16, recall: 0.9, qps: 100_000 }],
  speedup: { value: 1, low: 0.99, high: 1.01 },
  rounds: 8,
  cost: { buildSeconds: 1, prepareSeconds: 1, indexBytes: 1 },
};

function attempted(log: CampaignLog, group: number, candidate: string): Promise<void> {
  return log.append({ type: 'attempt-finished', group, candidate, outcome, reward: 0, elapsedSeconds: 0 });
}

function firstAnswers({ candidates }: Group) {
  return candidates.filter(isFirstAnswer);
}

/** Repairs come on top of what makes a group whole. */
function isFirstAnswer({ origin }: Candidate): boolean {
  return !('turn' in origin) || origin.turn === 1;
}

function champions(state: CampaignState): PerSlot<string> {
  return perSlot(state.spec.target, (slot) => state.champions[slot].candidate.id);
}
