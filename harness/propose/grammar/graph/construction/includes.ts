/** The header that declares each word a construction may use. */
const headers: Readonly<Record<string, readonly string[]>> = {
  '<algorithm>': [
    'any_of',
    'fill',
    'find_if',
    'lower_bound',
    'max_element',
    'min',
    'min_element',
    'minmax_element',
    'nth_element',
    'partial_sort',
    'push_heap',
    'reverse',
    'shuffle',
    'sort',
    'stable_sort',
    'transform',
    'upper_bound',
  ],
  '<atomic>': ['atomic_ref'],
  '<cmath>': ['sqrt'],
  '<cstddef>': ['ptrdiff_t', 'size_t'],
  '<cstdint>': ['int32_t', 'uint32_t', 'uint64_t', 'uint8_t'],
  '<functional>': ['plus'],
  '<iterator>': ['back_inserter'],
  '<limits>': ['numeric_limits'],
  '<mutex>': ['lock_guard', 'mutex'],
  '<numeric>': ['exclusive_scan', 'iota', 'partial_sum'],
  '<queue>': ['priority_queue'],
  '<random>': ['mt19937_64', 'uniform_int_distribution'],
  '<span>': ['span'],
  '<utility>': ['move', 'pair', 'swap'],
  '<vector>': ['vector'],
};

/** The lines that include what a body names, each once, in order. */
export function includes(body: string): string {
  const std = Object.entries(headers).filter(([, words]) =>
    words.some((word) => new RegExp(`std::${word}\\b`).test(body)),
  );
  const contract = ['construction', 'graph', 'memory', 'parallel', 'vectors'];
  if (/annvil::squared_l2\(/.test(body)) contract.push('distance');
  if (/annvil::code_quantum/.test(body)) contract.push('codes');
  return [
    ...std.map(([header]) => `#include ${header}`),
    '',
    ...contract.sort().map((name) => `#include <annvil/${name}.hpp>`),
  ].join('\n');
}
