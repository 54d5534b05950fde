import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ofSlots } from '../core/target.ts';
import { AgentDesk } from '../propose/agent/desk.ts';
import { DeskClient } from '../propose/agent/desk-client.ts';
import { type DeskServer, openDeskServer } from '../propose/agent/desk-server.ts';
import { championOnly, deskParts, freshHeader, plainWriter } from '../propose/agent/testing/desk-parts.ts';
import type { AnswerWindow } from '../propose/agent/window.ts';
import { begunCampaign, type MemoryLog } from '../testing/memory-log.ts';
import { mcpServer } from './mcp.ts';

let folder: string;
let log: MemoryLog;
let desk: AgentDesk;
let server: DeskServer;
const clients: Client[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-mcp-'));
  log = begunCampaign();
  desk = new AgentDesk({ ...deskParts, log });
  server = await openDeskServer({ desk, runDir: folder, leaderboard: () => ({ campaign: 'sample' }) });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server.close();
  await rm(folder, { recursive: true });
});

async function openGroup(): Promise<AnswerWindow> {
  const { state } = log;
  const prompt = plainWriter.compose(
    state,
    'search',
    championOnly(state, 'search', () => 0),
  );
  const champions = ofSlots('graph', { construction: '', search: state.seeds.search.id, refinement: '' });
  await log.append({ type: 'group-proposed', group: 1, slot: 'search', champions, candidates: [], size: 2, prompt });
  const { signal } = new AbortController();
  return desk.open({ group: log.state.openGroup!, state: () => log.state, signal });
}

/** A coding agent's end of a pair whose other end is a server of its own. */
async function agentTools(name: string) {
  const client = new Client({ name, version: '1' });
  clients.push(client);
  const [near, far] = InMemoryTransport.createLinkedPair();
  await mcpServer(() => DeskClient.connect(folder), '1').connect(far);
  await client.connect(near);
  return async (tool: string, args: Record<string, unknown> = {}) => {
    const { isError, content, structuredContent } = await client.callTool({ name: tool, arguments: args });
    const [first] = content as { text: string }[];
    return {
      isError: isError === true,
      text: first?.text ?? '',
      said: structuredContent as Record<string, { readonly lease: string }>,
    };
  };
}

it('two windows of one program hold a lease each, and each keeps its own', async () => {
  await openGroup();
  const [one, two] = [await agentTools('some agent'), await agentTools('some agent')];
  const first = (await one('next_prompt')).said.turn;
  expect((await one('next_prompt')).said.turn).toMatchObject({ lease: first!.lease });
  expect((await two('next_prompt')).said.turn).toMatchObject({ kind: 'lease' });
  expect((await two('next_prompt')).said.turn).not.toMatchObject({ lease: first!.lease });
  const third = await (await agentTools('third'))('next_prompt', { wait_seconds: 0 });
  expect(third).toMatchObject({ isError: false, said: { turn: { kind: 'wait' } } });
  expect(third.text).toContain('every place of the group is taken');
});

it('a failure comes back with all that the compiler said and the lease to mend it under', async () => {
  const window = await openGroup();
  const call = await agentTools('agent');
  const { lease } = (await call('next_prompt')).said.turn!;
  const submitting = call('submit_candidate', {
    lease,
    text: freshHeader(),
    design: 'Fewer branches.',
    wait_seconds: 10,
  });
  const [proposed] = await window.fetch();
  const { candidate } = proposed!;
  expect(candidate.origin).toMatchObject({ agent: expect.stringMatching(/^agent-/), design: 'Fewer branches.' });
  await log.append({ type: 'candidate-proposed', group: 1, candidate, elapsedSeconds: 1 });
  const diagnostics = 'search.hpp:3:1: error: no such type\nsearch.hpp:9:1: note: used here';
  const outcome = { kind: 'compile-error', diagnostics } as const;
  const attempt = { group: 1, candidate: candidate.id, outcome, reward: -2.1, elapsedSeconds: 2 };
  await log.append({ type: 'attempt-finished', ...attempt });
  const { text, said } = await submitting;
  expect(said.submitted).toMatchObject({ kind: 'accepted', report: { outcome: 'compile-error', diagnostics } });
  expect(text).toContain('note: used here');
  expect(text).toMatch(/submit again under lease repair-1-/);
});

it('what is no candidate is told apart from what failed', async () => {
  await openGroup();
  const call = await agentTools('agent');
  const { lease } = (await call('next_prompt')).said.turn!;
  const again = await call('submit_candidate', { lease, text: 'I would rather not.' });
  expect(again).toMatchObject({ isError: false, said: { submitted: { kind: 'again', triesLeft: 2 } } });
  expect(again.text).toContain('there is no fenced header');
});

it('misuse is an error that says what to do', async () => {
  const call = await agentTools('agent');
  expect(await call('contract', { slot: 'sort' })).toMatchObject({ isError: true });
  expect(await call('outcome', { candidate: 'search-0' })).toMatchObject({
    isError: true,
    text: expect.stringContaining('no candidate "search-0"'),
  });
  await server.close();
  expect(await call('next_prompt')).toMatchObject({ isError: true, text: expect.stringContaining('annvil resume') });
});
