import { describe, expect, it } from 'vitest';
import {
  askedCampaign,
  drawGroup,
  finishGroup,
  groupOf,
  header,
  lastTurn,
  openGroup,
} from '../../testing/asked-campaign.ts';
import { MemoryLog } from '../../testing/memory-log.ts';
import type { LlmProposer } from './proposer.ts';
import type { ReceivedRequest } from './testing/stand-in-endpoint.ts';

describe('a digest', () => {
  const answer = (request: ReceivedRequest) =>
    lastTurn(request).startsWith('DIGEST') ? 'Prefetching pays.' : header(request.number);
  const digests = (log: MemoryLog) => log.ofType('request-sent').filter(({ request }) => request.purpose === 'digest');

  async function play(proposer: LlmProposer, log: MemoryLog, groups: readonly number[]) {
    for (const group of groups) {
      await openGroup(proposer, log, 1, group);
      await drawGroup(proposer, log, group);
      await finishGroup(log, group);
    }
  }

  it('is written every so many groups, and stands in the next prompt', async () => {
    const { proposer, log } = await askedCampaign(answer, { spec: { digestGroups: 2 } });
    await play(proposer, log, [1, 2, 3, 4, 5]);
    expect(log.ofType('digest-written')).toEqual([
      { type: 'digest-written', slot: 'search', text: 'Prefetching pays.', afterGroup: 2 },
      { type: 'digest-written', slot: 'search', text: 'Prefetching pays.', afterGroup: 4 },
    ]);
    expect(groupOf(log, 2).prompt!.messages[0]!.content).not.toMatch(/pays/);
    expect(groupOf(log, 3).prompt!.messages[0]!.content).toMatch(/Prefetching pays/);
    expect(digests(log)[0]!.request.turns).toEqual([{ role: 'user', content: 'DIGEST search, 2 groups' }]);
  });

  it('that fails is left out, and not asked for at every group', async () => {
    const fault = (request: ReceivedRequest) =>
      lastTurn(request).startsWith('DIGEST') ? ({ kind: 'empty' } as const) : undefined;
    const { proposer, log, events } = await askedCampaign(answer, { spec: { digestGroups: 2 }, fault });
    await play(proposer, log, [1, 2, 3, 4, 5, 6]);
    expect(log.ofType('digest-written')).toEqual([]);
    expect(groupOf(log, 6).candidates.length).toBe(1);
    expect(digests(log).length).toBe(6);
    expect(events).toContain('no digest of search was written; the last one stays');
  });

  it('that was paid for before the campaign was killed is used', async () => {
    const { proposer, log } = await askedCampaign(answer, { spec: { digestGroups: 2 } });
    await play(proposer, log, [1, 2, 3]);
    const killed = log.entries.findIndex(({ type }) => type === 'digest-written');
    const resumed = await askedCampaign(() => 'never asked', { log: new MemoryLog(log.entries.slice(0, killed)) });
    await openGroup(resumed.proposer, resumed.log, 1, 3);
    expect(resumed.log.state.digests.search?.text).toBe('Prefetching pays.');
    expect(resumed.standIn.requests).toEqual([]);
  });
});
