import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UsageError } from '../../core/errors.ts';
import { ofSlots } from '../../core/target.ts';
import { begunCampaign, type MemoryLog } from '../../testing/memory-log.ts';
import { AgentDesk } from './desk.ts';
import { DeskClient } from './desk-client.ts';
import { deskPath, readDeskFile, writeDeskFile } from './desk-file.ts';
import { type DeskServer, openDeskServer } from './desk-server.ts';
import { bodyLimitBytes } from './protocol.ts';
import { championOnly, deskParts, freshHeader, plainWriter } from './testing/desk-parts.ts';
import type { AnswerWindow } from './window.ts';

let folder: string;
let log: MemoryLog;
let desk: AgentDesk;
let server: DeskServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-desk-'));
  log = begunCampaign();
  desk = new AgentDesk({ ...deskParts, log });
  server = await openDeskServer({ desk, runDir: folder, leaderboard: () => ({ campaign: 'sample' }) });
});
afterEach(async () => {
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
  return desk.open({
    group: log.state.openGroup!,
    state: () => log.state,
    signal: new AbortController().signal,
  });
}

it('an agent waits for a prompt, answers it and gets the outcome', async () => {
  const client = await DeskClient.connect(folder);
  const waiting = client.next('one', 5);
  await sleep(50);
  const window = await openGroup();
  const turn = await waiting;
  if (turn.kind !== 'lease') throw new Error(turn.reason);
  expect(turn.prompt).toContain('Improve the search');
  const submitted = client.submit({ lease: turn.lease, agent: 'one', text: freshHeader() }, 5);
  const [proposed] = await window.fetch();
  const { candidate } = proposed!;
  await log.append({ type: 'candidate-proposed', group: 1, candidate, elapsedSeconds: 1 });
  const outcome = { kind: 'compile-error', diagnostics: 'search.hpp:3: error: no such type' } as const;
  const attempt = { group: 1, candidate: candidate.id, outcome, reward: -2.1, elapsedSeconds: 2 };
  await log.append({ type: 'attempt-finished', ...attempt });
  expect(await submitted).toMatchObject({
    kind: 'accepted',
    report: { status: 'evaluated', outcome: 'compile-error', reward: -2.1, diagnostics: outcome.diagnostics },
  });
  expect(await client.outcome(candidate.id)).toMatchObject({ repair: { lease: expect.stringContaining('repair-1-') } });
  expect(await client.status()).toMatchObject({ evaluations: 1, group: { answered: 1, size: 2 } });
});

it('contract, exemplars and leaderboard can be read', async () => {
  const client = await DeskClient.connect(folder);
  expect(await client.contract('refinement')).toContain('what a refinement must provide');
  expect(await client.exemplars('search')).toMatchObject([{ role: 'seed' }]);
  expect(await client.leaderboard()).toEqual({ campaign: 'sample' });
});

it('misuse is said plainly', async () => {
  const client = await DeskClient.connect(folder);
  await expect(client.outcome('search-0')).rejects.toThrow(/no candidate "search-0"/);
  await expect(client.next('two words', 0)).rejects.toThrow(/an agent is named with/);
  const long = { lease: 'lease-1-00000000', agent: 'one', text: 'x'.repeat(bodyLimitBytes) };
  await expect(client.submit(long, 0)).rejects.toThrow(/2 MiB at most/);
});

it('nobody without the token is served, and the token is for its owner alone', async () => {
  expect((await fetch(`${server.url}/status`)).status).toBe(401);
  expect((await stat(deskPath(folder))).mode & 0o777).toBe(0o600);
});

it('where no process runs the campaign, the error says how to start one', async () => {
  await server.close();
  expect(existsSync(deskPath(folder))).toBe(false);
  const name = basename(folder);
  await expect(DeskClient.connect(folder)).rejects.toThrow(UsageError);
  await expect(DeskClient.connect(folder)).rejects.toThrow(`annvil resume ${name}`);
});

it('a file left by a killed process is known for what it is, and replaced by the next', async () => {
  const old = (await readDeskFile(folder))!;
  await server.close();
  await writeDeskFile(folder, old);
  await expect(DeskClient.connect(folder)).rejects.toThrow(/annvil resume/);
  server = await openDeskServer({ desk, runDir: folder, leaderboard: () => ({}) });
  expect(await (await DeskClient.connect(folder)).status()).toMatchObject({ campaign: 'sample', group: null });
});

it('closing ends the waits under way', async () => {
  const client = await DeskClient.connect(folder);
  const waiting = client.next('one', 20).catch((error: Error) => error);
  await sleep(50);
  await server.close();
  expect(await waiting).toBeInstanceOf(UsageError);
});
