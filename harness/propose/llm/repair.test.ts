import { describe, expect, it } from 'vitest';
import type { CampaignSpec } from '../../core/spec.ts';
import { askedCampaign, drawGroup, drawing, header, lastTurn, openGroup, seed } from '../../testing/asked-campaign.ts';
import { MemoryLog } from '../../testing/memory-log.ts';
import type { ReceivedRequest } from './testing/stand-in-endpoint.ts';

describe('a repair', () => {
  const compileError = { kind: 'compile-error', diagnostics: 'search.hpp:3: error: no' } as const;
  const answer = (request: ReceivedRequest) =>
    lastTurn(request).startsWith('REPAIR') ? header(`repaired ${request.messages.length}`) : header('broken');

  async function broken(spec: Partial<CampaignSpec> = {}) {
    const made = await askedCampaign(answer, { spec });
    await openGroup(made.proposer, made.log, 1);
    const [first] = await drawGroup(made.proposer, made.log);
    return { ...made, first: first!.candidate };
  }

  it('is another turn with the diagnostics, and a child of what failed', async () => {
    const { proposer, log, standIn, first } = await broken();
    const repaired = await proposer.repair(drawing(log, 1), first, compileError);
    expect(repaired!.candidate).toMatchObject({
      source: header('repaired 4'),
      parents: [first.id, seed.id],
      origin: { turn: 2, request: 'request-2' },
    });
    expect(standIn.requests[1]!.messages.slice(2)).toEqual([
      { role: 'assistant', content: header('broken') },
      { role: 'user', content: `REPAIR ${JSON.stringify(compileError)}` },
    ]);
  });

  it('comes as often as the campaign allows, each turn after the last', async () => {
    const { proposer, log, first, standIn } = await broken({ repairTurns: 2 });
    let failed = first;
    for (const turn of [2, 3]) {
      const { candidate } = (await proposer.repair(drawing(log, 1), failed, compileError))!;
      await log.append({ type: 'candidate-proposed', group: 1, candidate, elapsedSeconds: 1 });
      expect(candidate.origin).toMatchObject({ turn });
      failed = candidate;
    }
    expect(await proposer.repair(drawing(log, 1), failed, compileError)).toBeNull();
    expect(standIn.requests.at(-1)!.messages.length).toBe(6);
  });

  it('is not had for a failure that no turn mends, nor without turns, nor a second time', async () => {
    const { proposer, log, first, standIn } = await broken();
    const outcomes = [
      { kind: 'timed-out', stage: 'measure', limitSeconds: 9 },
      { kind: 'rejected', rule: 'copy', detail: '' },
      { kind: 'rejected', rule: 'duplicate-source', detail: '' },
    ] as const;
    for (const outcome of outcomes) expect(await proposer.repair(drawing(log, 1), first, outcome)).toBeNull();
    expect(await proposer.repair(drawing(log, 1), seed, compileError)).toBeNull();
    const { candidate } = (await proposer.repair(drawing(log, 1), first, compileError))!;
    await log.append({ type: 'candidate-proposed', group: 1, candidate, elapsedSeconds: 1 });
    expect(await proposer.repair(drawing(log, 1), first, compileError)).toBeNull();
    expect(standIn.requests.length).toBe(2);
    const none = await broken({ repairTurns: 0 });
    expect(await none.proposer.repair(drawing(none.log, 1), none.first, compileError)).toBeNull();
  });

  it('edits the header that failed, or the parent where the answer held none', async () => {
    const { proposer, log, first, editable } = await broken();
    await proposer.repair(drawing(log, 1), first, compileError);
    expect(editable).toEqual([seed.id, first.id]);
    const unread = await askedCampaign(() => 'No code.');
    await openGroup(unread.proposer, unread.log, 1);
    const [refused] = await drawGroup(unread.proposer, unread.log);
    const outcome = { kind: 'rejected', ...refused!.refusal! } as const;
    await unread.proposer.repair(drawing(unread.log, 1), refused!.candidate, outcome);
    expect(unread.editable).toEqual([seed.id, seed.id]);
  });

  it('that was paid for before the campaign was killed is used', async () => {
    const { proposer, log, first } = await broken();
    await proposer.repair(drawing(log, 1), first, compileError);
    const resumed = await askedCampaign(() => header('never asked'), { log: new MemoryLog(log.entries) });
    const repaired = await resumed.proposer.repair(drawing(resumed.log, 1), first, compileError);
    expect(repaired!.candidate.source).toBe(header('repaired 4'));
    expect(resumed.standIn.requests).toEqual([]);
  });

  it('that changes nothing is a copy', async () => {
    const { proposer, log } = await askedCampaign(() => header('broken'));
    await openGroup(proposer, log, 1);
    const [first] = await drawGroup(proposer, log);
    const repaired = await proposer.repair(drawing(log, 1), first!.candidate, compileError);
    expect(repaired).toMatchObject({ refusal: { rule: 'copy' } });
  });
});
