// Faults: each cause once, as the fault handlers see it: status registers, address registers, where it happened. The handler skips
// the faulting instruction (its size is found from the halfword).
#include "board.h"

#if defined(__ARM_ARCH_6M__)
#define CFSR 0
#define HFSR 0
#define MMFAR 0
#define BFAR 0
#else
#define CFSR WORD(0xe000ed28)
#define HFSR WORD(0xe000ed2c)
#define MMFAR WORD(0xe000ed34)
#define BFAR WORD(0xe000ed38)
#endif

static volatile uint32_t resume;
static const char *volatile now;

__attribute__((used)) void fault_work(uint32_t *frame, uint32_t number) {
  print(now);
  print(" exception ");
  print_hex(number);
#if !defined(__ARM_ARCH_6M__)
  uint32_t cfsr = CFSR;
  print(" cfsr ");
  print_hex(cfsr);
  print(" hfsr ");
  print_hex(HFSR);
  if (cfsr & 0x80) { print(" mmfar "); print_hex(MMFAR); }
  if (cfsr & 0x8000) { print(" bfar "); print_hex(BFAR); }
  WORD(0xe000ed28) = cfsr;
  WORD(0xe000ed2c) = 0xffffffff;
#endif
  print("\n");
  if (resume) {
    frame[6] = resume & ~1u;
    frame[7] |= 1 << 24;
    resume = 0;
  } else {
    uint16_t first = *(uint16_t *)frame[6];
    frame[6] += first >= 0xe800 ? 4 : 2;
  }
  frame[7] &= ~0x0600fc00u;
}
#define FAULT(name) __attribute__((naked)) void name(void) { \
  __asm volatile("mov r1, lr\n movs r2, #4\n tst r1, r2\n bne 1f\n mrs r0, msp\n b 2f\n 1: mrs r0, psp\n 2: mrs r1, ipsr\n push {r2, lr}\n bl fault_work\n pop {r2, pc}\n"); }
FAULT(hardfault_handler)
FAULT(memmanage_handler)
FAULT(busfault_handler)
FAULT(usagefault_handler)

static __attribute__((noinline)) void run(const char *name, void (*test)(void)) {
  now = name;
  test();
}

static void wild_read(void) { (void)WORD(0x70000000); }
static void wild_write(void) { WORD(0x70000004) = 1; }
static void undefined(void) { __asm volatile(".short 0xde77"); }
static void undefined_wide(void) { __asm volatile(".short 0xf7f0\n .short 0xa123"); }
static void not_thumb(void) {
  __asm volatile(".syntax unified\n ldr r0, =1f\n ldr r1, =%0\n str r0, [r1]\n movs r2, #1\n bics r0, r2\n bx r0\n .align 2\n 1: nop" ::"i"(&resume) : "r0", "r1", "r2", "memory");
}
static void unaligned_word(void) {
  volatile uint32_t data[3] = {1, 2, 3};
  uint32_t value = 0, address = (uint32_t)data + 1;
  __asm volatile("ldr %0, [%1]" : "+l"(value) : "l"(address));
  print_value("unaligned gave", value);
}
static void unaligned_pair(void) {
  volatile uint32_t data[4] = {1, 2, 3, 4};
  uint32_t address = (uint32_t)data + 2;
  __asm volatile("ldmia %0!, {r1, r2}" : "+l"(address)::"r1", "r2", "memory");
  (void)data;
}
static void supervisor_masked(void) { __asm volatile("cpsid i\n svc 1\n cpsie i"); }
#if !defined(__ARM_ARCH_6M__)
static void divide(void) {
  uint32_t zero = 0, result = 5;
  __asm volatile("udiv %0, %1, %2" : "+r"(result) : "r"(7), "r"(zero));
  print_value("quotient", result);
}
static void trap_divide(void) {
  WORD(0xe000ed14) |= 0x10;
  divide();
  WORD(0xe000ed14) &= ~0x10u;
}
static void no_coprocessor(void) { __asm volatile(".short 0xee00\n .short 0x0500"); }
static void float_off(void) {
#if defined(__ARM_FP) && __ARM_FP
  WORD(0xe000ed88) = 0;
  __asm volatile("dsb\n isb\n vmov.f32 s0, s1\n");
  WORD(0xe000ed88) = 0xf << 20;
  __asm volatile("dsb\n isb");
#endif
}
#endif
static void jump_nowhere(void) {
  __asm volatile("ldr r0, =1f\n ldr r1, =%0\n str r0, [r1]\n ldr r0, =0x70000001\n bx r0\n .align 2\n 1: nop" ::"i"(&resume) : "r0", "r1", "memory");
}

static void all(void) {
  run("wild read", wild_read);
  run("wild write", wild_write);
  run("undefined", undefined);
  run("undefined wide", undefined_wide);
  run("not thumb", not_thumb);
  run("unaligned word", unaligned_word);
  run("unaligned pair", unaligned_pair);
  run("svc masked", supervisor_masked);
#if !defined(__ARM_ARCH_6M__)
  run("divide", divide);
  run("divide trapped", trap_divide);
  run("coprocessor", no_coprocessor);
  run("float off", float_off);
#endif
  run("jump", jump_nowhere);
}

int main(void) {
  print("escalated\n");
  all();
#if !defined(__ARM_ARCH_6M__)
  print("own handlers\n");
  WORD(0xe000ed24) |= 7 << 16;
  all();
#endif
  return 0;
}
