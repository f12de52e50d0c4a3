// Exceptions: SVC with arguments, PendSV, SysTick, pended interrupts with nested and equal priorities, tail chaining, BASEPRI,
// PRIMASK, FAULTMASK, PSP, unprivileged thread, floating-point context across handlers, WFI, software reset last.
#include "board.h"

#define V6 (__ARM_ARCH_6M__ + 0)
#define ICSR WORD(0xe000ed04)
#define ISER WORD(0xe000e100)
#define ISPR WORD(0xe000e200)
#define SHPR3 WORD(0xe000ed20)
#define SHPR2 WORD(0xe000ed1c)

static volatile uint32_t trace[64];
static volatile uint32_t traced;
static void mark(uint32_t value) { if (traced < 64) trace[traced++] = value; }
static void show(const char *name) {
  print(name);
  for (uint32_t i = 0; i < traced; i++) { print(" "); print_hex(trace[i]); }
  print("\n");
  traced = 0;
}
static void set_priority(int irq, uint32_t priority) {
  uint32_t shift = 8 * (irq & 3);
  volatile uint32_t *word = (volatile uint32_t *)(0xe000e400 + (irq & ~3));
  *word = (*word & ~(0xffu << shift)) | priority << shift;
}

static void barrier(void) { __asm volatile("dsb\n isb" ::: "memory"); }

// Interrupts 5, 6 and 7 are free on every machine of the tests.
void irq5_handler(void) { mark(0x500); ISPR = 1 << 6; barrier(); mark(0x501); ISPR = 1 << 7; barrier(); mark(0x502); }
void irq6_handler(void) { mark(0x600); }
void irq7_handler(void) { mark(0x700); }
void pendsv_handler(void) { mark(0x14); }

static volatile uint32_t ticks;
void systick_handler(void) {
  if (ticks < 3) ticks++;
  if (ticks == 3) WORD(0xe000e010) = 0;
}

__attribute__((used)) uint32_t svc_work(uint32_t *frame) {
  uint32_t number = *(uint8_t *)(frame[6] - 2);
  mark(0x11000000 | number << 16 | (frame[0] & 0xffff));
  frame[0] = frame[0] * 2 + number;
  if (number == 9) { uint32_t control = 0; __asm volatile("msr control, %0\n isb" ::"r"(control)); }
  return 0;
}
__attribute__((naked)) void svc_handler(void) {
  __asm volatile(
      "mov r1, lr\n movs r2, #4\n tst r1, r2\n bne 1f\n mrs r0, msp\n b 2f\n 1: mrs r0, psp\n 2: push {r1, lr}\n bl svc_work\n pop {r1, pc}\n");
}
static __attribute__((noinline)) uint32_t call5(uint32_t x) {
  register uint32_t r0 __asm("r0") = x;
  __asm volatile("svc 5" : "+r"(r0)::"memory");
  return r0;
}

static uint32_t thread_stack[128] __attribute__((aligned(8)));

static uint32_t psr(void) { uint32_t x; __asm volatile("mrs %0, xpsr" : "=r"(x)); return x & 0x1ff; }

#if defined(__ARM_FP) && __ARM_FP
static volatile float in_handler;
void irq4_handler(void) { in_handler = in_handler * 1.5f + 2.0f; mark(WORD(0xe000ef34) & 1); }
static void float_context(void) {
  float a = 1.25f, b = 2.5f, sum = 0;
  ISER = 1 << 4;
  for (int i = 0; i < 20; i++) {
    sum += a * b;
    if (i % 5 == 0) { ISPR = 1 << 4; barrier(); }
    a += 0.5f;
  }
  mark((uint32_t)sum);
  mark((uint32_t)in_handler);
  show("float");
}
#endif

int main(void) {
  mark(call5(100));
  mark(call5(7));
  show("svc");
  ISER = 7 << 5;
  set_priority(5, 0x80);
  set_priority(6, 0x40);
  set_priority(7, 0x80);
  SHPR3 = (0xc0u << 16) | (0x40u << 24);
  SHPR2 = 0x40u << 24;
  ISPR = 1 << 5;
  barrier();
  show("nested");
  __asm volatile("cpsid i");
  ISPR = 7 << 5;
  ICSR = 1 << 28;
  barrier();
  mark(0xaaaa);
  __asm volatile("cpsie i\n isb");
  mark(0xbbbb);
  show("masked");
#if !V6
  uint32_t base = 0x80;
  __asm volatile("msr basepri, %0\n isb" ::"r"(base));
  ISPR = 7 << 5;
  barrier();
  mark(0xcccc);
  base = 0;
  __asm volatile("msr basepri, %0\n isb" ::"r"(base));
  show("basepri");
  __asm volatile("cpsid f\n isb");
  ISPR = 1 << 6;
  barrier();
  mark(0xdddd);
  __asm volatile("cpsie f\n isb");
  show("faultmask");
#endif
#ifndef NO_SYSTICK
  WORD(0xe000e014) = 2000;
  WORD(0xe000e018) = 0;
  WORD(0xe000e010) = 7;
  while (ticks < 3) __asm volatile("wfi");
  print_value("ticks", ticks);
#endif
  uint32_t top = (uint32_t)(thread_stack + 128), control = 2;
  __asm volatile("msr psp, %0\n msr control, %1\n isb\n movs r0, #77\n svc 3\n movs r0, #0\n msr control, r0\n isb" ::"r"(top), "r"(control) : "r0", "memory");
  mark(psr());
  show("psp");
#if defined(__ARM_FP) && __ARM_FP
  float_context();
#endif
  return 0;
}
