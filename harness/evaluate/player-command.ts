import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CampaignSpec } from '../core/spec.ts';
import { limited, type SandboxLimits, sandboxed } from './sandbox.ts';
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

async function playerCommand(
  folder: string,
  binary: string,
  spec: CampaignSpec,
  infoDescriptor: number,
  limits: SandboxLimits,
  filter: string | undefined,
  args: readonly string[],
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  await copyFile(binary, join(folder, 'player'));
  if (spec.sandbox === 'none-i-trust-this-code') return limited(limits, [join(folder, 'player'), ...args]);
  return sandboxed({ folder, writable: false, limits, hideProcesses: true, filter, infoDescriptor }, [
    '/w/player',
    ...args,
  ]);
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
  return playerCommand(
    folder,
    binary,
    spec,
    builderInfoDescriptor,
    playerLimits(spec, cpuSeconds, builderProcesses),
    build.filters?.builder,
    args,
  );
}

/** Copies the binary into the stage folder and returns the command that searches with it. */
export function serveCommand(serve: {
  readonly folder: string;
  readonly binary: string;
  readonly spec: CampaignSpec;
  readonly filters: SystemCallFilters | undefined;
}): Promise<string[]> {
  const cpuSeconds = 600;
  return playerCommand(
    serve.folder,
    serve.binary,
    serve.spec,
    serverInfoDescriptor,
    playerLimits(serve.spec, cpuSeconds, serverProcesses),
    serve.filters?.searcher,
    [],
  );
}
