import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findDataset } from '../../datasets/find-dataset.ts';
import { datasetOf } from '../assemble.ts';
import type { CampaignState } from '../core/campaign-state.ts';
import { UsageError } from '../core/errors.ts';
import { describeInterval } from '../core/outcome.ts';
import { packageRoot } from '../core/paths.ts';
import { isLearned, type Target } from '../core/target.ts';
import { trainerChoice } from '../evaluate/learned/trainer.ts';
import { chooseIndex } from '../export/chosen-index.ts';
import { type Claim, claimOf } from '../export/claim.ts';
import { evidenceOf, sha256 } from '../export/evidence.ts';
import { isPackageTarget, packedSlots } from '../export/layout.ts';
import { packageNames } from '../export/names.ts';
import { requireFree, writePackage } from '../export/write-package.ts';
import { findCandidate } from '../record/find-candidate.ts';
import { readJournal } from '../record/journal.ts';
import { lineageCommits } from '../record/lineage.ts';
import { progressView } from '../record/live.ts';
import { campaignState } from '../record/state.ts';
import { trainChampion } from '../trained-champion.ts';
import { type CliEnvironment, campaignDir } from './environment.ts';
import { interruptible } from './interruption.ts';

export interface ExportOptions {
  readonly out: string;
  readonly candidate: readonly string[];
  readonly name?: string;
  readonly force: boolean;
  readonly json: boolean;
}

const version = '1.0.0';

/** `annvil export <campaign> --out DIR`: the champions, or named candidates, as a package for Node, C++, C and Python. */
export async function exportPackage(
  environment: CliEnvironment,
  wanted: string | undefined,
  { out, candidate, name, force, json }: ExportOptions,
): Promise<void> {
  const { name: campaign, dir } = await campaignDir(environment, wanted);
  const state = campaignState(await readJournal(dir));
  const { target } = state.spec;
  if (!isPackageTarget(target)) {
    throw new UsageError(
      `campaign "${campaign}" is of the target ${target}, which has no package yet: export a campaign of ${Object.keys(packedSlots).join(', ')}`,
    );
  }
  if (!state.seedOutcome) {
    throw new UsageError(
      `campaign "${campaign}" has measured nothing yet, so there is nothing to claim: annvil resume ${campaign}`,
    );
  }
  const names = packageNames(name, campaign);
  const folder = resolve(out);
  const chosen = chooseIndex(
    state,
    candidate.map((id) => findCandidate(state, id)),
  );
  await requireFree(folder, force);
  const claim = claimOf(state, chosen);
  const journal = sha256(await readFile(join(dir, 'journal.jsonl')));
  const { version: exportedBy } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  const metric = await metricOf(state, environment.cacheDir);
  const commits = await lineageCommits(dir);
  const progress = progressView(environment);
  await interruptible(progress, `${folder} stays as it was`, async (signal) => {
    const { cacheDir } = environment;
    const trainer = trainerChoice(environment.variable);
    const training = isLearned(target)
      ? await trainChampion(state, chosen.headers, { cacheDir, progress, trainer, signal })
      : undefined;
    const trained = training?.evidence;
    const sources = { names, version, metric, journal, exportedBy, commits, ...(trained && { trained }) };
    const evidence = evidenceOf(state, chosen, claim, sources);
    if (claim.source === 'seed')
      progress.event({ type: 'step', message: 'no candidate was promoted: the seed index is exported' });
    const plot = await plotOf(target, claim);
    await writePackage({
      state,
      chosen,
      evidence,
      plot,
      out,
      force,
      cacheDir,
      progress,
      signal,
      ...(training && { training }),
    });
  });
  if (json) {
    environment.print(JSON.stringify({ folder, name: names.package, identifier: names.identifier, claim }, null, 2));
    return;
  }
  const figure = claim.speedup ? `${describeInterval(claim.speedup)} times the seed index` : 'not measured as a whole';
  environment.print(
    [
      `${names.package} ${version} in ${folder}: ${figure} (${claim.source})`,
      ...Object.values(chosen.headers).map(({ id, slot }) => `  ${slot.padEnd(13)}${id}`),
      `install: npm install ${folder}    measure again: npm --prefix ${folder} run verify`,
    ].join('\n'),
  );
}

/** Of the campaign's data; a file that is gone since leaves what the specification says. */
async function metricOf({ spec }: CampaignState, cacheDir: string): Promise<'euclidean' | 'angular'> {
  const found = await findDataset(datasetOf(spec), cacheDir).catch(() => undefined);
  if (!found) return spec.metric ?? (spec.dataset.endsWith('-angular') ? 'angular' : 'euclidean');
  return found.metric === 'inner_product' ? 'angular' : 'euclidean';
}

/** The chart library takes most of a second that other commands need not wait for. */
async function plotOf(target: Target, claim: Claim): Promise<string> {
  const [{ chartSvg }, { curvesChart }] = await Promise.all([
    import('../record/report/chart.ts'),
    import('../record/report/curves-chart.ts'),
  ]);
  const champion = claim.source === 'seed' || claim.curve.length === 0 ? null : claim.curve;
  return chartSvg(curvesChart({ target, seed: claim.seedCurve, champion }));
}
