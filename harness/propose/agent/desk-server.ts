import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { Slot } from '../../core/target.ts';
import type { AgentDesk } from './desk.ts';
import { removeDeskFile, writeDeskFile } from './desk-file.ts';
import {
  bodyLimitBytes,
  longestPollSeconds,
  nextRequest,
  type Report,
  type Submitted,
  submission,
  unfinished,
} from './protocol.ts';

export interface DeskServerParts {
  readonly desk: AgentDesk;
  /** The campaign's folder: `desk.json` there says where the server is. */
  readonly runDir: string;
  /** What `/leaderboard` answers, as JSON. */
  readonly leaderboard: () => unknown;
}

export interface DeskServer {
  readonly url: string;
  close(): Promise<void>;
}

const pollMilliseconds = 200;

/** Serves the desk on this machine alone, to whoever may read the campaign's folder. */
export async function openDeskServer({ desk, runDir, leaderboard }: DeskServerParts): Promise<DeskServer> {
  const token = randomBytes(24).toString('base64url');
  const closing = new AbortController();
  const { fetch } = deskApp(desk, leaderboard, token, closing.signal);
  const server = serve({ fetch, hostname: '127.0.0.1', port: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve).once('error', reject);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeDeskFile(runDir, { url, token, pid: process.pid });
  return {
    url,
    close: async () => {
      await removeDeskFile(runDir, token);
      closing.abort();
      // Long polls have been answered by now; a connection kept alive would hold the process.
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.race([ended, sleep(1000)]);
      if ('closeAllConnections' in server) server.closeAllConnections();
      await ended;
    },
  };
}

/** The routes, without a socket. `closing` ends long polls. */
export function deskApp(desk: AgentDesk, leaderboard: () => unknown, token: string, closing: AbortSignal): Hono {
  const app = new Hono();
  app.use(bearerAuth({ token }));
  app.use(bodyLimit({ maxSize: bodyLimitBytes, onError: (context) => refuse(context, 413, tooLarge) }));
  app.onError((error, context) => {
    if ('getResponse' in error && typeof error.getResponse === 'function') return error.getResponse() as Response;
    return refuse(context, 500, error.message);
  });
  app.notFound((context) => refuse(context, 404, `no ${context.req.method} ${context.req.path} here`));

  app.post('/next', async (context) => {
    const request = nextRequest.safeParse(await context.req.json().catch(() => null));
    if (!request.success) return refuse(context, 400, z.prettifyError(request.error));
    const { agent, wait } = request.data;
    const given = () => desk.next(agent);
    return context.json(await poll(given, ({ kind }) => kind === 'lease', wait, context, closing));
  });
  app.post('/submit', async (context) => {
    const request = submission.safeParse(await context.req.json().catch(() => null));
    if (!request.success) return refuse(context, 400, z.prettifyError(request.error));
    const answer = desk.submit(request.data);
    if (!('report' in answer)) return context.json(answer);
    const current = () => desk.report(answer.report.candidate) ?? answer.report;
    const report = await poll(current, evaluated, request.data.wait, context, closing);
    return context.json({ ...answer, report } satisfies Submitted);
  });
  app.get('/outcome/:candidate', async (context) => {
    const id = context.req.param('candidate');
    const first = desk.report(id);
    if (!first) return refuse(context, 404, unknownCandidate(id));
    const wait = Math.min(longestPollSeconds, Number(context.req.query('wait')) || 0);
    return context.json(await poll(() => desk.report(id) ?? first, evaluated, wait, context, closing));
  });
  app.get('/contract/:slot', (context) => {
    const slot = named(desk.slots, context);
    return slot
      ? context.json({ slot, contract: desk.contract(slot) })
      : refuse(context, 404, `the slots are ${desk.slots.join(', ')}`);
  });
  app.get('/exemplars/:slot', (context) => {
    const slot = named(desk.slots, context);
    return slot
      ? context.json({ slot, exemplars: desk.exemplars(slot) })
      : refuse(context, 404, `the slots are ${desk.slots.join(', ')}`);
  });
  app.get('/leaderboard', (context) => context.json(leaderboard() as object));
  app.get('/status', (context) => context.json(desk.status()));
  return app;
}

const tooLarge = `a submission may have ${bodyLimitBytes / 2 ** 20} MiB at most`;
const unknownCandidate = (id: string) =>
  `no candidate "${id}" in this campaign; one that came as the campaign stopped is not recorded: submit it again once it goes on`;

function named(slots: readonly Slot[], context: Context): Slot | undefined {
  return slots.find((slot) => slot === context.req.param('slot'));
}

function evaluated(report: Report): boolean {
  return !unfinished(report);
}

function refuse(context: Context, status: 400 | 404 | 413 | 500, error: string): Response {
  return context.json({ error }, status);
}

/** What `read` says once it satisfies `done`, the time is up, the caller has gone or the desk closes. */
async function poll<T>(
  read: () => T,
  done: (value: T) => boolean,
  seconds: number,
  context: Context,
  closing: AbortSignal,
): Promise<T> {
  const until = performance.now() + seconds * 1000;
  const gone = context.req.raw.signal;
  let value = read();
  while (!done(value) && performance.now() < until && !closing.aborted && !gone.aborted) {
    await sleep(pollMilliseconds, undefined, { signal: closing }).catch(() => {});
    value = read();
  }
  return value;
}
