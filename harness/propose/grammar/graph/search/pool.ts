import type { Choices } from '../../../../core/policy.ts';
import { comment, lines, type Part } from '../../part.ts';
import { prefetchesInserted } from './prefetch-edges.ts';

/** Finds `at`, the position of the new key. */
const positions: Readonly<Record<string, string>> = {
  backward: `    // From the far end: most newcomers are not among the best.
    std::uint32_t at = size_;
    while (at > 0 && keys_[at - 1] >= key) --at;`,
  binary: '    const auto at = static_cast<std::uint32_t>(std::lower_bound(keys_, keys_ + size_, key) - keys_);',
  counted: `    // Counting the smaller keys branches on nothing and runs over many at once.
    std::uint32_t at = 0;
    for (std::uint32_t i = 0; i < size_; ++i) at += keys_[i] < key;`,
};

/** The sorted array of the best nodes so far. */
export function pool(choices: Choices): Part {
  const dedupe = choices.visited !== 'bitset';
  const shifting = choices['pool-search'] === 'backward' && !dedupe;
  const hints = prefetchesInserted(choices);
  return {
    std: ['algorithm', 'cstdint', 'limits', ...(choices.stopping === 'patience' ? ['utility'] : [])],
    contract: ['vectors.hpp'],
    text: lines(
      comment([
        'The closest nodes so far, ascending. A key is a distance, then a node, then whether that was expanded: one',
        'comparison of integers orders them.',
        ...(dedupe
          ? ['A node that comes again has the same distance, so its key is found where it would be put.']
          : []),
      ]),
      `class Pool {
 public:
  Pool(std::uint64_t* keys, std::uint32_t capacity) : keys_(keys), capacity_(capacity) {}

  std::uint32_t size() const { return size_; }
  annvil::NodeId node(std::uint32_t i) const { return static_cast<std::uint32_t>(keys_[i]) >> 1; }
  std::uint32_t distance(std::uint32_t i) const { return static_cast<std::uint32_t>(keys_[i] >> 32); }

  // Nodes at this distance or farther need not be inserted.
  std::uint32_t limit() const {
    return size_ < capacity_ ? std::numeric_limits<std::uint32_t>::max() : distance(capacity_ - 1);
  }

  // Takes a node nearer than limit().${hints ? ' True if it is the next to be expanded.' : ''}
  ${hints ? 'bool' : 'void'} insert(std::uint32_t distance, annvil::NodeId node) {
    const std::uint64_t key = std::uint64_t{distance} << 32 | std::uint64_t{node} << 1;`,
      shifting
        ? `    // From the far end, making room on the way: most newcomers are not among the best.
    std::uint32_t at = size_ < capacity_ ? size_++ : size_ - 1;
    for (; at > 0 && keys_[at - 1] > key; --at) keys_[at] = keys_[at - 1];`
        : lines(
            positions[choices['pool-search']!]!,
            dedupe && `    if (at < size_ && keys_[at] >> 1 == key >> 1) return${hints ? ' false' : ''};`,
            `    const std::uint32_t last = size_ < capacity_ ? size_++ : size_ - 1;
    std::copy_backward(keys_ + at, keys_ + last, keys_ + last + 1);`,
          ),
      `    keys_[at] = key;`,
      choices.stopping === 'patience' && '    highest_ = std::min(highest_, at);',
      hints
        ? `    const bool first = at <= next_;
    next_ = std::min(next_, at);
    return first;`
        : '    next_ = std::min(next_, at);',
      `  }

  // Position of the closest node not yet expanded, size() if there is none.
  std::uint32_t next() {
    while (next_ < size_ && (keys_[next_] & 1)) ++next_;
    return next_;
  }
  // Of what next() gave.
  void mark_expanded(std::uint32_t i) {
    keys_[i] |= 1;
    next_ = i + 1;
  }`,
      choices.stopping === 'patience' &&
        `
  // The best position that was filled since this was last asked.
  std::uint32_t take_highest() { return std::exchange(highest_, capacity_); }`,
      `
 private:
  std::uint64_t* keys_;
  std::uint32_t capacity_, size_ = 0, next_ = 0${choices.stopping === 'patience' ? ', highest_ = 0' : ''};
};`,
    ),
  };
}
