import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { type Slot, slotsOf } from '../core/target.ts';
import { bringsToken } from './bearer.ts';
import { GroupFailed, type ScoringParts, scoreGroup } from './score-group.ts';
import { type Job, QueueFull, QueueStopped, type ScoreQueue, type Settled } from './score-queue.ts';
import { groupHash, type ScoreRequest, scoreRequest } from './score-request.ts';

/** A body larger than this is refused unread. */
export const bodyBytes = 4 * 2 ** 20;

/** Seconds after which a client does well to ask again where nothing better is known. */
const retrySeconds = 5;

export interface ServerParts {
  readonly token: string;
  readonly queue: ScoreQueue;
  /** Undefined while the server starts: datasets, referee and seed take a while. */
  readonly scoring: () => ScoringParts | undefined;
  /** Told what nobody foresaw. Never told a header of a request. */
  readonly onDefect: (error: unknown) => void;
}

/** The service's routes; whoever calls this listens. */
export function rewardApp({ token, queue, scoring, onDefect }: ServerParts): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    onDefect(error);
    return c.json({ error: 'the server failed; its log says more' }, 500);
  });
  app.notFound((c) => c.json({ error: `there is no ${c.req.method} ${c.req.path}` }, 404));

  app.get('/health', (c) => c.json({ ready: scoring() !== undefined, ...queue.load }));

  app.use('/v1/*', async (c, next) => {
    if (bringsToken(c.req.header('authorization'), token)) return next();
    return c.json({ error: 'send Authorization: Bearer TOKEN, the token that the server was started with' }, 401, {
      'WWW-Authenticate': 'Bearer',
    });
  });
  const limit = bodyLimit({
    maxSize: bodyBytes,
    onError: (c) => c.json({ error: `the body is larger than ${bodyBytes / 2 ** 20} MiB` }, 413),
  });

  app.post('/v1/score', limit, async (c) => {
    const parts = scoring();
    if (!parts) return unavailable(c, 'the server is starting');
    const wait = waitSeconds(c);
    if (wait === undefined) return badWait(c);
    const request = await readRequest(c, parts);
    if (typeof request === 'string') return c.json({ error: request }, 400);
    const id = groupHash(request, parts.conditions);
    const label = request.group;
    const known = await parts.store.get<object>('groups', id);
    if (known) return c.json({ ...known, ...(label !== undefined && { label }) });
    try {
      const job = queue.submit(id, (signal) => scoreGroup(id, request, parts, signal));
      return answer(c, job, await within(job.settled, wait), label);
    } catch (error) {
      if (error instanceof QueueFull)
        return c.json({ error: error.message }, 429, { 'Retry-After': String(error.retrySeconds) });
      if (error instanceof QueueStopped) return unavailable(c, error.message);
      throw error;
    }
  });

  app.get('/v1/score/:job', async (c) => {
    const parts = scoring();
    if (!parts) return unavailable(c, 'the server is starting');
    const wait = waitSeconds(c, 0);
    if (wait === undefined) return badWait(c);
    const id = c.req.param('job');
    const job = queue.job(id);
    if (job) return answer(c, job, await within(job.settled, wait));
    const known = /^[0-9a-f]{64}$/.test(id) ? await parts.store.get<object>('groups', id) : undefined;
    if (known) return c.json(known);
    return c.json(
      { error: 'no such job; post its group again, and what was measured of it is not measured again' },
      404,
    );
  });
  return app;
}

/** The request, or what is wrong with it. */
async function readRequest(c: Context, { conditions }: ScoringParts): Promise<ScoreRequest | string> {
  let body: unknown;
  try {
    body = JSON.parse(await c.req.text());
  } catch (error) {
    // A body over the limit shows only here where it was sent without its length.
    if (!(error instanceof SyntaxError)) throw error;
    return `the body is no JSON: ${error.message}`;
  }
  const parsed = scoreRequest.safeParse(body);
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
  const { parent, slot } = parsed.data;
  const { target } = conditions.measuring;
  const own: readonly Slot[] = slotsOf(target);
  if (!own.includes(slot)) return `slot: the target ${target} has ${own.join(', ')}, and no ${slot}`;
  if (parent === undefined || conditions.candidates.get(parent)?.slot === slot) return parsed.data;
  return `parent: no ${slot} candidate "${parent}" is known here; leave it out for ${conditions.champions[slot].candidate.id}`;
}

/** Seconds to wait, without end where the query does not say and there is no standard; undefined where it says nonsense. */
function waitSeconds(c: Context, standard = Number.POSITIVE_INFINITY): number | undefined {
  const text = c.req.query('wait');
  if (text === undefined) return standard;
  return z.coerce
    .number()
    .min(0)
    .max(86_400)
    .safeParse(text === '' ? 'nothing' : text).data;
}

function badWait(c: Context): Response {
  return c.json({ error: 'wait: give seconds, from 0 to 86400' }, 400);
}

function unavailable(c: Context, error: string): Response {
  return c.json({ error }, 503, { 'Retry-After': String(retrySeconds) });
}

/** Undefined where it takes longer. The work goes on either way, also once nobody listens. */
async function within<T>(result: Promise<T>, seconds: number): Promise<T | undefined> {
  if (seconds === Number.POSITIVE_INFINITY) return result;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), seconds * 1000);
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

function answer(c: Context, job: Job, settled: Settled | undefined, label?: string): Response {
  const named = label === undefined ? {} : { label };
  if (!settled) {
    const headers = { Location: `/v1/score/${job.id}`, 'Retry-After': '1' };
    return c.json({ job: job.id, status: job.status(), ...named }, 202, headers);
  }
  switch (settled.kind) {
    case 'done':
      return c.json({ ...settled.score, ...named });
    case 'stopped':
      return unavailable(c, new QueueStopped().message);
    case 'failed':
      return failed(c, settled.error, named);
  }
}

/** Rewards of what could not be measured are null: an outage of ours is no lesson. */
function failed(c: Context, error: unknown, named: object): Response {
  const status: ContentfulStatusCode = 500;
  if (error instanceof GroupFailed) return c.json({ error: error.message, ...error.score, ...named }, status);
  return c.json({ error: error instanceof Error ? error.message : String(error), ...named }, status);
}
