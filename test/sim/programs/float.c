// Floating point: single precision in the FPU where there is one, double in software (or the M7's FPU); FPSCR flags and modes.
#include "board.h"
#include <math.h>
#include <string.h>

static uint32_t hash = 2166136261u;
static void note(uint32_t value) { hash = mix(hash, value); }
static void notef(float value) { uint32_t bits; memcpy(&bits, &value, 4); note(bits); }
static void noted(double value) { uint64_t bits; memcpy(&bits, &value, 8); note((uint32_t)bits); note((uint32_t)(bits >> 32)); }
static float asfloat(uint32_t bits) { float value; memcpy(&value, &bits, 4); return value; }

static const uint32_t special[] = {0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001,
                                   0x00000001, 0x807fffff, 0x00800000, 0x7f7fffff, 0x4b000001, 0x34000000, 0x3effffff, 0xcf000000};

#if defined(__ARM_FP) && __ARM_FP
static uint32_t status(void) { uint32_t s; __asm volatile("vmrs %0, fpscr" : "=r"(s)); return s; }
static void set_status(uint32_t s) { __asm volatile("vmsr fpscr, %0" ::"r"(s)); }
#else
static uint32_t status(void) { return 0; }
static void set_status(uint32_t s) { (void)s; }
#endif

static __attribute__((noinline)) void singles(float a, float b) {
  volatile float r;
  r = a + b; notef(r);
  r = a - b; notef(r);
  r = a * b; notef(r);
  r = a / b; notef(r);
  r = fmaf(a, b, a); notef(r);
  note((uint32_t)(a < b) | (uint32_t)(a == b) << 1 | (uint32_t)(a > b) << 2 | (uint32_t)(a != b) << 3);
  r = fabsf(a); notef(r);
  r = -b; notef(r);
  note(status() & 0xff);
#if defined(__ARM_FP) && __ARM_FP
  r = __builtin_sqrtf(a); notef(r);
  int32_t i; uint32_t u;
  __asm volatile("vcvt.s32.f32 s0, %1\n vmov %0, s0" : "=r"(i) : "t"(a) : "s0"); note((uint32_t)i);
  __asm volatile("vcvt.u32.f32 s0, %1\n vmov %0, s0" : "=r"(u) : "t"(b) : "s0"); note(u);
  __asm volatile("vcvtr.s32.f32 s0, %1\n vmov %0, s0" : "=r"(i) : "t"(b) : "s0"); note((uint32_t)i);
  __asm volatile("vmov.f32 s0, %1\n vcvt.s32.f32 s0, s0, #8\n vmov %0, s0" : "=r"(i) : "t"(a) : "s0"); note((uint32_t)i);
  note(status());
#endif
}

static __attribute__((noinline)) void doubles(double a, double b) {
  noted(a + b);
  noted(a * b);
  noted(a / b);
  noted((double)(float)a);
  note((uint32_t)(a < b) | (uint32_t)(a == b) << 1);
}

int main(void) {
  int count = sizeof special / sizeof *special;
  for (int i = 0; i < count; i++)
    for (int j = 0; j < count; j++) {
      set_status(0);
      singles(asfloat(special[i]), asfloat(special[j]));
    }
  print_value("special", hash);
#if defined(__ARM_FP) && __ARM_FP
  for (uint32_t mode = 0; mode < 16; mode++) {
    for (int i = 0; i < 60; i++) {
      set_status(mode << 22);
      singles(asfloat(random_word()), asfloat(i & 1 ? random_word() : special[i % count]));
    }
    set_status(0);
  }
  print_value("modes", hash);
#endif
  set_status(0);
  for (int i = 0; i < 300; i++) {
    float a = (float)(int32_t)random_word() / 65536.0f, b = (float)(random_word() >> 9) / 1000.0f;
    singles(a, b);
    note((uint32_t)(int32_t)(a * 3.5f));
    notef((float)random_word());
    doubles((double)a * 1.25, (double)b - 3.0);
  }
  print_value("random", hash);
  float sum = 0;
  for (int i = 1; i <= 2000; i++) sum += 1.0f / (float)i;
  uint32_t bits;
  memcpy(&bits, &sum, 4);
  print_value("harmonic", bits);
  return 0;
}
