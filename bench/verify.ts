/** `npm run verify -- NAME`: verifications of the harness itself. Exit code 0 where all that was checked holds, 1 where it does not. */
import { closest } from 'fastest-levenshtein';
import { UsageError } from '../harness/core/errors.ts';
import { verifyDataIn } from './data-in.ts';
import { verifyLearnedRedTeam } from './learned-red-team.ts';
import { verifyUnderLoad } from './load.ts';
import { verifyMeasurement } from './measurement.ts';
import { verifyPackageCore } from './package-core.ts';
import { verifyPackageFromSource } from './package-from-source.ts';
import { verifyPackageFuzz } from './package-fuzz.ts';
import { argumentsOf, runProgram } from './program.ts';
import { verifyRedTeam } from './red-team.ts';
import { verifyReplay } from './replay.ts';

/** Comparisons of a verification that compares; inputs of one that fuzzes. */
const defaultRuns: Record<string, number> = { measurement: 100, load: 50, 'package-fuzz': 100_000 };

interface VerifyOptions {
  readonly json: boolean;
  readonly runs: number;
  readonly dataset: string;
  readonly sift: string | undefined;
  readonly campaign: string | undefined;
}

/** Each prints what it found and says whether all of it holds. */
const verifications: Record<string, (options: VerifyOptions) => Promise<boolean>> = {
  'red-team': verifyRedTeam,
  'learned-red-team': verifyLearnedRedTeam,
  measurement: verifyMeasurement,
  load: verifyUnderLoad,
  'package-from-source': verifyPackageFromSource,
  replay: verifyReplay,
  'package-core': verifyPackageCore,
  'package-fuzz': verifyPackageFuzz,
  'data-in': verifyDataIn,
};

async function main(): Promise<number> {
  const { positionals, values } = argumentsOf({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string' },
      dataset: { type: 'string', default: 'mnist-784-euclidean' },
      sift: { type: 'string' },
      campaign: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const names = Object.keys(verifications);
  if (values.help) {
    console.log(
      `npm run verify -- NAME [--json] [--runs N] [--dataset D]; of package-core also --campaign NAME, of replay --sift FOLDER\n  ${names.join('\n  ')}`,
    );
    return 0;
  }
  const name = positionals[0] ?? '';
  const verification = verifications[name];
  if (!verification) throw new UsageError(`no verification "${name}"; nearest known: "${closest(name, names)}"`);
  const holds = await verification({
    ...values,
    sift: values.sift,
    campaign: values.campaign,
    runs: Number(values.runs ?? defaultRuns[name]),
  });
  return holds ? 0 : 1;
}

await runProgram('verify', main);
