// Start-up for every machine of the tests: vector table, .data, .bss, FPU, UART; then main; then the end mark.
// -DUART=address -DUART_KIND=1 CMSDK, 2 nRF51, 3 PL011, 4 STM32 v1, 5 STM32 v2, 6 UARTE

#include "board.h"

typedef void (*vector)(void);
extern const vector vectors[];
extern uint32_t _data_load, _data, _data_end, _bss, _bss_end, _stack;
int main(void);

#define REG(offset) (*(volatile uint32_t *)(UART + (offset)))

void uart_start(void) {
#if UART_KIND == 1
  REG(0x10) = 16;
  REG(8) = 3;
#elif UART_KIND == 2
  REG(0x500) = 4;
  REG(8) = 1;
#elif UART_KIND == 3
  REG(0x30) = 0x301;
#elif UART_KIND == 4
  REG(8) = 0x16d;
  REG(0xc) = 0x200c;
#elif UART_KIND == 5
  REG(0xc) = 0x16d;
  REG(0) = 13;
#elif UART_KIND == 6
  REG(0x500) = 8;
#endif
}

void uart_put(char c) {
#if UART_KIND == 1
  while (REG(4) & 1) {}
  REG(0) = c;
#elif UART_KIND == 2
  REG(0x11c) = 0;
  REG(0x51c) = c;
  while (!REG(0x11c)) {}
#elif UART_KIND == 3
  while (REG(0x18) & 0x20) {}
  REG(0) = c;
#elif UART_KIND == 4
  while (!(REG(0) & 0x80)) {}
  REG(4) = c;
#elif UART_KIND == 5
  while (!(REG(0x1c) & 0x80)) {}
  REG(0x28) = c;
#elif UART_KIND == 6
  static char byte;
  byte = c;
  REG(0x120) = 0;
  REG(0x544) = (uint32_t)&byte;
  REG(0x548) = 1;
  REG(8) = 1;
  while (!REG(0x120)) {}
#endif
}

void print(const char *text) {
  while (*text) uart_put(*text++);
}

void print_hex(uint32_t value) {
  for (int i = 28; i >= 0; i -= 4) uart_put("0123456789abcdef"[(value >> i) & 15]);
}

void print_value(const char *name, uint32_t value) {
  print(name);
  print(" ");
  print_hex(value);
  print("\n");
}

// Semihosting exit: ends QEMU and the simulator alike. R1 = 0x20026 (ADP_Stopped_ApplicationExit).
void finish(void) {
  print("end\n");
  __asm volatile("movs r0, #0x18\n ldr r1, =0x20026\n bkpt 0xab" ::: "r0", "r1");
  for (;;) {}
}

void reset_handler(void) {
#ifdef SET_VTOR
  *(volatile uint32_t *)0xe000ed08 = (uint32_t)vectors;
#endif
  uint32_t *from = &_data_load;
  for (uint32_t *to = &_data; to < &_data_end;) *to++ = *from++;
  for (uint32_t *to = &_bss; to < &_bss_end;) *to++ = 0;
#if defined(__ARM_FP) && __ARM_FP
  *(volatile uint32_t *)0xe000ed88 |= 0xf << 20;
  __asm volatile("dsb\n isb");
#endif
  uart_start();
  main();
  finish();
}

void __attribute__((weak)) default_handler(void) {
  uint32_t number;
  __asm volatile("mrs %0, ipsr" : "=r"(number));
  print_value("unexpected exception", number);
  finish();
}

#define HANDLER(name) void __attribute__((weak, alias("default_handler"))) name(void);
HANDLER(nmi_handler)
HANDLER(hardfault_handler)
HANDLER(memmanage_handler)
HANDLER(busfault_handler)
HANDLER(usagefault_handler)
HANDLER(svc_handler)
HANDLER(pendsv_handler)
HANDLER(systick_handler)
HANDLER(irq0_handler)
HANDLER(irq1_handler)
HANDLER(irq2_handler)
HANDLER(irq3_handler)
HANDLER(irq4_handler)
HANDLER(irq5_handler)
HANDLER(irq6_handler)
HANDLER(irq7_handler)

__attribute__((section(".vectors"), used)) const vector vectors[] = {
    (vector)&_stack, reset_handler, nmi_handler, hardfault_handler, memmanage_handler, busfault_handler,
    usagefault_handler, 0, 0, 0, 0, svc_handler, default_handler, 0, pendsv_handler, systick_handler,
    irq0_handler, irq1_handler, irq2_handler, irq3_handler, irq4_handler, irq5_handler, irq6_handler, irq7_handler};
