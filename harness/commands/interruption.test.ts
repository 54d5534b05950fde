import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { packageRoot } from '../core/paths.ts';

const program = `
import { interruptible } from ${JSON.stringify(join(packageRoot, 'harness/commands/interruption.ts'))};
const said = [];
const progress = { event: ({ message }) => said.push(message), close: () => said.push('closed') };
const waiting = setInterval(() => {}, 1000);
interruptible(progress, 'all stays as it was', (signal) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    console.log('begun');
  }),
).catch((error) => {
  clearInterval(waiting);
  console.log(JSON.stringify([...said, error.name, error.message]));
});`;

it('lets work end in order where it is interrupted, and says what comes of it', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const running = execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: packageRoot,
    });
    running.stdout.once('data', () => running.kill(signal));
    const said = JSON.parse((await running).stdout.split('\n').at(-1)!);
    expect(said).toEqual(['stopping; all stays as it was', 'closed', 'UsageError', 'interrupted; all stays as it was']);
  }
});
