// Counts its own work in SysTick ticks: on QEMU with -icount these are instructions. Prints ticks between two reads of SYST_CVR.
#include "board.h"

#ifndef COUNT
#define COUNT 20000
#endif

static uint32_t table[64];

__attribute__((noinline, noclone)) uint32_t work(uint32_t rounds) {
  uint32_t hash = 2166136261u;
  for (uint32_t i = 0; i < rounds; i++) {
    table[i & 63] += random_word() / ((i & 15) + 1);
    hash = mix(hash, table[(i * 7) & 63]);
    if (hash & 1) hash ^= hash >> 3;
  }
  return hash;
}

int main(void) {
  WORD(0xe000e014) = 0xffffff;
  WORD(0xe000e018) = 0;
  WORD(0xe000e010) = 5;
  uint32_t before = WORD(0xe000e018);
  uint32_t hash = work(COUNT);
  uint32_t after = WORD(0xe000e018);
  print_value("hash", hash);
  print_value("ticks", (before - after) & 0xffffff);
  return 0;
}
