import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CampaignSpec } from '../core/spec.ts';
import { limited, type SandboxLimits, sandboxed } from './sandbox.ts';

/** Descriptor after those that a player inherits (base 3, graph 4, channel 5) or a builder does (base 3, graph 4). */
const builderInfoDescriptor = 5;
const serverInfoDescriptor = 6;

function playerLimits(spec: CampaignSpec, cpuSeconds: number): SandboxLimits {
  return {
    addressSpaceBytes: spec.memoryMebibytes * 2 ** 20,
    processes: 64,
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
  cpuSeconds: number,
  args: readonly string[],
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  await copyFile(binary, join(folder, 'player'));
  const limits = playerLimits(spec, cpuSeconds);
  if (spec.sandbox === 'none-i-trust-this-code') return limited(limits, [join(folder, 'player'), ...args]);
  return sandboxed({ folder, writable: false, limits, infoDescriptor }, ['/w/player', ...args]);
}

/** Copies the binary into the stage folder and returns the command that builds with it. */
export function buildCommand(build: {
  readonly folder: string;
  readonly binary: string;
  readonly spec: CampaignSpec;
  readonly threads: number;
  readonly limitSeconds: number;
}): Promise<string[]> {
  const { folder, binary, spec, threads, limitSeconds } = build;
  const args = [spec.maxDegree, threads, spec.seed].map(String);
  const cpuSeconds = Math.min(limitSeconds, spec.buildSecondsLimit) * (threads + 1);
  return playerCommand(folder, binary, spec, builderInfoDescriptor, cpuSeconds, args);
}

/** Copies the binary into the stage folder and returns the command that searches with it. */
export function serveCommand(serve: {
  readonly folder: string;
  readonly binary: string;
  readonly spec: CampaignSpec;
}): Promise<string[]> {
  const cpuSeconds = 600;
  return playerCommand(serve.folder, serve.binary, serve.spec, serverInfoDescriptor, cpuSeconds, []);
}
