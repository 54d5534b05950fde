import { readFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import type { ContentHashes } from '../../datasets/content-hashes.ts';
import type { Fingerprint } from '../core/machine.ts';
import { packageRoot } from '../core/paths.ts';
import { machineState, textOf } from './machine-state.ts';
import { evaluatorHash, type Toolchain } from './toolchain.ts';

const systemFolder = '/sys/devices/system/cpu/cpu0';

async function caches(): Promise<string> {
  const found: string[] = [];
  for (let index = 0; ; ++index) {
    const folder = join(systemFolder, 'cache', `index${index}`);
    const level = await textOf(join(folder, 'level'));
    if (level === undefined) return found.join(', ') || 'unknown';
    const kind = { Data: 'd', Instruction: 'i' }[(await textOf(join(folder, 'type'))) ?? ''] ?? '';
    found.push(`L${level}${kind} ${await textOf(join(folder, 'size'))}`);
  }
}

/** Tells the machines that share a cache folder apart, as far as speed goes. */
export async function processorKey(): Promise<string> {
  return `${cpus()[0]?.model ?? 'unknown'}, ${await caches()}`;
}

/**
 * What figures taken now depend on.
 * @param own of a learned target, in place of the graph's
 */
export async function takeFingerprint(
  content: Pick<ContentHashes, 'dataset'> & Partial<ContentHashes>,
  toolchain: Toolchain,
  own: Pick<Fingerprint, 'evaluator' | 'trainer'> | undefined = undefined,
): Promise<Fingerprint> {
  const manifest = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const processors = cpus();
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    caches: await caches(),
    ...(await machineState()),
    kernel: release(),
    compiler: toolchain.version,
    compilerFlags: toolchain.flags,
    ...content,
    ...(own ?? { evaluator: await evaluatorHash() }),
    harnessVersion: manifest.version,
  };
}
