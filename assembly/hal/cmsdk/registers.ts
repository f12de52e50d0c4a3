// Registers of the Cortex-M System Design Kit's peripherals (Arm DDI 0479D, 4.3 UART, 4.1 timer, 4.4 watchdog), as offsets; bits in place.
// test/hal/cmsdk-registers.test.ts holds them against the kit's own header file. Unannotated: TypeScript reads them too.

/** APB UART, table 4-7. */
export const UART_DATA = 0x000;
export const UART_STATE = 0x004;
export const UART_STATE_TXBF = 1 << 0;
export const UART_STATE_RXBF = 1 << 1;
export const UART_STATE_RXOR = 1 << 3;
export const UART_CTRL = 0x008;
export const UART_CTRL_TXEN = 1 << 0;
export const UART_CTRL_RXEN = 1 << 1;
export const UART_CTRL_TXIRQEN = 1 << 2;
export const UART_CTRL_RXIRQEN = 1 << 3;
export const UART_INTCLEAR = 0x00c;
export const UART_INTCLEAR_TXIRQ = 1 << 0;
export const UART_INTCLEAR_RXIRQ = 1 << 1;
export const UART_BAUDDIV = 0x010;

/** APB timer, table 4-1. */
export const TIMER_CTRL = 0x000;
export const TIMER_CTRL_EN = 1 << 0;
export const TIMER_CTRL_IRQEN = 1 << 3;
export const TIMER_VALUE = 0x004;
export const TIMER_RELOAD = 0x008;
export const TIMER_INTCLEAR = 0x00c;
export const TIMER_INTCLEAR_CLEAR = 1 << 0;

/** APB watchdog, table 4-14. */
export const WATCHDOG_LOAD = 0x000;
export const WATCHDOG_CTRL = 0x008;
export const WATCHDOG_CTRL_INTEN = 1 << 0;
export const WATCHDOG_CTRL_RESEN = 1 << 1;
export const WATCHDOG_INTCLR = 0x00c;
export const WATCHDOG_LOCK = 0xc00;
export const WATCHDOG_LOCK_UNLOCK = 0x1acce551;
