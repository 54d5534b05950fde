import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CampaignSpec } from '../core/spec.ts';
import { limited, type SandboxLimits, type SandboxPlan, sandboxed } from './sandbox.ts';
import type { SystemCallFilters } from './system-call-filters.ts';

/** Descriptor after those that a player inherits (base 3, graph 4, channel 5) or a builder does (base 3, graph 4). */
const builderInfoDescriptor = 5;
const serverInfoDescriptor = 6;

/** Builders may start threads. */
const builderProcesses = 64;
/**
 * A searching player is one process with one thread. With a child on its core, niced down behind it, a player would seem to wait
 * for a neighbour while its own work is done on nobody's account.
 */
const serverProcesses = 1;

function playerLimits(spec: CampaignSpec, cpuSeconds: number, processes: number): SandboxLimits {
  return {
    addressSpaceBytes: spec.memoryMebibytes * 2 ** 20,
    processes,
    // A graph leaves through a memory file, so this is the graph's cap too.
    fileBytes: 2 ** 30,
    cpuSeconds,
    temporaryBytes: 16 * 2 ** 20,
  };
}

/**
 * Copies the binary into `folder` and returns the command that runs it in the campaign's sandbox.
 * `launch` stands before it; without `infoDescriptor` nobody is told its process id, and it sees a /proc of its own.
 */
export async function playerCommand({
  folder,
  binary,
  spec,
  limits,
  launch = [],
  args,
  infoDescriptor,
  filter,
  lent,
  devices,
}: {
  readonly folder: string;
  readonly binary: string;
  readonly spec: Pick<CampaignSpec, 'sandbox'>;
  readonly limits: SandboxLimits;
  readonly launch?: readonly string[];
  readonly args: readonly string[];
  readonly infoDescriptor?: number;
  /** System calls it may make; absent: all that the sandbox leaves. */
  readonly filter?: string | undefined;
  /** Host folders and files that it sees besides its own; one that is lent `/proc/...` sees nothing else of it. */
  readonly lent?: SandboxPlan['lent'];
  readonly devices?: SandboxPlan['devices'];
}): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  await copyFile(binary, join(folder, 'player'));
  if (spec.sandbox === 'none-i-trust-this-code') return limited(limits, [...launch, join(folder, 'player'), ...args]);
  const timed = infoDescriptor !== undefined && { infoDescriptor };
  const hideProcesses = infoDescriptor !== undefined || (lent ?? []).some(({ to }) => to.startsWith('/proc/'));
  const shown = { ...(lent && { lent }), ...(devices && { devices }) };
  const plan = { folder, writable: false, limits, filter, hideProcesses, ...timed, ...shown };
  return sandboxed(plan, [...launch, '/w/player', ...args]);
}

/** Copies the binary into the stage folder and returns the command that builds with it. */
export function buildCommand(build: {
  readonly folder: string;
  readonly binary: string;
  readonly spec: CampaignSpec;
  readonly threads: number;
  readonly limitSeconds: number;
  readonly filters: SystemCallFilters | undefined;
}): Promise<string[]> {
  const { folder, binary, spec, threads, limitSeconds } = build;
  const args = [spec.maxDegree, threads, spec.seed].map(String);
  const cpuSeconds = Math.min(limitSeconds, spec.buildSecondsLimit) * (threads + 1);
  const limits = playerLimits(spec, cpuSeconds, builderProcesses);
  const filter = build.filters?.builder;
  return playerCommand({ folder, binary, spec, limits, filter, args, infoDescriptor: builderInfoDescriptor });
}

/** Copies the binary into the stage folder and returns the command that searches with it. */
export function serveCommand(serve: {
  readonly folder: string;
  readonly binary: string;
  readonly spec: CampaignSpec;
  readonly filters: SystemCallFilters | undefined;
}): Promise<string[]> {
  const cpuSeconds = 600;
  const { filters, ...rest } = serve;
  const limits = playerLimits(rest.spec, cpuSeconds, serverProcesses);
  const filter = filters?.searcher;
  return playerCommand({ ...rest, limits, filter, args: [], infoDescriptor: serverInfoDescriptor });
}
