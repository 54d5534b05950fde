import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { reproduceCommand } from './reproduce.ts';
import { environmentIn } from './testing/environment-in.ts';

const reproducing = (flags: object) =>
  reproduceCommand(environmentIn(tmpdir()).environment, 'learned-lookup', { preset: 'small', json: false, ...flags });

it('does not begin what could not be told in the end', async () => {
  await expect(reproducing({ preset: 'campaign' })).rejects.toThrow(
    '--preset campaign: learned-lookup is reproduced at small, paper',
  );
  await expect(reproducing({ queries: 'queries.fbin' })).rejects.toThrow(
    '--queries queries.fbin belongs to a dataset that is a file: give that too, --dataset FILE',
  );
  await expect(reproducing({ seeds: '1,1' })).rejects.toThrow('--seeds "1,1"');
});
