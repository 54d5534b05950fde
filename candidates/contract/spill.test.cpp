// A mask that has no register to stay in is the same when it comes back. Without sanitizers: they change what is kept where.
#include <cstdio>

#include "codes_batch.hpp"

namespace {

[[gnu::noinline]] void soil_the_dead_stack() {
  volatile std::uint8_t dirt[4096];
  for (volatile std::uint8_t& byte : dirt) byte = 0xff;
}

// Used twice, so that the mask is widened before it is put away.
[[gnu::noinline]] std::uint32_t put_away(const std::uint32_t* distances, std::uint32_t limit) {
  const std::uint32_t below = annvil::lanes_below(distances, limit);
#if defined(__x86_64__)
  asm volatile("" ::: "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
#if defined(__AVX512F__)
               , "k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"
#endif
  );
#endif
  return below ^ below << 1;
}

}  // namespace

int main() {
  std::uint32_t distances[annvil::block_rows];
  for (std::uint32_t lane = 0; lane < annvil::block_rows; ++lane) distances[lane] = lane % 3;
  soil_the_dead_stack();
  const std::uint32_t got = put_away(distances, 1), wanted = 0x9249 ^ 0x9249 << 1;
  if (got == wanted) return 0;
  std::printf("lanes_below: got %x, wanted %x\n", got, wanted);
  return 1;
}
