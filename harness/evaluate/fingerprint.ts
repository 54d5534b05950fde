import { readFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import type { Fingerprint } from '../core/machine.ts';
import { packageRoot } from '../core/paths.ts';
import { evaluatorHash, type Toolchain } from './toolchain.ts';

const systemFolder = '/sys/devices/system/cpu/cpu0';

async function textOf(path: string): Promise<string | undefined> {
  return (await readFile(path, 'utf8').catch(() => undefined))?.trim();
}

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

/** What figures taken now depend on. */
export async function takeFingerprint(datasetHash: string, toolchain: Toolchain): Promise<Fingerprint> {
  const manifest = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const processors = cpus();
  return {
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    caches: await caches(),
    governor: (await textOf(join(systemFolder, 'cpufreq', 'scaling_governor'))) ?? 'not reported',
    kernel: release(),
    compiler: toolchain.version,
    compilerFlags: toolchain.flags,
    dataset: datasetHash,
    evaluator: await evaluatorHash(),
    harnessVersion: manifest.version,
  };
}
