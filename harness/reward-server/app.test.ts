import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { expect, it } from 'vitest';
import { sampleSeeds } from '../record/sample-campaign.ts';
import { fakeService, listening, token } from '../testing/reward-service.ts';
import { bodyBytes } from './app.ts';
import type { GroupScore } from './score-group.ts';

/** Whatever a response may hold. */
type Body = GroupScore & Record<'error' | 'label' | 'job' | 'status', string>;

const authorization = `Bearer ${token}`;
const headers = (...speedups: (number | string)[]) => speedups.map((one) => `// speedup ${one}`);
const group = (...speedups: (number | string)[]) => ({
  slot: 'search',
  kind: 'header',
  completions: headers(...speedups),
});

async function post(app: Hono, body: unknown, query = '') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await app.request(`/v1/score${query}`, { method: 'POST', headers: { authorization }, body: text });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}
const get = async (app: Hono, path: string) => {
  const response = await app.request(path, { headers: { authorization } });
  return { status: response.status, body: (await response.json()) as Body };
};

function gate() {
  let open!: () => void;
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open };
}

it('scores a whole group, in order, relative to the seed and to each other', async () => {
  const { app } = await fakeService();
  const { status, body } = await post(app, { ...group(1, 1.2, 'nonsense'), group: 'mine' });
  expect(status).toBe(200);
  expect(body.rewards).toEqual([0, expect.closeTo(Math.log(1.2)), -2.1]);
  expect(body.advantages.reduce((sum, one) => sum! + one!, 0)).toBeCloseTo(0);
  expect(body.outcomes).toMatchObject([{ kind: 'scored' }, { kind: 'scored' }, { kind: 'compile-error' }]);
  expect(body).toMatchObject({ group: expect.stringMatching(/^[0-9a-f]{64}$/), label: 'mine', slot: 'search' });
  expect(body.champions.search).toBe(sampleSeeds.search.id);
});

it('counts what the champion gained over the seed', async () => {
  const { app } = await fakeService({ championSpeedup: 1.5 });
  expect((await post(app, group(1.2))).body.rewards).toEqual([expect.closeTo(Math.log(1.2 * 1.5))]);
});

it('reads answers, and gives those without code what a rejection earns', async () => {
  const { app, scorer } = await fakeService();
  const answers = ['## Code\n```cpp\n// speedup 1.1\n```\n', '## Code\nI would rather not.', ''];
  const { body } = await post(app, { slot: 'search', completions: answers });
  expect(scorer.measured).toEqual(['// speedup 1.1\n']);
  expect(body.rewards).toEqual([expect.closeTo(Math.log(1.1)), -2.2, -2.2]);
  expect(body.candidates).toEqual([expect.stringMatching(/^search-/), null, null]);
});

it('never measures the same twice: asked again, at once, in another group, or after a restart', async () => {
  const { app, scorer, folder } = await fakeService();
  const [one, other] = await Promise.all([post(app, group(1.1, 1.2)), post(app, group(1.1, 1.2))]);
  expect(one.body).toEqual(other.body);
  expect((await post(app, group(1.1, 1.2))).body).toEqual(one.body);
  await post(app, group(1.2, 1.3, 1.3));
  expect(scorer.measured).toEqual(headers(1.1, 1.2, 1.3));

  const restarted = await fakeService({ folder });
  expect((await post(restarted.app, group(1.1, 1.2))).body).toEqual(one.body);
  expect((await get(restarted.app, `/v1/score/${one.body.group}`)).body).toEqual(one.body);
  expect(restarted.scorer.measured).toEqual([]);
});

it('hands out a job where it takes longer than the caller waits', async () => {
  const { app, scorer } = await fakeService();
  const { closed, open } = gate();
  scorer.hold = closed;
  const late = await post(app, group(1.1), '?wait=0.01');
  expect(late).toMatchObject({ status: 202, body: { job: expect.any(String), status: 'running' } });
  expect(late.headers.get('location')).toBe(`/v1/score/${late.body.job}`);
  const queued = await post(app, group(1.2), '?wait=0');
  expect(queued.body.status).toBe('queued');
  expect((await get(app, `/v1/score/${late.body.job}`)).status).toBe(202);
  const waiting = get(app, `/v1/score/${late.body.job}?wait=10`);
  open();
  expect(await waiting).toMatchObject({ status: 200, body: { rewards: [expect.closeTo(Math.log(1.1))] } });
  expect((await get(app, `/v1/score/${'0'.repeat(64)}`)).status).toBe(404);
  expect((await get(app, '/v1/score/..%2F..%2Fetc')).status).toBe(404);
});

it('takes no more groups than the queue holds, and says when to come back', async () => {
  const { app, scorer } = await fakeService({ queue: 1 });
  const { closed, open } = gate();
  scorer.hold = closed;
  await post(app, group(1.1), '?wait=0');
  await post(app, group(1.2), '?wait=0');
  const full = await post(app, group(1.3), '?wait=0');
  expect(full.status).toBe(429);
  expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
  // What waits already is no new group.
  expect((await post(app, group(1.2), '?wait=0')).status).toBe(202);
  open();
  expect((await post(app, group(1.2))).status).toBe(200);
  expect((await post(app, group(1.3))).status).toBe(200);
});

it.each([undefined, 'Bearer', 'Bearer wrong', `Bearer ${token}x`, `Basic ${token}`, token])(
  'turns away who says %s',
  async (said) => {
    const { app, scorer } = await fakeService();
    const sent = { ...(said !== undefined && { authorization: said }) };
    const body = JSON.stringify(group(1));
    for (const request of [
      app.request('/v1/score', { method: 'POST', headers: sent, body }),
      app.request(`/v1/score/${'0'.repeat(64)}`, { headers: sent }),
    ])
      expect((await request).status).toBe(401);
    expect(scorer.measured).toEqual([]);
  },
);

it('tells its health to anybody', async () => {
  const { app } = await fakeService();
  expect(await (await app.request('/health')).json()).toEqual({ ready: true, queued: 0, running: 0, limit: 4 });
});

it.each([
  ['{', /no JSON/],
  ['[]', /body/],
  [{ slot: 'search' }, /completions/],
  [{ slot: 'nowhere', completions: ['a'] }, /slot/],
  [{ slot: 'router', completions: ['a'] }, /the target graph has construction, search, refinement/],
  [{ slot: 'search', completions: [] }, /completions/],
  [{ slot: 'search', completions: [1] }, /completions\.0/],
  [{ slot: 'search', completions: Array(65).fill('a') }, /64/],
  [{ slot: 'search', completions: ['a'], kid: 1 }, /kid/],
  [{ slot: 'search', completions: ['a'], parent: 'search-000000000000' }, /parent/],
  [{ slot: 'search', completions: ['a'], parent: sampleSeeds.refinement.id }, /parent/],
])('says what is wrong with request %#', async (body, message) => {
  const { app, scorer } = await fakeService();
  expect(await post(app, body)).toMatchObject({ status: 400, body: { error: expect.stringMatching(message) } });
  expect(scorer.measured).toEqual([]);
});

it.each(['-1', 'soon', '', 'Infinity', '1e9'])('does not wait for %j', async (wait) => {
  const { app } = await fakeService();
  expect((await post(app, group(1), `?wait=${wait}`)).status).toBe(400);
});

it('has nothing to say while it starts, but that it lives', async () => {
  const { app } = await fakeService({ starting: true });
  const refused = await post(app, group(1));
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect(await (await app.request('/health')).json()).toMatchObject({ ready: false });
});

it('makes no reward of its own failures, keeps what it measured, and tries the rest again when asked again', async () => {
  const { app, scorer } = await fakeService();
  const body = { slot: 'search', kind: 'header', completions: ['// speedup 1.1', '// breaks', '// speedup 1.2'] };
  const failed = await post(app, body);
  expect(failed.status).toBe(500);
  expect(failed.body).toMatchObject({ error: '1 of 3 could not be measured: the referee is gone' });
  expect(failed.body.rewards).toEqual([expect.any(Number), null, expect.any(Number)]);
  expect(failed.body.advantages).toEqual([null, null, null]);
  expect((await get(app, `/v1/score/${failed.body.group}`)).status).toBe(500);
  await post(app, body);
  expect(scorer.measured).toEqual([...body.completions, '// breaks']);
});

it('stops after the header under way, keeps its outcome, and takes nothing more', async () => {
  const { app, scorer, queue, folder } = await fakeService();
  const { closed, open } = gate();
  scorer.hold = closed;
  const running = post(app, group(1.1, 1.2));
  await expect.poll(() => scorer.measured).toEqual(headers(1.1));
  const waiting = post(app, group(1.3));
  await expect.poll(() => queue.load.queued).toBe(1);
  const stopped = queue.stop();
  expect((await waiting).status).toBe(503);
  expect((await post(app, group(1.4))).status).toBe(503);
  open();
  await stopped;
  expect((await running).status).toBe(503);
  expect(scorer.measured).toEqual(headers(1.1));

  const restarted = await fakeService({ folder });
  await post(restarted.app, group(1.1, 1.2));
  expect(restarted.scorer.measured).toEqual(headers(1.2));
});

it('says so where a stored result is damaged, and measures nothing over it', async () => {
  const { app, folder, defects, scorer } = await fakeService();
  const { body } = await post(app, group(1.1));
  await writeFile(join(folder, 'groups', `${body.group}.json`), '{"rewa');
  expect((await post(app, group(1.1))).status).toBe(500);
  expect(String(defects[0])).toMatch(/damaged/);
  expect(scorer.measured).toHaveLength(1);
});

it.each([true, false])('reads no body above the limit (sent with its length: %s)', async (whole) => {
  const { app, defects } = await fakeService();
  const text = JSON.stringify({ slot: 'search', completions: ['a'.repeat(bodyBytes)] });
  await listening(app, async (port) => {
    const body = whole ? text : new Blob([text]).stream();
    const init = { method: 'POST', headers: { authorization }, body, duplex: 'half' } as RequestInit;
    const response = await fetch(`http://127.0.0.1:${port}/v1/score`, init);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: expect.stringMatching(/4 MiB/) });
  });
  expect(defects).toEqual([]);
});

it('goes on when the caller hangs up', async () => {
  const { app, scorer } = await fakeService();
  const { closed, open } = gate();
  scorer.hold = closed;
  await listening(app, async (port) => {
    const text = JSON.stringify(group(1.1, 1.2));
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST /v1/score HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    );
    await expect.poll(() => scorer.measured).toHaveLength(1);
    socket.destroy();
    open();
    const again = await fetch(`http://127.0.0.1:${port}/v1/score`, {
      method: 'POST',
      headers: { authorization },
      body: text,
    });
    expect(again.status).toBe(200);
  });
  expect(scorer.measured).toEqual(headers(1.1, 1.2));
});
