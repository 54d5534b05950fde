import type { Choices } from '../../../../core/policy.ts';
import type { Part } from '../../part.ts';

/** The set of nodes already met. Nothing where the pool itself tells. */
export function visited(choices: Choices): Part | undefined {
  switch (choices.visited) {
    case 'bitset':
      return {
        std: ['cstddef', 'cstdint'],
        contract: ['memory.hpp', 'vectors.hpp'],
        text: `// Which nodes were met: a bit each, in zeroed memory.
class Visited {
 public:
  static std::size_t bytes(std::uint32_t nodes) { return annvil::round_up((nodes + 7) / 8, annvil::cache_line); }
  explicit Visited(std::byte* memory) : words_(reinterpret_cast<std::uint64_t*>(memory)) {}

  // True the first time.
  bool insert(annvil::NodeId node) {
    const std::uint64_t bit = std::uint64_t{1} << node % 64;
    const bool fresh = (words_[node / 64] & bit) == 0;
    words_[node / 64] |= bit;
    return fresh;
  }

 private:
  std::uint64_t* words_;
};`,
      };
    case 'table':
      return {
        std: ['bit', 'cstddef', 'cstdint'],
        contract: ['memory.hpp', 'vectors.hpp'],
        text: `// Which nodes were met, in a hash table whose size follows the work and not the collection: there is little to
// clear, and it stays in the nearest cache. Past three quarters full it takes no more: the pool finds what comes
// again.
class Visited {
 public:
  static std::uint32_t slots(std::uint32_t expected) { return std::bit_ceil(2 * expected + 64); }
  static std::size_t bytes(std::uint32_t expected) { return slots(expected) * sizeof(std::uint32_t); }
  Visited(std::byte* memory, std::uint32_t expected)
      : slots_(reinterpret_cast<std::uint32_t*>(memory)), mask_(slots(expected) - 1), room_(slots(expected) / 4 * 3) {}

  // True the first time.
  bool insert(annvil::NodeId node) {
    std::uint32_t at = node * 0x9e3779b1u >> 7 & mask_;
    for (; slots_[at] != 0; at = (at + 1) & mask_) {
      if (slots_[at] == node + 1) return false;
    }
    if (room_ > 0) {
      slots_[at] = node + 1;
      --room_;
    }
    return true;
  }

 private:
  std::uint32_t* slots_;
  std::uint32_t mask_, room_;
};`,
      };
    default:
      return undefined;
  }
}
