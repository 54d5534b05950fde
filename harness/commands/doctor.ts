import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { styleText } from 'node:util';
import { execa } from 'execa';
import { MachineError } from '../core/errors.ts';
import { findTrainer, trainerChoice } from '../evaluate/learned/trainer.ts';
import { sandboxed } from '../evaluate/sandbox.ts';
import { withStageFolder } from '../evaluate/stage-folder.ts';
import { systemCallFilters } from '../evaluate/system-call-filters.ts';
import { cpuFlags, findToolchain } from '../evaluate/toolchain.ts';
import type { CliEnvironment } from './environment.ts';
import type { Finding } from './finding.ts';
import { measureResolution, resolutionText } from './resolution.ts';
import { neighbours, timingFindings } from './timing-findings.ts';

const gibibyte = 2 ** 30;

/** `annvil doctor`: what is installed, what is missing, the command that mends it. Returns whether a campaign can run. */
export async function doctor(
  environment: CliEnvironment,
  { json, measure, dataset }: { json: boolean; measure: boolean; dataset: string },
): Promise<boolean> {
  // Before anything of ours runs.
  const around = await neighbours();
  const looked = await Promise.all([
    node(),
    compiler(),
    library('nlohmann-json', '/usr/include/nlohmann/json.hpp', 'nlohmann-json3-dev'),
    library('libseccomp', '/usr/include/seccomp.h', 'libseccomp-dev'),
    trainer(environment),
    command('objdump', 'binutils'),
    command('git', 'git'),
    command('prlimit', 'util-linux'),
    sandbox(environment),
    processor(),
    hugePages(),
    memory(),
    disk(environment),
  ]);
  const findings = [...looked, ...(await timingFindings()), around];
  const ready = findings.every(({ state }) => state !== 'missing');
  const resolution = measure && ready ? await measureResolution(environment, dataset) : undefined;
  if (json) environment.print(JSON.stringify({ ready, findings, ...(resolution && { resolution }) }, null, 2));
  else environment.print(describe(findings, ready, environment.colour));
  if (resolution && !json) environment.print(`\n${resolutionText(resolution)}`);
  return ready;
}

function describe(findings: readonly Finding[], ready: boolean, colour: boolean): string {
  const marks = { ok: ['green', 'ok     '], advice: ['yellow', 'advice '], missing: ['red', 'MISSING'] } as const;
  const lines = findings.map(({ name, state, detail, fix }) => {
    const [tone, mark] = marks[state];
    const first = `${colour ? styleText(tone, mark) : mark}  ${name.padEnd(12)} ${detail}`;
    return fix === undefined ? first : `${first}\n                      to mend it: ${fix}`;
  });
  return [...lines, '', ready ? 'a campaign can run here' : 'a campaign cannot run here yet'].join('\n');
}

async function node(): Promise<Finding> {
  return { name: 'node', state: 'ok', detail: process.version };
}

async function compiler(): Promise<Finding> {
  try {
    return { name: 'compiler', state: 'ok', detail: (await findToolchain()).version };
  } catch {
    return {
      name: 'compiler',
      state: 'missing',
      detail: 'neither g++ nor clang++ answers',
      fix: 'apt-get install -y g++',
    };
  }
}

async function library(name: string, header: string, debianPackage: string): Promise<Finding> {
  if (existsSync(header)) return { name, state: 'ok', detail: 'installed' };
  return { name, state: 'missing', detail: `no ${header}`, fix: `apt-get install -y ${debianPackage}` };
}

/** What learned targets are trained with; the graph needs none of it. */
async function trainer({ variable }: CliEnvironment): Promise<Finding> {
  const name = 'trainer';
  try {
    return { name, state: 'ok', detail: (await findTrainer(trainerChoice(variable))).version };
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    const detail = `${error.message.split('\n')[0]}; campaigns on the graph do without`;
    return { name, state: 'advice', detail, fix: error.fix };
  }
}

async function command(name: string, debianPackage: string): Promise<Finding> {
  const { exitCode, stdout } = await execa(name, ['--version'], { reject: false });
  if (exitCode === 0) return { name, state: 'ok', detail: stdout!.split('\n')[0]! };
  return { name, state: 'missing', detail: 'not on the PATH', fix: `apt-get install -y ${debianPackage}` };
}

/** Runs something in the very sandbox that candidates run in; a missing compiler or libseccomp is another finding. */
async function sandbox({ cacheDir }: CliEnvironment): Promise<Finding> {
  const name = 'sandbox';
  if (!existsSync('/usr/bin/bwrap')) {
    return { name, state: 'missing', detail: 'no bubblewrap', fix: 'apt-get install -y bubblewrap' };
  }
  const limits = {
    addressSpaceBytes: gibibyte,
    processes: 16,
    fileBytes: 2 ** 20,
    cpuSeconds: 5,
    temporaryBytes: 2 ** 20,
  };
  const filters = await findToolchain()
    .then((toolchain) => systemCallFilters(cacheDir, toolchain))
    .catch(() => undefined);
  const tried = await withStageFolder(false, (folder) => {
    const plan = { folder, writable: false, limits, filter: filters?.searcher };
    const [file, ...args] = sandboxed(plan, ['true']);
    return execa(file!, args, { reject: false });
  });
  if (tried.exitCode === 0)
    return { name, state: 'ok', detail: 'bubblewrap runs, without network or privileges, with few system calls' };
  return {
    name,
    state: 'missing',
    detail: `bubblewrap does not start: ${String(tried.stderr || tried.shortMessage).split('\n')[0]}`,
    fix: 'allow user namespaces: sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000 (in a container: --security-opt seccomp=unconfined)',
  };
}

async function processor(): Promise<Finding> {
  const flags = new Set((await cpuFlags()).split(' '));
  const sets = ['avx2', 'avx512f', 'avx512_vnni', 'avx512_fp16', 'asimd'].filter((set) => flags.has(set));
  const cores = availableParallelism();
  const detail = `${cores} cores, ${sets.join(' ') || 'no vector instructions we know'}`;
  if (cores > 1) return { name: 'processor', state: 'ok', detail };
  return {
    name: 'processor',
    state: 'advice',
    detail,
    fix: 'with one core, referee and player share it: expect wider intervals',
  };
}

async function hugePages(): Promise<Finding> {
  const setting = await readFile('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').catch(() => '');
  const chosen = /\[(\w+)\]/.exec(setting)?.[1] ?? 'not reported';
  if (chosen === 'madvise' || chosen === 'always') return { name: 'huge pages', state: 'ok', detail: chosen };
  return {
    name: 'huge pages',
    state: 'advice',
    detail: `${chosen}: timings will vary by percents between processes`,
    fix: 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled   (as root)',
  };
}

async function memory(): Promise<Finding> {
  const total = totalmem() / gibibyte;
  const detail = `${total.toFixed(1)} GiB`;
  if (total >= 4) return { name: 'memory', state: 'ok', detail };
  return { name: 'memory', state: 'advice', detail, fix: 'two live players and the dataset want 4 GiB or more' };
}

async function disk({ cacheDir, runsDir }: CliEnvironment): Promise<Finding> {
  const space = await Promise.all([cacheDir, runsDir].map(freeBytes));
  const free = Math.min(...space) / gibibyte;
  const detail = `${free.toFixed(1)} GiB free for cache (${cacheDir}) and runs`;
  if (free >= 2) return { name: 'disk', state: 'ok', detail };
  return {
    name: 'disk',
    state: free < 0.5 ? 'missing' : 'advice',
    detail,
    fix: `free space under ${cacheDir} and ${runsDir}`,
  };
}

async function freeBytes(path: string): Promise<number> {
  for (let folder = path; ; folder = folder.slice(0, folder.lastIndexOf('/')) || '/') {
    const found = await statfs(folder).catch(() => undefined);
    if (found) return found.bavail * found.bsize;
  }
}
