import { expect, it } from 'vitest';
import { packageNames } from './names.ts';

it('derives npm, Python and C++ names from one', () => {
  expect(packageNames('fast-images', 'x')).toEqual({ package: 'fast-images', identifier: 'fast_images' });
  expect(packageNames(undefined, 'First.Night_2-')).toEqual({
    package: 'ann-first-night-2',
    identifier: 'ann_first_night_2',
  });
});

it.each([
  ['Images', 'lower-case'],
  ['2-images', 'begins with a letter'],
  ['a/b', 'lower-case'],
  ['', 'lower-case'],
  ['template', 'uses that word'],
  ['lambda', 'uses that word'],
  ['annvil-index', 'belong to the C functions'],
  ['zlib', 'Node has a module'],
])('refuses --name %j, and says why', (name, why) => {
  expect(() => packageNames(name, 'x')).toThrow(why);
});
