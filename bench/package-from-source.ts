import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../harness/core/paths.ts';
import { chooseIndex } from '../harness/export/chosen-index.ts';
import { claimOf } from '../harness/export/claim.ts';
import { levelsOf } from '../harness/export/libraries.ts';
import { manifest } from '../harness/export/manifest.ts';
import { bundleDependencies } from '../harness/export/native.ts';
import { seedPackage, seedPackageName } from '../harness/export/testing/seed-package.ts';
import { finishedSampleJournal } from '../harness/record/sample-campaign.ts';
import { campaignState } from '../harness/record/state.ts';

const drivers = join(packageRoot, 'candidates', 'package', 'testing-node');

/**
 * What npm does where a package has nothing prebuilt: node-gyp compiles the addon and its libraries, which then serve each instruction set
 * that this processor has. Takes a minute or two, and Node's headers (npm's nodedir, or a download).
 */
export async function verifyPackageFromSource(): Promise<boolean> {
  const folder = await seedPackage();
  try {
    await rm(join(folder, 'prebuilds'), { recursive: true });
    const dependencies = await bundleDependencies(folder);
    const state = campaignState(finishedSampleJournal().entries);
    const claim = claimOf(state, chooseIndex(state, []));
    const packed = manifest({ packageName: 'ann-trial', version: '1.2.3', claim, dataset: 'sample', dependencies });
    await writeFile(join(folder, 'package.json'), JSON.stringify(packed));
    console.log('compiling with node-gyp');
    const built = await execa('npm', ['run', 'install'], { cwd: folder, reject: false, all: true });
    if (built.exitCode !== 0) {
      console.log(`node-gyp failed:\n${built.all.split('\n').slice(-20).join('\n')}`);
      return false;
    }
    const user = join(folder, 'user');
    await mkdir(user);
    for (const name of ['asks.mjs', 'vectors.mjs'])
      await writeFile(join(user, name), await readFile(join(drivers, name)));
    let holds = true;
    const cpu = await readFile('/proc/cpuinfo', 'utf8');
    for (const { name: level, cpuFlag } of levelsOf(process.arch)) {
      if (!cpu.includes(cpuFlag)) continue;
      // Within the package, its own name names it.
      const { stdout } = await execa('node', ['asks.mjs'], { cwd: user, env: { ANNVIL_LEVEL: level } });
      const seen = JSON.parse(stdout.trim().split('\n').at(-1)!);
      const right = seen.info.level === level && seen.recall >= 0.9 && seen.sameAfterLoading && seen.oneModule;
      console.log(
        `${seedPackageName}, ${level}: recall ${seen.recall.toFixed(3)} of .9 promised: ${right ? 'holds' : 'FAILS'}`,
      );
      holds &&= right;
    }
    return holds;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
