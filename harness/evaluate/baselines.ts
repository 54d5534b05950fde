import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../core/paths.ts';

/** Headers of ours that stand for another library, which allocates while it answers. */
const baselines = ['bench/hnswlib-search.hpp'];

/**
 * Whether this is one of them, letter for letter: the name alone would be any candidate's to take. The published package has
 * none.
 */
export async function isBaseline(source: string): Promise<boolean> {
  const texts = await Promise.all(baselines.map((path) => readFile(join(packageRoot, path), 'utf8').catch(() => null)));
  return texts.includes(source);
}
