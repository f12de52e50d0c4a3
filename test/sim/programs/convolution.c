// int8 convolution kernels, the work this simulator is for: pointwise with SMLAD where there is DSP, plain elsewhere, then a
// 3x3 depthwise, both requantised as TensorFlow Lite does. Prints a checksum of the outputs.
#include "board.h"

#define PIXELS 49
#define IN 64
#define OUT 32
#ifndef ROUNDS
#define ROUNDS 4
#endif

static int8_t input[PIXELS * IN], weights[OUT * IN], depthwise[9 * IN];
static int8_t output[PIXELS * OUT], between[PIXELS * IN];
static int32_t bias[OUT], multiplier[OUT];

static inline int32_t requantise(int32_t acc, int32_t multiply, int shift) {
  int64_t product = (int64_t)acc * multiply + (1ll << 30);
  int32_t high = (int32_t)(product >> 31);
  int32_t mask = (1 << shift) - 1, rest = high & mask;
  int32_t value = (high >> shift) + (rest > (mask >> 1) + (high < 0)) + 3;
  return value > 127 ? 127 : value < -128 ? -128 : value;
}

#if defined(__ARM_FEATURE_DSP)
#include <arm_acle.h>
static inline uint32_t rotated(uint32_t x) { return (x >> 8) | (x << 24); }
static int32_t dot(const int8_t *a, const int8_t *b) {
  int32_t sum = 0;
  const uint32_t *x = (const uint32_t *)a, *w = (const uint32_t *)b;
  for (int i = 0; i < IN / 4; i++) {
    sum = __smlad(__sxtb16(x[i]), __sxtb16(w[i]), sum);
    sum = __smlad(__sxtb16(rotated(x[i])), __sxtb16(rotated(w[i])), sum);
  }
  return sum;
}
#else
static int32_t dot(const int8_t *a, const int8_t *b) {
  int32_t sum = 0;
  for (int i = 0; i < IN; i++) sum += a[i] * b[i];
  return sum;
}
#endif

static __attribute__((noinline)) void pointwise(void) {
  for (int p = 0; p < PIXELS; p++)
    for (int o = 0; o < OUT; o++)
      output[p * OUT + o] = (int8_t)requantise(dot(between + p * IN, weights + o * IN) + bias[o], multiplier[o], 8);
}

static __attribute__((noinline)) void depthwise3x3(void) {
  for (int y = 0; y < 7; y++)
    for (int x = 0; x < 7; x++)
      for (int c = 0; c < IN; c++) {
        int32_t sum = bias[c & 31];
        for (int ky = -1; ky <= 1; ky++)
          for (int kx = -1; kx <= 1; kx++) {
            int yy = y + ky, xx = x + kx;
            if (yy < 0 || yy > 6 || xx < 0 || xx > 6) continue;
            sum += input[(yy * 7 + xx) * IN + c] * depthwise[((ky + 1) * 3 + kx + 1) * IN + c];
          }
        between[(y * 7 + x) * IN + c] = (int8_t)requantise(sum, multiplier[c & 31], 9);
      }
}

int main(void) {
  for (int i = 0; i < PIXELS * IN; i++) input[i] = (int8_t)random_word();
  for (int i = 0; i < OUT * IN; i++) weights[i] = (int8_t)random_word();
  for (int i = 0; i < 9 * IN; i++) depthwise[i] = (int8_t)random_word();
  for (int i = 0; i < OUT; i++) bias[i] = (int32_t)random_word() >> 18, multiplier[i] = (int32_t)(random_word() | 0x40000000) & 0x7fffffff;
  uint32_t hash = 2166136261u;
  for (int round = 0; round < ROUNDS; round++) {
    depthwise3x3();
    pointwise();
    for (int i = 0; i < PIXELS * OUT; i++) hash = mix(hash, (uint8_t)output[i]);
    input[round] ^= 85;
  }
  print_value("output", hash);
  return 0;
}
