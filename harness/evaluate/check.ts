import type { Outcome } from '../core/outcome.ts';
import { classNameOf, isTrained, type Slot, slotsOf, targets } from '../core/target.ts';

type Rejection = Extract<Outcome, { kind: 'rejected' }>;

/** Headers a candidate may include besides the contract's: computation only, no files, clocks, processes or threads' state. */
const allowedHeaders = new Set(
  (
    'algorithm array atomic bit bitset cassert cmath concepts cstddef cstdint cstring deque functional initializer_list ' +
    'iterator limits memory mutex new numbers numeric optional queue random ranges span stdexcept string thread tuple ' +
    'type_traits unordered_map unordered_set utility vector immintrin.h arm_neon.h'
  ).split(' '),
);

/** Besides those, for the slots of learned targets: what trains may sort out more than what answers. */
const learnedHeaders: readonly string[] = ['map', 'set', 'variant'];

/** Whether a slot's header may include this, by the name between the brackets. */
function mayInclude(slot: Slot, header: string): boolean {
  if (allowedHeaders.has(header) || /^annvil\/[a-z_]+\.hpp$/.test(header)) return true;
  const folder = /^annvil\/([a-z-]+)\/[a-z_-]+\.hpp$/.exec(header)?.[1];
  const own = targets.filter((target) => target !== 'graph' && (slotsOf(target) as readonly Slot[]).includes(slot));
  if (folder !== undefined) return own.length > 0 && ['learned', ...own].includes(folder);
  return own.length > 0 && (learnedHeaders.includes(header) || (header === 'torch/torch.h' && isTrained(slot)));
}

/** Names that no index needs and that reach outside of it. */
const forbiddenNames: readonly [rule: string, names: readonly string[]][] = [
  ['outside-namespace', ['extern']],
  ['no-assembly', ['asm', '__asm', '__asm__']],
  ['no-hidden-state', ['mutable', 'thread_local', '__thread', 'const_cast']],
  [
    'no-system-calls',
    (
      'syscall fork vfork execv execve execvp execl popen ptrace dlopen dlsym mmap munmap mprotect mremap ' +
      'memfd_create shm_open fopen openat creat sigaction setitimer timer_create ' +
      'pthread_create getenv setenv clock_gettime gettimeofday rdtsc __rdtsc _rdtsc this_thread chrono ifstream ofstream ' +
      'fstream filesystem exit _exit abort quick_exit longjmp process_vm_readv process_vm_writev'
    ).split(' '),
  ],
  ['no-target-attributes', ['__attribute__', '__attribute', 'target_clones', 'ifunc', '_Pragma']],
];

/**
 * LibTorch's doors to files, to other code and to more threads: a training reads what it is handed, and leaves what its contract takes.
 * Archives themselves are how checkpoints are written.
 */
const torchDoors: readonly RegExp[] = [
  /\b(?:torch|at|c10)\s*::\s*(?:load|save|jit|data)\b/,
  /\b(?:from_file|load_from|save_to|load_library|pickle_load|pickle_save|FileAdapter|IStreamAdapter)\b/,
  /\b(?:PyTorchStreamReader|PyTorchStreamWriter|set_num_threads|set_num_interop_threads|init_num_threads)\b/,
  // What would let the names above stand alone, or under another name.
  /\busing\s+namespace\s+(?:::\s*)?(?:torch|at|c10)\s*;/,
  /\busing\s+(?:::\s*)?(?:torch|at|c10)\s*::\s*(?:load|save)\s*;/,
  /\bnamespace\s+\w+\s*=/,
];

const maxSourceBytes = 200_000;

/**
 * The static rules, cheapest first. Returns what was broken first, or undefined. They keep honest mistakes and plain
 * mischief from costing a compile; they are no wall: the sandbox and the referee are.
 */
export function checkSource(slot: Slot, source: string): Rejection | undefined {
  if (Buffer.byteLength(source) > maxSourceBytes) {
    return { kind: 'rejected', rule: 'source-size', detail: `the header is over ${maxSourceBytes} bytes` };
  }
  const code = blankCommentsAndStrings(source);
  return (
    checkDirectives(slot, code) ??
    checkNames(code) ??
    checkTorch(slot, code) ??
    checkStatics(code) ??
    checkDefinition(slot, code) ??
    checkNamespaces(code)
  );
}

/** Replaces comments and the contents of literals by spaces; line breaks stay, so that line numbers hold. */
export function blankCommentsAndStrings(source: string): string {
  const pattern =
    /\/\/[^\n]*(?:\\\n[^\n]*)*|\/\*[\s\S]*?\*\/|R"([^(\s]*)\([\s\S]*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-zA-Z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])*'/g;
  return source.replace(pattern, (text, _delimiter, offset: number) => {
    const lineStart = source.lastIndexOf('\n', offset) + 1;
    if (/^\s*#\s*include\s*$/.test(source.slice(lineStart, offset))) return text;
    return text.replace(/[^\n]/g, ' ');
  });
}

function lineAt(code: string, offset: number): number {
  return code.slice(0, offset).split('\n').length;
}

function rejection(code: string, offset: number, rule: string, detail: string): Rejection {
  return { kind: 'rejected', rule, line: lineAt(code, offset), detail };
}

function checkDirectives(slot: Slot, code: string): Rejection | undefined {
  const spelling = code.search(/\\\r?\n|\?\?=|%:|<%|%>/);
  if (spelling >= 0) {
    const detail = 'line continuations and alternative spellings of #, { and } are not allowed';
    return rejection(code, spelling, 'no-macros', detail);
  }
  for (const match of code.matchAll(/^[ \t]*#[ \t]*(\w+)?(.*)$/gm)) {
    const [, directive, rest = ''] = match;
    if (directive === 'pragma' && rest.trim() === 'once') continue;
    if (directive !== 'include') {
      return rejection(
        code,
        match.index,
        'no-macros',
        `#${directive ?? ''} is not allowed; only #include and #pragma once are`,
      );
    }
    const header = /^\s*<([^>]+)>\s*$/.exec(rest)?.[1];
    if (header === undefined) {
      return rejection(code, match.index, 'include-whitelist', `write #include <name>, not "${rest.trim()}"`);
    }
    if (!mayInclude(slot, header)) {
      return rejection(
        code,
        match.index,
        'include-whitelist',
        `<${header}> is not among the headers a candidate may include`,
      );
    }
  }
  return undefined;
}

function checkNames(code: string): Rejection | undefined {
  for (const [rule, names] of forbiddenNames) {
    const match = new RegExp(`(?<![\\w])(?:${names.join('|')})(?![\\w])`).exec(code);
    if (match) return rejection(code, match.index, rule, `"${match[0]}" is not allowed`);
  }
  return undefined;
}

function checkTorch(slot: Slot, code: string): Rejection | undefined {
  if (!isTrained(slot)) return undefined;
  for (const door of torchDoors) {
    const match = door.exec(code);
    if (match)
      return rejection(
        code,
        match.index,
        'no-torch-doors',
        `"${match[0]}" is not allowed: no files, scripts or threads of LibTorch's`,
      );
  }
  return undefined;
}

/** `static` may introduce constants and functions, never a variable: state that outlives a query is how answers get cached. */
function checkStatics(code: string): Rejection | undefined {
  for (const match of code.matchAll(/(?<![\w])static(?![\w])([^;{}=(]*)([;{}=(])/g)) {
    const [, words = '', end] = match;
    if (/\b(constexpr|consteval)\b/.test(words)) continue;
    const isFunction =
      end === '(' &&
      /^\)?[^;]*?\)\s*(const|noexcept|->|requires|\{)/.test(afterParameters(code, match.index + match[0].length));
    if (!isFunction)
      return rejection(
        code,
        match.index,
        'no-hidden-state',
        'static variables are not allowed; static functions and constexpr are',
      );
  }
  return undefined;
}

/** The text from the closing parenthesis that matches one just before `start`. */
function afterParameters(code: string, start: number): string {
  let depth = 1;
  let at = start;
  for (; at < code.length && depth > 0; ++at) {
    if (code[at] === '(') ++depth;
    if (code[at] === ')') --depth;
  }
  return code.slice(at - 1, at + 80);
}

function checkDefinition(slot: Slot, code: string): Rejection | undefined {
  const name = classNameOf(slot);
  if (!/\bnamespace\s+candidate\b/.test(code) || !new RegExp(`\\b(struct|class)\\s+${name}\\b`).test(code)) {
    return { kind: 'rejected', rule: 'defines-slot', detail: `the header must define candidate::${name}` };
  }
  return undefined;
}

/**
 * Nothing but includes and `namespace candidate { ... }` at file scope: a function defined outside may stand in for one of libc,
 * a specialisation in std or annvil for one that the player uses.
 */
function checkNamespaces(code: string): Rejection | undefined {
  const topLevel = /[ \t]*#.*$|\s+|;|(?:inline\s+)?namespace\s+candidate(?:\s*::\s*\w+)*\s*\{/my;
  const outside = (at: number) =>
    rejection(code, at, 'outside-namespace', 'everything but includes must stand in namespace candidate');
  for (let at = 0; at < code.length; ) {
    topLevel.lastIndex = at;
    const part = topLevel.exec(code)?.[0];
    if (!part) return outside(at);
    const end = part.endsWith('{') ? closingBrace(code, at + part.length) : at + part.length;
    if (end === undefined) return outside(at);
    at = end;
  }
  return undefined;
}

/** The offset after the brace that closes one opened just before `start`. */
function closingBrace(code: string, start: number): number | undefined {
  const brace = /[{}]/g;
  brace.lastIndex = start;
  let depth = 1;
  for (let match = brace.exec(code); match; match = brace.exec(code)) {
    depth += match[0] === '{' ? 1 : -1;
    if (depth === 0) return match.index + 1;
  }
  return undefined;
}
