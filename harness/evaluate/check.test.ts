import { describe, expect, it } from 'vitest';
import { allSlots, classNameOf, type Slot, slotsOf } from '../core/target.ts';
import { grammarsOf } from '../propose/grammar/grammars.ts';
import { everyOption, samples } from '../propose/grammar/testing/variants.ts';
import { seedCandidates } from '../seeds.ts';
import { blankCommentsAndStrings, checkSource } from './check.ts';

const grammars = grammarsOf('graph');

/** An honest header with `line` added in its third line: directives at file scope, the rest in the namespace. */
const withLine = (line: string) => {
  const [before, after] = /^\s*[#%]/.test(line) ? ['', 'namespace candidate {'] : ['namespace candidate {', ''];
  return `#pragma once\n#include <annvil/search.hpp>\n${before}${line}\n${after} template <annvil::Metric> class Search {}; }\n`;
};

describe('an honest header', () => {
  it.each([
    ['its contract and computation', '#include <vector>'],
    ['static functions', 'struct A { static int twice(int a) { return 2 * a; } };'],
    [
      'static functions of const and trailing return',
      'struct B { static auto f(int (*g)(int)) -> int { return g(1); } };',
    ],
    ['constants', 'inline constexpr int a = 1; struct C { static constexpr int b = 2; };'],
    [
      'forbidden words in comments and strings',
      '// mutable asm fork\n/* #define x */ constexpr const char* said = "static thread_local";',
    ],
    ['digit separators', "constexpr int million = 1'000'000; constexpr char c = 'x';"],
  ])('may hold %s', (_, line) => {
    expect(checkSource('search', withLine(line))).toBeUndefined();
  });
});

describe('a header is rejected, naming rule and line, for', () => {
  it.each([
    ['a header outside the whitelist', '#include <fstream>', 'include-whitelist'],
    ['a file of the host', '#include "/etc/passwd"', 'include-whitelist'],
    ['a path that climbs', '#include <annvil/../player/channel.hpp>', 'include-whitelist'],
    ['a header named by a macro', '#include SOMETHING', 'include-whitelist'],
    ['macros', '#define private public', 'no-macros'],
    ['conditional compilation', '#if 1', 'no-macros'],
    ['pragmas', '#pragma GCC optimize("O0")', 'no-macros'],
    ['a digraph in place of #', '%:define x', 'no-macros'],
    ['line continuations', '// a comment \\\n#define x', 'no-macros'],
    ['static variables', 'inline int count() { static int calls = 0; return ++calls; }', 'no-hidden-state'],
    [
      'static variables made by a constructor',
      'struct D { int v; }; inline void f() { static D d(); }',
      'no-hidden-state',
    ],
    ['thread-local variables', 'thread_local int cache;', 'no-hidden-state'],
    ['mutable members', 'struct E { mutable int hits; };', 'no-hidden-state'],
    ['casting constness away', 'int* f(const int* p) { return const_cast<int*>(p); }', 'no-hidden-state'],
    ['assembly', 'inline void f() { asm("syscall"); }', 'no-assembly'],
    [
      'attributes that change code outside of it',
      'inline void f() __attribute__((constructor));',
      'no-target-attributes',
    ],
    ['clocks', 'auto f() { return std::chrono::steady_clock::now(); }', 'no-system-calls'],
    ['processes', 'inline int f() { return fork(); }', 'no-system-calls'],
    ['a library function defined anew', 'extern "C" int close(int) { return 0; }', 'outside-namespace'],
    ['closing its namespace early', '} namespace annvil { inline int f() { return 1; }', 'outside-namespace'],
    [
      'braces hidden in literals',
      "constexpr auto a = u'{'; } namespace std { constexpr auto b = u'}';",
      'outside-namespace',
    ],
    ['braces spelt otherwise', 'inline int f() <% return 1; %>', 'no-macros'],
    ['raw system calls', 'inline long f() { return syscall(39); }', 'no-system-calls'],
  ])('%s', (_, line, rule) => {
    expect(checkSource('search', withLine(line))).toMatchObject({ kind: 'rejected', rule, line: expect.any(Number) });
  });

  it('defining another slot', () => {
    expect(checkSource('construction', withLine(''))).toMatchObject({ rule: 'defines-slot' });
  });

  it('its size', () => {
    expect(checkSource('search', withLine(`// ${'x'.repeat(300_000)}`))).toMatchObject({ rule: 'source-size' });
  });
});

it('names the line of the offence', () => {
  expect(checkSource('search', withLine('\n\n#define x'))).toMatchObject({ line: 5 });
});

it('keeps line breaks where it blanks', () => {
  const source = 'a /* b\nc */ "d\\"e" R"x(f\n)x" // g\nh';
  const blanked = blankCommentsAndStrings(source);
  expect(blanked).toHaveLength(source.length);
  expect(blanked.match(/[a-z]/g)).toEqual(['a', 'h']);
  expect(blanked.split('\n')).toHaveLength(source.split('\n').length);
});

describe.each(slotsOf('graph'))('everything the grammar of %s can say', (slot) => {
  it('keeps the rules', () => {
    const grammar = grammars[slot];
    for (const choices of [...everyOption(grammar), ...samples(grammar, 40, 'rules')]) {
      expect(checkSource(slot, grammar.emit(choices)), JSON.stringify(choices)).toBeUndefined();
    }
  });
});

it.each(['graph', 'exact'] as const)('the seeds of %s keep the rules', async (name) => {
  for (const { slot, source } of Object.values(await seedCandidates(name)))
    expect(checkSource(slot, source)).toBeUndefined();
});

describe('a header of a learned slot', () => {
  /** One that trains, `tree-update`, unless told otherwise. */
  const learned = (line: string, slot: Slot = 'tree-update') => {
    const [before, after] = line.startsWith('#') ? [line, ''] : ['', line];
    const own = `#pragma once\n#include <annvil/balanced-tree/tree-update.hpp>\n${before}\n`;
    return checkSource(slot, `${own}namespace candidate { ${after} struct ${classNameOf(slot)} {}; }\n`);
  };

  it.each(allSlots)('defines the class that is named for its slot: %s', (slot) => {
    const name = slot.replace(/(^|-)./g, (start) => start.replace('-', '').toUpperCase());
    const source = `namespace candidate { struct ${name} {}; }\n`;
    expect(checkSource(slot, source)).toBeUndefined();
    expect(checkSource(slot, source.replace(name, `Not${name}`))).toMatchObject({ rule: 'defines-slot' });
  });

  it.each([
    ['its own contract', '#include <annvil/balanced-tree/tree.hpp>'],
    ['what all learned targets share', '#include <annvil/learned/training.hpp>'],
    ['LibTorch', '#include <torch/torch.h>'],
    ['ordered maps', '#include <map>'],
    ['checkpoints', 'void save(torch::serialize::OutputArchive& archive) { module_->save(archive); }'],
    ['seeds of its own', 'void draw(int seed) { torch::manual_seed(seed); }'],
  ])('may hold %s', (_, line) => {
    expect(learned(line)).toBeUndefined();
  });

  it.each([
    ["another target's contract", '#include <annvil/neural-lsh/router.hpp>', 'include-whitelist'],
    ['our programs', '#include <annvil/learned/../../player/learned/train_main.hpp>', 'include-whitelist'],
    ['more of LibTorch than its front', '#include <torch/csrc/jit/api/module.h>', 'include-whitelist'],
    ['files written', 'void f(torch::Tensor t) { torch::save(t, "/tmp/x"); }', 'no-torch-doors'],
    ['files read', 'auto f() { return torch::pickle_load({}); }', 'no-torch-doors'],
    ['files mapped', 'auto f() { return torch::from_file("/proc/self/mem"); }', 'no-torch-doors'],
    [
      'archives in files',
      'void f(torch::serialize::InputArchive& a) { a.load_from("/etc/passwd"); }',
      'no-torch-doors',
    ],
    ['scripts', 'torch::jit::Module module;', 'no-torch-doors'],
    ['more threads', 'void f() { at::set_num_threads(64); }', 'no-torch-doors'],
    ["LibTorch's names alone", 'using namespace torch;', 'no-torch-doors'],
    ['LibTorch by another name', 'namespace t = torch;', 'no-torch-doors'],
    ['files of its own', 'std::ofstream out;', 'no-system-calls'],
    ['clocks', 'auto f() { return std::chrono::steady_clock::now(); }', 'no-system-calls'],
  ])('is rejected for %s', (_, line, rule) => {
    expect(learned(line)).toMatchObject({ kind: 'rejected', rule });
  });

  it('that only answers has no LibTorch', () => {
    const source = '#include <torch/torch.h>\nnamespace candidate { class Probing {}; }\n';
    expect(checkSource('probing', source)).toMatchObject({ rule: 'include-whitelist' });
    expect(checkSource('search', source.replace('Probing', 'Search'))).toMatchObject({ rule: 'include-whitelist' });
  });
});
