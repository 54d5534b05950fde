import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../core/paths.ts';
import type { Slot } from '../../../core/target.ts';
import { checkSource } from '../../../evaluate/check.ts';
import { checkSyntax, runSanitized, together } from '../testing/compile.ts';
import { everyOption, samples, unusedNames, variation } from '../testing/variants.ts';
import { neuralLshGrammars } from './grammars.ts';
import { partitionGrammar } from './partition.ts';

const ofContract = ['Partition', 'Router', 'Probing', 'divide', 'learn', 'place', 'probe'];
const drawn = Object.entries(neuralLshGrammars).map(([slot, grammar]) => {
  const choices = [...everyOption(grammar), ...samples(grammar, 8, slot)];
  return { slot, grammar, headers: [...new Set(choices.map(grammar.emit))] };
});
const headersOf = (slot: string) => drawn.find((one) => one.slot === slot)!.headers;

describe('the grammars of neural-lsh', () => {
  it.each(drawn)('emit the seed of $slot that stands in seeds/', ({ slot, grammar }) => {
    const seed = readFileSync(join(packageRoot, `seeds/neural-lsh/${slot}.hpp`), 'utf8');
    expect(grammar.emit(grammar.seedChoices)).toBe(seed);
  });

  it.each(drawn)('leave nothing unused in a header of $slot, and no line over 140 columns', ({ headers }) => {
    expect(headers.length).toBeGreaterThan(8);
    for (const header of headers) {
      expect(unusedNames(header, ofContract)).toEqual([]);
      expect(header.split('\n').filter((line) => line.length > 140)).toEqual([]);
      expect(header).not.toMatch(/\n\n\n|undefined/);
    }
  });

  it.each(drawn)('emit headers of $slot that keep to the static rules', ({ slot, headers }) => {
    for (const header of headers) expect(checkSource(slot as Slot, header)).toBeUndefined();
  });

  it('emit partitions and probings that compile without warnings', async () => {
    const partitions = headersOf('partition').map(
      (_, i) => `static_assert(annvil::PartitionCandidate<v${i}::candidate::Partition>);`,
    );
    const probings = headersOf('probing').map(
      (_, i) => `static_assert(annvil::ProbingCandidate<w${i}::candidate::Probing>);`,
    );
    const texts = [together(headersOf('partition'), 'v'), together(headersOf('probing'), 'w')];
    await checkSyntax([...texts, ...partitions, ...probings, ''].join('\n'));
  }, 60_000);

  it('emit routers that compile without warnings', async () => {
    const asserted = headersOf('router').map(
      (_, i) => `static_assert(annvil::RouterCandidate<v${i}::candidate::Router>);`,
    );
    await checkWithLibTorch([together(headersOf('router'), 'v'), ...asserted, ''].join('\n'));
  }, 240_000);

  it('emit probings that ask for each bin once, best first, and for more where the effort grows, under the sanitizers', async () => {
    const calls = headersOf('probing').map((_, i) => `check<v${i}::candidate::Probing>();`);
    expect(
      await runSanitized(
        `${together(headersOf('probing'), 'v')}\n${probingBehaviour}\nint main() {\n${calls.join('\n')}\n}\n`,
      ),
    ).toBe('');
  }, 120_000);

  it("emits a partition that takes KaHIP's where it is handed in", async () => {
    const kahip = partitionGrammar.emit(variation(partitionGrammar, { method: 'kahip' }));
    expect(kahip).toContain('return {request.kahip.begin(), request.kahip.end()}');
    expect(partitionGrammar.emit(variation(partitionGrammar, { method: 'recursive' }))).not.toContain('request.kahip');
  });
});

/** Sizes, scores and what must hold of any probing. */
const probingBehaviour = `
#include <cstdio>
#include <cstdlib>
#include <limits>
template <class Probing> void check() {
  std::vector<std::uint32_t> sizes{10, 20, 30, 40, 50, 5, 0, 25};
  const Probing probing{std::span<const std::uint32_t>(sizes)};
  std::vector<float> scores{-0.4f, -2, -3, -1.9f, -6, -8, -5, -std::numeric_limits<float>::infinity()};
  std::vector<std::uint32_t> bins(sizes.size());
  std::uint32_t before = 0;
  for (std::uint32_t effort = 1; effort <= 8; ++effort) {
    const std::uint32_t count = probing.probe(scores, effort, bins);
    if (count < before || count < 1 || count > 7) std::printf("effort %u asks for %u bins after %u\\n", effort, count, before);
    before = count;
    std::vector<bool> asked(sizes.size());
    for (std::uint32_t i = 0; i < count; ++i) {
      if (bins[i] == 7) std::printf("asks for a bin that was not reached\\n");
      if (asked[bins[i]]) std::printf("asks for a bin twice\\n");
      asked[bins[i]] = true;
    }
    if (effort == 8 && !asked[0]) std::printf("leaves the best bin out\\n");
  }
}`;

async function checkWithLibTorch(source: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-grammar-'));
  try {
    await mkdir(join(folder, 'include'));
    await symlink(join(packageRoot, 'candidates/contract'), join(folder, 'include/annvil'));
    await writeFile(join(folder, 'all.cpp'), source);
    const flags = [
      '-std=c++20',
      '-march=native',
      '-fsyntax-only',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-I',
      join(folder, 'include'),
    ];
    const libtorch = ['-isystem', '/usr/include/torch/csrc/api/include'];
    await promisify(execFile)('g++', [...flags, ...libtorch, join(folder, 'all.cpp')], { maxBuffer: 2 ** 24 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
