import { onTestFinished } from 'vitest';
import type { Group } from '../core/campaign-state.ts';
import { candidateId } from '../core/candidate.ts';
import type { ModelCard } from '../core/exchange.ts';
import { makePrompt } from '../core/prompt.ts';
import type { Drawing, Proposed } from '../core/proposer.ts';
import type { CampaignSpec } from '../core/spec.ts';
import { ofSlots } from '../core/target.ts';
import { type Clock, realClock } from '../propose/llm/clock.ts';
import type { LlmParts } from '../propose/llm/parts.ts';
import { LlmProposer } from '../propose/llm/proposer.ts';
import { standInCard } from '../propose/llm/testing/cards.ts';
import {
  type ReceivedRequest,
  StandInEndpoint,
  type StandInOptions,
} from '../propose/llm/testing/stand-in-endpoint.ts';
import { sampleSeeds } from '../record/sample-campaign.ts';
import { MemoryLog } from './memory-log.ts';

export const key = 'sk-proj-4f9aQ7zT1bKx82LmN0vR';
export const seed = sampleSeeds.search;

/** Prompts and answers as plain as can be. `editable` takes the id of what the edits of each answer would have applied to. */
function plainParts(editable: string[]): LlmParts {
  return {
    writer: {
      compose: (state, slot, drawn) =>
        makePrompt({
          messages: [
            { role: 'system', content: `You improve ${slot}. ${state.digests[slot]?.text ?? ''}` },
            { role: 'user', content: `Begin with ${drawn.parent}.` },
          ],
          ...drawn,
        }),
      repairTurn: (_, outcome) => ({ role: 'user', content: `REPAIR ${JSON.stringify(outcome)}` }),
      againTurn: (detail) => ({ role: 'user', content: `AGAIN: ${detail}` }),
      digest: (state, slot) => [{ role: 'user', content: `DIGEST ${slot}, ${state.groups.length} groups` }],
    },
    drawEntries: (state, slot) => ({
      parent: state.champions[slot].candidate.id,
      exemplars: [],
      strategies: ['unroll'],
    }),
    readAnswer: (text, { parent }) => {
      editable.push(parent.id);
      if (text.startsWith('UNCHANGED'))
        return { kind: 'refused', refusal: { rule: 'copy', detail: 'the edits change nothing' } };
      return text.startsWith('#pragma once')
        ? { kind: 'header', source: text, design: 'as before' }
        : { kind: 'refused', refusal: { rule: 'answer-format', detail: 'there is no code in it' } };
    },
    nothingNew: (source, slot, { candidates }) =>
      candidates.has(candidateId(slot, source)) ? 'the campaign has this header already' : null,
  };
}

/** Nobody sleeps. */
const hasty: Clock = { now: realClock.now, sleep: async () => {}, random: () => 0.01 };

export interface AskedOptions {
  readonly spec?: Partial<CampaignSpec>;
  readonly cards?: readonly Partial<ModelCard>[];
  /** The record of a process that died, with which another goes on. */
  readonly log?: MemoryLog;
  readonly fault?: NonNullable<StandInOptions['fault']>;
  readonly clock?: Clock;
}

/** A campaign in memory whose models are a stand-in that answers by `answer`; it lives as long as the test. */
export async function askedCampaign(
  answer: (request: ReceivedRequest) => string | Promise<string>,
  { spec = {}, cards = [{}], log, fault, clock = hasty }: AskedOptions = {},
) {
  const models = cards.map(({ model = 'stand-in' }) => model);
  const standIn = await StandInEndpoint.open({ key, models, answer, ...(fault ? { fault } : {}) });
  onTestFinished(() => standIn.close());
  const record = log ?? MemoryLog.begin({ maxAnswerTokens: 1000, requestSeconds: 5, ...spec });
  const events: string[] = [];
  const editable: string[] = [];
  const proposer = new LlmProposer({
    ...plainParts(editable),
    log: record,
    cards: cards.map((card) => standInCard(standIn.baseUrl, card)),
    keys: new Map([['STAND_IN_KEY', key]]),
    onEvent: (message) => events.push(message),
    clock,
  });
  return { proposer, log: record, standIn, events, editable };
}

const signal = new AbortController().signal;

export function drawing(log: MemoryLog, group: number, aborted = signal): Drawing {
  return { group: groupOf(log, group), state: () => log.state, signal: aborted };
}

export function groupOf(log: MemoryLog, group: number): Group {
  return log.state.groups.find((one) => one.group === group)!;
}

/** What the campaign's loop does: the plan is durable before anything is drawn. */
export async function openGroup(proposer: LlmProposer, log: MemoryLog, count: number, group = 1): Promise<void> {
  const { state } = log;
  const plan = await proposer.open({ group, slot: 'search', count, state });
  const champions = ofSlots('graph', { construction: '', search: seed.id, refinement: '' });
  const { candidates, size, prompt } = plan;
  await log.append({ type: 'group-proposed', group, slot: 'search', champions, candidates, size, prompt: prompt! });
}

export async function drawGroup(proposer: LlmProposer, log: MemoryLog, group = 1): Promise<Proposed[]> {
  const all: Proposed[] = [];
  for await (const batch of proposer.draw(drawing(log, group))) {
    for (const proposed of batch)
      await log.append({ type: 'candidate-proposed', group, ...proposed, elapsedSeconds: 1 });
    all.push(...batch);
  }
  return all;
}

export async function finishGroup(log: MemoryLog, group: number): Promise<void> {
  await log.append({ type: 'group-finished', group, slot: 'search', advantages: {}, elapsedSeconds: 1 });
}

export function header(name: string | number): string {
  return `#pragma once\n// ${name}\n`;
}

export const lastTurn = ({ messages }: ReceivedRequest) => messages.at(-1)!.content;
