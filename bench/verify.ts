/** Verifications of the harness itself: `npm run verify -- NAME [--json]`. Exit code 0 where all that was checked holds. */
import { parseArgs } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { verifyRedTeam } from './red-team.ts';

/** Each prints what it found and says whether all of it holds. */
const verifications: Record<string, (options: { json: boolean }) => Promise<boolean>> = {
  'red-team': verifyRedTeam,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const names = Object.keys(verifications);
const name = positionals[0] ?? '';
const verification = verifications[name];
if (verification) {
  process.exitCode = (await verification(values)) ? 0 : 1;
} else {
  console.error(`no verification "${name}"; nearest known: "${closest(name, names)}"`);
  process.exitCode = 2;
}
