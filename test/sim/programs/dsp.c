// DSP extension: every intrinsic of arm_acle.h that is one instruction, with Q and GE, on random and extreme operands.
#include "board.h"
#if defined(__ARM_FEATURE_DSP)
#include <arm_acle.h>

static uint32_t hash = 2166136261u;
static void note(uint32_t value) { hash = mix(hash, value); }
static uint32_t flags(void) {
  uint32_t apsr;
  __asm volatile("mrs %0, apsr" : "=r"(apsr));
  return apsr & 0x080f0000;
}
static void clear_flags(void) { __asm volatile("msr apsr_nzcvqg, %0" ::"r"(0)); }

static const uint32_t extremes[] = {0, 1, 0xffffffff, 0x80000000, 0x7fffffff, 0x80008000, 0x7fff7fff, 0x80808080, 0x7f7f7f7f, 0x80007fff, 0xff00ff00};

#define ONE2(name) clear_flags(); { uint32_t r = (uint32_t)name(a, b); note(r); note(flags()); }
#define ASM2(name) clear_flags(); { uint32_t r; __asm volatile(name " %0, %1, %2" : "=r"(r) : "r"(a), "r"(b)); note(r); note(flags()); }
#define ASM3(name) clear_flags(); { uint32_t r; __asm volatile(name " %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(c)); note(r); note(flags()); }
#define ASM4(name) clear_flags(); { uint32_t l = c, h = a ^ c; __asm volatile(name " %0, %1, %2, %3" : "+r"(l), "+r"(h) : "r"(a), "r"(b)); note(l); note(h); note(flags()); }
#define SAT(name, n) clear_flags(); { uint32_t r; __asm volatile(name " %0, #" #n ", %1" : "=r"(r) : "r"(a)); note(r); note(flags()); }

static __attribute__((noinline)) void parallel(uint32_t a, uint32_t b) {
  ASM2("sadd8") ASM2("sadd16") ASM2("ssub8") ASM2("ssub16") ASM2("sasx") ASM2("ssax")
  ASM2("uadd8") ASM2("uadd16") ASM2("usub8") ASM2("usub16") ASM2("uasx") ASM2("usax")
  ASM2("qadd8") ASM2("qadd16") ASM2("qsub8") ASM2("qsub16") ASM2("qasx") ASM2("qsax")
  ASM2("uqadd8") ASM2("uqadd16") ASM2("uqsub8") ASM2("uqsub16") ASM2("uqasx") ASM2("uqsax")
  ASM2("shadd8") ASM2("shadd16") ASM2("shsub8") ASM2("shsub16") ASM2("shasx") ASM2("shsax")
  ASM2("uhadd8") ASM2("uhadd16") ASM2("uhsub8") ASM2("uhsub16") ASM2("uhasx") ASM2("uhsax")
  ASM2("sel") ASM2("usad8") ASM2("qadd") ASM2("qsub") ASM2("qdadd") ASM2("qdsub")
}

static __attribute__((noinline)) void multiply(uint32_t a, uint32_t b, uint32_t c) {
  ASM3("smlad") ASM3("smladx") ASM3("smlsd") ASM3("smlsdx") ASM2("smuad") ASM2("smuadx") ASM2("smusd") ASM2("smusdx")
  ASM3("smlabb") ASM3("smlabt") ASM3("smlatb") ASM3("smlatt") ASM3("smlawb") ASM3("smlawt")
  ASM2("smulbb") ASM2("smulbt") ASM2("smultb") ASM2("smultt") ASM2("smulwb") ASM2("smulwt")
  ASM3("smmla") ASM3("smmlar") ASM3("smmls") ASM3("smmlsr") ASM2("smmul") ASM2("smmulr") ASM3("usada8")
  ASM4("smlald") ASM4("smlaldx") ASM4("smlsld") ASM4("smlsldx") ASM4("smlalbb") ASM4("smlalbt") ASM4("smlaltb") ASM4("smlaltt")
  ASM4("umaal") ASM4("smlal") ASM4("umlal") ASM4("smull") ASM4("umull") ASM3("mla") ASM3("mls")
}

static __attribute__((noinline)) void extend(uint32_t a, uint32_t b) {
  ASM2("sxtab") ASM2("sxtah") ASM2("uxtab") ASM2("uxtah") ASM2("sxtab16") ASM2("uxtab16")
  SAT("ssat", 8) SAT("ssat", 16) SAT("ssat", 1) SAT("ssat", 32) SAT("usat", 8) SAT("usat", 0) SAT("usat", 31)
  SAT("ssat16", 8) SAT("ssat16", 16) SAT("usat16", 8) SAT("usat16", 15)
  clear_flags();
  uint32_t r;
  __asm volatile("sxtb16 %0, %1, ror #8" : "=r"(r) : "r"(a)); note(r);
  __asm volatile("uxtb16 %0, %1, ror #16" : "=r"(r) : "r"(a)); note(r);
  __asm volatile("pkhbt %0, %1, %2, lsl #3" : "=r"(r) : "r"(a), "r"(b)); note(r);
  __asm volatile("pkhtb %0, %1, %2, asr #16" : "=r"(r) : "r"(a), "r"(b)); note(r);
  __asm volatile("ssat %0, #9, %1, lsl #5" : "=r"(r) : "r"(a)); note(r); note(flags());
  __asm volatile("usat %0, #7, %1, asr #9" : "=r"(r) : "r"(a)); note(r); note(flags());
  __asm volatile("rbit %0, %1" : "=r"(r) : "r"(a)); note(r);
  __asm volatile("revsh %0, %1" : "=r"(r) : "r"(a)); note(r);
  __asm volatile("bfi %0, %1, #5, #13" : "+r"(r) : "r"(a)); note(r);
  __asm volatile("sbfx %0, %1, #7, #9" : "=r"(r) : "r"(a)); note(r);
}

int main(void) {
  int count = sizeof extremes / sizeof *extremes;
  for (int i = 0; i < count; i++)
    for (int j = 0; j < count; j++) {
      parallel(extremes[i], extremes[j]);
      multiply(extremes[i], extremes[j], extremes[(i + j) % count]);
      extend(extremes[i], extremes[j]);
    }
  print_value("extremes", hash);
  for (int i = 0; i < 300; i++) {
    uint32_t a = random_word(), b = random_word(), c = random_word();
    parallel(a, b);
    multiply(a, b, c);
    extend(a, b);
  }
  print_value("random", hash);
  return 0;
}
#else
int main(void) {
  print("no DSP extension\n");
  return 0;
}
#endif
