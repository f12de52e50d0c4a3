// Integer torture: arithmetic, shifts, division, 64-bit, bit fields, sub-word memory, calls through tables, switch tables.
#include "board.h"

static uint32_t hash = 2166136261u;
static void note(uint32_t value) { hash = mix(hash, value); }

static uint8_t bytes[64];
static int16_t halves[32];
static volatile uint32_t words[16];

static __attribute__((noinline)) uint32_t choose(uint32_t kind, uint32_t a, uint32_t b) {
  switch (kind) {
    case 0: return a + b;
    case 1: return a - b;
    case 2: return a * b;
    case 3: return a & b;
    case 4: return a | b;
    case 5: return a ^ b;
    case 6: return a << (b & 31);
    case 7: return a >> (b & 31);
    case 8: return (uint32_t)((int32_t)a >> (b & 31));
    case 9: return b ? a / b : 0;
    case 10: return b ? (uint32_t)((int32_t)a / (int32_t)(b | 1)) : 1;
    case 11: return b ? a % b : 2;
    case 12: return (a >> 7) | (a << 25);
    case 13: return __builtin_clz(a | 1);
    case 14: return __builtin_bswap32(a) ^ __builtin_popcount(b);
    default: return ~a;
  }
}

static __attribute__((noinline)) uint64_t wide(uint64_t a, uint64_t b) {
  uint64_t r = a * b + (a >> 13) - (b << 7);
  if (b) r ^= a / b;
  if ((int64_t)a < (int64_t)b) r += 0x123456789abcdefull;
  return r;
}

static __attribute__((noinline)) int32_t saturating(int32_t x) { return x > 127 ? 127 : x < -128 ? -128 : x; }
static __attribute__((noinline)) uint32_t fibonacci(uint32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

int main(void) {
  for (int i = 0; i < 4000; i++) {
    uint32_t a = random_word(), b = random_word();
    if ((i & 7) == 0) b &= 0xff;
    for (uint32_t kind = 0; kind < 16; kind++) note(choose(kind, a, b));
  }
  print_value("alu", hash);
  for (int i = 0; i < 1000; i++) {
    uint64_t a = ((uint64_t)random_word() << 32) | random_word();
    uint64_t b = ((uint64_t)random_word() << 32) | random_word();
    uint64_t r = wide(a, b >> (i & 63));
    note((uint32_t)r);
    note((uint32_t)(r >> 32));
    note((uint32_t)saturating((int32_t)a >> 20));
  }
  print_value("wide", hash);
  for (int i = 0; i < 2000; i++) {
    uint32_t r = random_word();
    bytes[r & 63] += (uint8_t)(r >> 8);
    halves[(r >> 6) & 31] ^= (int16_t)(r >> 12);
    words[(r >> 11) & 15] += halves[r & 31] * (int8_t)bytes[(r >> 3) & 63];
  }
  for (int i = 0; i < 16; i++) note(words[i]);
  for (int i = 0; i < 32; i++) note((uint32_t)(int32_t)halves[i]);
  print_value("memory", hash);
  print_value("calls", fibonacci(18));
  return 0;
}
