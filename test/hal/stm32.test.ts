// Drivers of the STM32 families on simulated boards: stm32-cases.ts; and what one board proves for all.

import { describeBoard, describeBus, describeSound } from "./stm32-cases.ts";

describeBoard("nucleo-f446re", {
  hz: 180e6,
  faults: { hse: [1, 16e6], pwr: [4, 16e6], pll: [2, 16e6], rcc: [3, 16e6] },
});
describeBoard("blackpill-f411", { hz: 100e6, faults: { hse: [1, 16e6] } });
describeBoard("nucleo-l4r5zi", { hz: 120e6, faults: { hsi: [1, 4e6], pwr: [4, 16e6], pll: [2, 16e6], rcc: [3, 4e6] } });
describeBus("nucleo-f446re");
describeBus("nucleo-l4r5zi");
describeSound("nucleo-f446re");
