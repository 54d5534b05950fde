import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { packageRoot } from '../harness/core/paths.ts';
import { argumentsOf } from './program.ts';

it('says plainly what is wrong with what was asked for, and ends with 2', async () => {
  const program = join(packageRoot, 'bench', 'run.ts');
  const asked = await execa(process.execPath, ['--import', 'tsx', program, 'node'], { reject: false });
  expect(asked).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^bench: which package\?.*$/) });
});

it('takes no option that there is not', () => {
  const options = { rounds: { type: 'string' } } as const;
  expect(argumentsOf({ options, args: ['--rounds', '3'] }).values.rounds).toBe('3');
  expect(() => argumentsOf({ options, args: ['--rouns', '3'] })).toThrow(/^Unknown option '--rouns'.*--help lists/);
});
