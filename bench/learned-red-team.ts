import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../harness/core/paths.ts';

/** Where each learned target's hostile headers are judged; a full run takes all of them, the tests a sample. */
const judged = ['neural-lsh', 'balanced-tree', 'cluster-routing', 'learned-lookup'];

/** Runs every hostile header of the learned targets: each training crime takes a compile against LibTorch, so some minutes in all. */
export async function verifyLearnedRedTeam(): Promise<boolean> {
  const files = judged.map((target) => join('harness', 'evaluate', target));
  const ran = await execa('npx', ['vitest', 'run', ...files], {
    cwd: packageRoot,
    env: { ANNVIL_FULL: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
  });
  return ran.exitCode === 0;
}
