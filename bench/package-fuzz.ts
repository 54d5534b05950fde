/**
 * Bytes that libFuzzer makes up, as index files, under address and undefined-behaviour sanitizers: whatever is loaded is safe to ask. Begins
 * from the corpus beside the fuzzed program; what it finds new is kept for the next run in the cache.
 */
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { HarnessError, MachineError } from '../harness/core/errors.ts';
import { cacheFolder, packageRoot } from '../harness/core/paths.ts';
import { layOutTestPackages } from '../harness/export/testing/test-packages.ts';

const flags = [
  '-std=c++20',
  '-O1',
  '-g1',
  '-fsanitize=fuzzer,address,undefined',
  '-fno-sanitize-recover=all',
  '-pthread',
];
/** An instruction set that compilers years older than the machine know too. */
const target = process.arch === 'x64' ? ['-march=x86-64-v3'] : [];

/** @param runs inputs to try, some 300 a second */
export async function verifyPackageFuzz({ json, runs }: { json: boolean; runs: number }): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-fuzz-'));
  const found = join(cacheFolder(process.env), 'fuzz');
  try {
    await layOutTestPackages(folder);
    const fuzzer = join(folder, 'fuzzer');
    const include = ['-I', join(folder, 'seeded', 'include')];
    const source = join(folder, 'seeded', 'fuzz', 'load.cpp');
    const compiled = await execa(await fuzzingCompiler(), [...flags, ...target, ...include, '-o', fuzzer, source], {
      reject: false,
    });
    if (compiled.exitCode !== 0) throw new HarnessError(`the fuzzed program does not compile:\n${compiled.stderr}`);
    const corpus = join(packageRoot, 'candidates', 'package', 'fuzz', 'corpus');
    await mkdir(found, { recursive: true });
    const before = (await readdir(found)).length;
    const args = [`-runs=${runs}`, '-max_len=12288', '-timeout=20', `-artifact_prefix=${folder}/`, found, corpus];
    const fuzzed = await execa(fuzzer, args, { reject: false, all: true });
    if (fuzzed.exitCode !== 0) {
      const kept = join(found, '..', 'fuzz-failures');
      await cp(folder, kept, { recursive: true, filter: (path) => !/\/(seeded|renumbered|fuzzer)/.test(path) });
      console.error(`${fuzzed.all.split('\n').slice(-40).join('\n')}\nthe input is kept in ${kept}`);
    }
    const tried = Number(/Done (\d+) runs/.exec(fuzzed.all)?.[1] ?? 0);
    const result = { tried, found: (await readdir(found)).length - before, failed: fuzzed.exitCode !== 0 };
    console.log(
      json
        ? JSON.stringify(result)
        : `${tried} inputs, ${result.found} of them new to coverage, ${result.failed ? 'ended by a failure' : 'none failed'}`,
    );
    return !result.failed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fuzzingCompiler(): Promise<string> {
  for (const command of ['clang++-19', 'clang++-16', 'clang++-14', 'clang++']) {
    const { exitCode } = await execa(command, ['--version'], { reject: false });
    if (exitCode === 0) return command;
  }
  throw new MachineError(
    'fuzzing needs clang++ with libFuzzer, and there is none',
    'apt-get install -y clang-19 libclang-rt-19-dev   (as root)',
  );
}
