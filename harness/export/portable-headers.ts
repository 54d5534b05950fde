import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { CampaignState } from '../core/campaign-state.ts';
import type { Candidate } from '../core/candidate.ts';
import { HarnessError } from '../core/errors.ts';
import { classNameOf, type Slot } from '../core/target.ts';
import { ancestorsOf } from './evidence.ts';
import { layOutCore, type PackageTarget, packedSlots } from './layout.ts';
import { type Level, levelsOf } from './libraries.ts';

/** A slot's header as the package carries it. */
export interface PortableHeader {
  /** The header itself, or one that has, level by level, the chosen header or an ancestor of it. */
  readonly text: string;
  /** The id of the header that each level is compiled with. */
  readonly levels: Readonly<Record<string, string>>;
}

/** What a level's compiler says of itself, so that one text serves every level; the plainest needs no condition. */
const conditions: Readonly<Record<Level['name'], string>> = {
  avx512:
    'defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && defined(__AVX512VNNI__)',
  avx2: 'defined(__AVX2__) && defined(__FMA__)',
  baseline: '1',
};

/**
 * Each slot's header for every level: a header written for one instruction set (intrinsics of AVX-512, say) does not compile for a lesser
 * one, where its nearest ancestor that does stands in. The graph and its file are the same whichever level answers.
 * @throws HarnessError where the chosen header itself compiles for no level
 */
export async function portableHeaders(
  state: CampaignState,
  chosen: Readonly<Record<Slot, Candidate>>,
  say: (message: string) => void,
): Promise<Record<string, PortableHeader>> {
  const compiled: Record<string, PortableHeader> = {};
  for (const slot of packedSlots[state.spec.target as PackageTarget]) {
    if (chosen[slot].id !== state.seeds[slot].id) say(`compiling ${chosen[slot].id} for each instruction set`);
    compiled[slot] = await portable(state, slot, chosen[slot]);
    for (const [level, id] of Object.entries(compiled[slot]!.levels)) {
      if (id !== chosen[slot].id)
        say(`${chosen[slot].id} is not written for ${level} processors: ${id} stands in there`);
    }
  }
  return compiled;
}

async function portable(state: CampaignState, slot: Slot, candidate: Candidate): Promise<PortableHeader> {
  // Best level last in the table, so that it is asked first here.
  const levels = [...levelsOf(process.arch)].reverse();
  const line = ancestorsOf(state, candidate);
  const used: { readonly level: Level; readonly header: Candidate }[] = [];
  for (const level of levels) {
    const header = await firstThatCompiles(state, slot, line, level);
    if (header) used.push({ level, header });
  }
  if (!used.some(({ header }) => header.id === candidate.id)) {
    const names = levels.map(({ name }) => name).join(', ');
    throw new HarnessError(
      `${candidate.id} compiles for none of the instruction sets of a package (${names}); export another: --candidate ID`,
    );
  }
  const ids = Object.fromEntries(used.map(({ level, header }) => [level.name, header.id]));
  const distinct = used.filter(({ header }, n) => n === used.length - 1 || used[n + 1]!.header.id !== header.id);
  if (distinct.length === 1) return { text: candidate.source, levels: ids };
  const branches = distinct.map(({ level, header }, n) => {
    const condition =
      n === 0 ? `#if ${conditions[level.name]}` : n < distinct.length - 1 ? `#elif ${conditions[level.name]}` : '#else';
    return `${condition}\n// ${header.id}\n${header.source.trimEnd()}\n`;
  });
  return { text: `#pragma once\n${branches.join('')}#endif\n`, levels: ids };
}

async function firstThatCompiles(
  state: CampaignState,
  slot: Slot,
  line: readonly Candidate[],
  level: Level,
): Promise<Candidate | undefined> {
  const seed = state.seeds[slot];
  for (const header of [...line, ...(line.includes(seed) ? [] : [seed])]) {
    // Seeds are written in the contract's own kernels, which every processor has.
    if (header.id === seed.id || (await compiles(state, slot, header, level))) return header;
  }
  return undefined;
}

/** Unoptimised, which is quick, and finds intrinsics that the level lacks all the same. */
async function compiles(state: CampaignState, slot: Slot, header: Candidate, level: Level): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-portable-'));
  try {
    const { maxDegree } = state.spec;
    const target = state.spec.target as PackageTarget;
    const texts = Object.fromEntries(packedSlots[target].map((each) => [each, state.seeds[each].source]));
    const headers = { ...texts, [slot]: header.source };
    await layOutCore({ name: 'trial', title: 'trial', target, headers, maxDegree }, folder);
    const kind = slot === 'construction' ? 'struct' : 'class';
    // What is trained has no metric of its own, and is no template.
    const templated = target === 'graph' ? ['squared_l2', 'inner_product'] : [];
    const instances = templated.map(
      (metric) => `template ${kind} trial::candidate::${classNameOf(slot)}<trial::annvil::Metric::${metric}>;\n`,
    );
    await writeFile(join(folder, 'trial.cpp'), `#include <trial/candidate/${slot}.hpp>\n${instances.join('')}`);
    const args = [
      '-std=c++20',
      '-O0',
      ...level.flags,
      '-I',
      join(folder, 'include'),
      '-c',
      '-o',
      '/dev/null',
      'trial.cpp',
    ];
    return (await execa('g++', args, { cwd: folder, reject: false })).exitCode === 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
