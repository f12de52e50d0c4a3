#pragma once
#include <stdint.h>

void uart_put(char c);
void print(const char *text);
void print_hex(uint32_t value);
void print_value(const char *name, uint32_t value);
void finish(void);

#define WORD(address) (*(volatile uint32_t *)(address))

// A deterministic sequence (xorshift32, Marsaglia 2003).
static uint32_t random_state = 2463534242u;
static inline uint32_t random_word(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

// FNV-1a over words: one number for a long run of results.
static inline uint32_t mix(uint32_t hash, uint32_t value) { return (hash ^ value) * 16777619u; }
