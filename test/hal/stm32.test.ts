// Drivers of the STM32 families on simulated boards: stm32-cases.ts; and what one board proves for all.

import { describeBoard, describeBus, describeSound, testStore, testStoreStuck } from "./stm32-cases.ts";

describeBoard("nucleo-f446re", {
  hz: 180e6,
  faults: { hse: [1, 16e6], pwr: [4, 16e6], pll: [2, 16e6], rcc: [3, 16e6] },
});
describeBoard("nucleo-l4r5zi", { hz: 120e6, faults: { hsi: [1, 4e6], pwr: [4, 16e6], pll: [2, 16e6], rcc: [3, 4e6] } });
describeBus("nucleo-f446re");
describeBus("nucleo-l4r5zi");
describeSound("nucleo-f446re");
// a word takes 16 µs, a double word 81.69 µs
testStore("nucleo-f446re", 0x0800c000, 0x4000, 0.25 + 64 * 16e-6);
testStore("nucleo-l4r5zi", 0x081fe000, 0x1000, 0.02202 + 32 * 81.69e-6);
testStoreStuck("nucleo-f446re", 0x0800c000);
