// The MPU: regions, subregions, unprivileged access, no-execute, background map. Prints what faults where.
#include "board.h"

#define MPU_TYPE WORD(0xe000ed90)
#define MPU_CTRL WORD(0xe000ed94)
#define MPU_RNR WORD(0xe000ed98)
#define MPU_RBAR WORD(0xe000ed9c)
#define MPU_RASR WORD(0xe000eda0)

static uint32_t arena[512] __attribute__((aligned(2048)));
static volatile uint32_t faults;

__attribute__((used)) void fault_work(uint32_t *frame, uint32_t number) {
  faults++;
#if !defined(__ARM_ARCH_6M__)
  print(" fault ");
  print_hex(number);
  print(" cfsr ");
  print_hex(WORD(0xe000ed28));
  print(" at +");
  print_hex(WORD(0xe000ed34) - (uint32_t)arena);
  WORD(0xe000ed28) = 0xffffffff;
#else
  print(" fault");
#endif
  uint16_t first = *(uint16_t *)frame[6];
  frame[6] += first >= 0xe800 ? 4 : 2;
}
#define FAULT(name) __attribute__((naked)) void name(void) { \
  __asm volatile("mov r1, lr\n movs r2, #4\n tst r1, r2\n bne 1f\n mrs r0, msp\n b 2f\n 1: mrs r0, psp\n 2: mrs r1, ipsr\n push {r2, lr}\n bl fault_work\n pop {r2, pc}\n"); }
FAULT(hardfault_handler)
FAULT(memmanage_handler)

static void barrier(void) { __asm volatile("dsb\n isb" ::: "memory"); }

static __attribute__((noinline)) uint32_t read_word(uint32_t *at) {
  uint32_t value = 0;
  __asm volatile("ldr %0, [%1]" : "+l"(value) : "l"(at) : "memory");
  return value;
}
static __attribute__((noinline)) void write_word(uint32_t *at, uint32_t value) { __asm volatile("str %0, [%1]" ::"l"(value), "l"(at) : "memory"); }

static void probe(const char *name) {
  print(name);
  for (int i = 0; i < 512; i += 64) {
    uint32_t before = faults;
    uint32_t value = read_word(arena + i);
    write_word(arena + i, value + 1);
    uart_put(faults == before ? '.' : '!');
  }
  print("\n");
}

#if __ARM_ARCH == 8
static void region(uint32_t n, uint32_t base, uint32_t bytes, uint32_t ap, uint32_t xn) {
  MPU_RNR = n;
  MPU_RBAR = base | ap << 1 | xn;
  MPU_RASR = ((base + bytes - 1) & ~31u) | 1;
}
#define NONE 0
#define READ 3
#define FULL 1
#else
static void region(uint32_t n, uint32_t base, uint32_t bytes, uint32_t ap, uint32_t xn) {
  MPU_RNR = n;
  MPU_RBAR = base;
  MPU_RASR = xn << 28 | ap << 24 | (31 - __builtin_clz(bytes) - 1) << 1 | 1;
}
#define NONE 0
#define READ 6
#define FULL 3
#endif

int main(void) {
  uint32_t regions = (MPU_TYPE >> 8) & 255;
  print_value("regions", regions);
  if (regions == 0) return 0;
#if !defined(__ARM_ARCH_6M__)
  WORD(0xe000ed24) |= 1 << 16;
#endif
  probe("off");
#if __ARM_ARCH != 8
  region(0, (uint32_t)arena, 2048, FULL, 0);
  region(1, (uint32_t)arena + 512, 512, NONE, 0);
  region(2, (uint32_t)arena + 1024, 256, READ, 0);
  MPU_CTRL = 5;
  barrier();
  probe("on");
  MPU_RNR = 1;
  MPU_RASR |= 0x55 << 8;
  barrier();
  probe("subregions");
#else
  region(0, (uint32_t)arena + 512, 512, READ, 0);
  MPU_CTRL = 5;
  barrier();
  probe("on");
#endif
  MPU_CTRL = 0;
  barrier();
  probe("off again");
  print_value("faults", faults);
  return 0;
}
