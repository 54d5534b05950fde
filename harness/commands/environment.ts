import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { UsageError } from '../core/errors.ts';
import { lastRecorded } from '../record/journal.ts';

/** What the commands know of where they run; read from process once, in cli.ts. */
export interface CliEnvironment {
  /** Where campaigns lie. */
  readonly runsDir: string;
  /** Datasets, ground truth, graphs and binaries, by content. */
  readonly cacheDir: string;
  readonly terminal: boolean;
  readonly columns: number;
  readonly colour: boolean;
  readonly print: (text: string) => void;
  /** An environment variable, for keys of models; undefined where it is not set or empty. */
  readonly variable: (name: string) => string | undefined;
}

/** Campaign names, by the last entry of their journals, latest first. */
export async function campaignNames({ runsDir }: CliEnvironment): Promise<string[]> {
  const names = await readdir(runsDir).catch(() => [] as string[]);
  const dated = await Promise.all(
    names.map(async (name) => {
      const at = await lastRecorded(join(runsDir, name));
      return at === undefined ? [] : [{ name, at }];
    }),
  );
  return dated
    .flat()
    .sort((a, b) => b.at.localeCompare(a.at))
    .map(({ name }) => name);
}

/** The folder of a campaign by name, or of the latest where none is given or an empty one. @throws UsageError naming the nearest */
export async function campaignDir(environment: CliEnvironment, name?: string): Promise<{ name: string; dir: string }> {
  const names = await campaignNames(environment);
  if (names.length === 0)
    throw new UsageError(`there is no campaign in ${environment.runsDir} yet; \`annvil start\` runs one`);
  const wanted = name || names[0]!;
  if (!names.includes(wanted)) {
    throw new UsageError(`no campaign "${wanted}" in ${environment.runsDir}; nearest: "${closest(wanted, names)}"`);
  }
  return { name: wanted, dir: join(environment.runsDir, wanted) };
}
