import { describe, expect, it } from 'vitest';
import {
  askedCampaign,
  drawGroup,
  drawing,
  groupOf,
  header,
  lastTurn,
  openGroup,
  seed,
} from '../../testing/asked-campaign.ts';
import { MemoryLog } from '../../testing/memory-log.ts';
import type { ReceivedRequest } from './testing/stand-in-endpoint.ts';

describe('a resumed group', () => {
  it('buys nothing twice, wherever it was killed', async () => {
    // The second answer is a copy, so that there is another turn to be killed in.
    const answer = (request: ReceivedRequest) => {
      if (lastTurn(request).startsWith('AGAIN')) return header('another');
      return request.number === 2 ? seed.source : header(request.number);
    };
    const whole = await askedCampaign(answer, { spec: { requestsAtOnce: 1 } });
    await openGroup(whole.proposer, whole.log, 3);
    await drawGroup(whole.proposer, whole.log);
    const { entries } = whole.log;
    const sources = whole.log.ofType('candidate-proposed').map(({ candidate }) => candidate.source);
    const opened = entries.findIndex(({ type }) => type === 'group-proposed') + 1;
    for (let killed = opened; killed <= entries.length; ++killed) {
      const log = new MemoryLog(entries.slice(0, killed));
      const answersPaid = log.ofType('answer-received').length;
      const lost = log.state.ledger.inFlight.requests;
      const resumed = await askedCampaign(
        (request) => (lastTurn(request).startsWith('AGAIN') ? header('another') : header(`resumed ${request.number}`)),
        { log },
      );
      await drawGroup(resumed.proposer, log);
      const { candidates } = groupOf(log, 1);
      expect(candidates.length).toBe(3);
      // Each answer that was paid for stands behind a candidate, or was nothing new.
      const known = candidates.map(({ source }) => source);
      for (const { request, answer } of new MemoryLog(entries.slice(0, killed)).ofType('answer-received'))
        if (answer.text !== seed.source)
          expect([request, known]).toEqual([request, expect.arrayContaining([answer.text])]);
      expect(resumed.standIn.requests.length).toBeLessThanOrEqual(4 - answersPaid);
      expect(log.ofType('request-failed').length).toBe(lost);
      if (killed === entries.length) expect(known).toEqual(sources);
    }
  });

  it('goes on with what was said to the second of two equal answers, whichever comes first now', async () => {
    const answer = (request: ReceivedRequest) =>
      lastTurn(request).startsWith('AGAIN') ? header('other') : header('same');
    const late = async (request: ReceivedRequest) => {
      if (request.number === 1) await new Promise((done) => setTimeout(done, 30));
      return answer(request);
    };
    const whole = await askedCampaign(late);
    await openGroup(whole.proposer, whole.log, 2);
    // Something is being measured all the while, so that no candidate is recorded.
    for await (const _ of whole.proposer.draw(drawing(whole.log, 1)));
    const { entries } = whole.log;
    const opened = entries.findIndex(({ type }) => type === 'group-proposed') + 1;
    for (let killed = opened; killed <= entries.length; ++killed) {
      const log = new MemoryLog(entries.slice(0, killed));
      const answersPaid = log.ofType('answer-received').length;
      const resumed = await askedCampaign(answer, { log });
      await drawGroup(resumed.proposer, log);
      expect(resumed.standIn.requests.length).toBe(3 - answersPaid);
      const sources = groupOf(log, 1).candidates.map(({ source }) => source);
      expect(sources.sort()).toEqual([header('other'), header('same')]);
    }
  });
});
