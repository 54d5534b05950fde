import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import type { CampaignState } from '../core/campaign-state.ts';
import { UsageError } from '../core/errors.ts';
import { type CampaignSpec, parseSpec } from '../core/spec.ts';
import { trainerChoice } from '../evaluate/learned/trainer.ts';
import { readJournal } from '../record/journal.ts';
import { progressView } from '../record/live.ts';
import { campaignState } from '../record/state.ts';
import { openRewardBench } from '../reward-bench.ts';
import { rewardApp } from '../reward-server/app.ts';
import type { ScoringParts } from '../reward-server/score-group.ts';
import { ScoreQueue } from '../reward-server/score-queue.ts';
import { type CliEnvironment, campaignDir } from './environment.ts';

export interface RewardServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Name of the environment variable that holds the token, and what it holds. The token is never printed. */
  readonly tokenVariable: string;
  readonly token: string | undefined;
  /** Groups that may wait. */
  readonly queue: number;
  readonly store?: string;
  /** Takes specification and champions from there. */
  readonly campaign?: string;
}

const shortestToken = 16;

/** `annvil reward-server`: scores groups for outside trainers until it is told to stop. */
export async function rewardServer(
  environment: CliEnvironment,
  flags: Partial<CampaignSpec>,
  options: RewardServerOptions,
): Promise<void> {
  const token = requireToken(options);
  const { spec, campaign, home } = await conditionsOf(environment, flags, options.campaign);
  const progress = progressView({ ...environment, terminal: false });
  const step = (message: string) => progress.event({ type: 'step', message });
  const queue = new ScoreQueue(options.queue);
  const stopping = new AbortController();
  let parts: ScoringParts | undefined;
  const app = rewardApp({ token, queue, scoring: () => parts, onDefect: (error) => console.error(error) });
  // It listens before it is ready, so that whoever waits for it is told so rather than refused.
  const server = createAdaptorServer({ fetch: app.fetch });
  const { port } = await listen(server, options);
  const stop = () => {
    if (stopping.signal.aborted) process.exit(130);
    step('stopping after this header; once more stops at once (nothing measured is lost)');
    stopping.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    step(`reward server: http://${options.host}:${port}, starting`);
    const bench = await openRewardBench({
      spec,
      ...(campaign && { campaign }),
      cacheDir: environment.cacheDir,
      storeDir: options.store ?? join(home, 'reward-server'),
      progress,
      trainer: trainerChoice(environment.variable),
      signal: stopping.signal,
    });
    try {
      parts = bench.parts;
      const { champions } = parts.conditions;
      const beside = Object.values(champions).map(({ candidate }) => candidate.id);
      step(`ready: ${spec.dataset}, beside ${beside.join(', ')}`);
      if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
      await queue.stop();
    } finally {
      await bench.close();
    }
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    step('stopped before it was ready');
  } finally {
    await close(server);
    process.off('SIGINT', stop).off('SIGTERM', stop);
    progress.close();
  }
}

/** @throws UsageError where there is none worth the name; the message holds the variable's name alone */
function requireToken({ token, tokenVariable }: RewardServerOptions): string {
  if (token !== undefined && token.length >= shortestToken && !/\s/.test(token)) return token;
  const trouble = token === undefined || token === '' ? 'is not set' : 'is too short, or holds white space';
  throw new UsageError(
    `the environment variable ${tokenVariable} ${trouble}: it must hold the token that trainers send, ` +
      `${shortestToken} characters or more (export ${tokenVariable}=$(openssl rand -hex 32))`,
  );
}

/** `home` is the folder that results lie in by default. @throws UsageError for flags beside a campaign: its champions were measured under its own specification */
async function conditionsOf(
  environment: CliEnvironment,
  flags: Partial<CampaignSpec>,
  wanted: string | undefined,
): Promise<{ readonly spec: CampaignSpec; readonly campaign?: CampaignState; readonly home: string }> {
  if (wanted === undefined) return { spec: parseSpec({ name: 'reward-server', ...flags }), home: environment.runsDir };
  const given = Object.keys(flags);
  if (given.length > 0)
    throw new UsageError(`--campaign ${wanted} brings its own specification; leave out ${given.join(', ')}`);
  const { dir } = await campaignDir(environment, wanted);
  const campaign = campaignState(await readJournal(dir));
  return { spec: campaign.spec, campaign, home: dir };
}

async function listen(server: ServerType, { host, port }: RewardServerOptions): Promise<AddressInfo> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new UsageError(
      `cannot listen on ${host}:${port}: ${(cause as Error).message}; give another --port or --host`,
      {
        cause,
      },
    );
  }
  return server.address() as AddressInfo;
}

/** Lets answers under way out, for as long as that may take. */
async function close(server: ServerType): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const late = setTimeout(() => 'closeAllConnections' in server && server.closeAllConnections(), 3000);
  await closed;
  clearTimeout(late);
}
