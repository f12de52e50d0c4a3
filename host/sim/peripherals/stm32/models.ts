// Rows of STM32 peripherals.

import type { PeripheralModel } from "../models.ts";
import { AdcF4 } from "./adc-f4.ts";
import { DmaF4 } from "./dma-f4.ts";
import { DmaL4 } from "./dma-l4.ts";
import { Dmamux } from "./dmamux.ts";
import { FlashF4 } from "./flash-f4.ts";
import { FlashL4 } from "./flash-l4.ts";
import { Stm32Gpio } from "./gpio.ts";
import { I2cV1 } from "./i2c-v1.ts";
import { I2cV2 } from "./i2c-v2.ts";
import { I2sF4 } from "./i2s-f4.ts";
import { PwrF4 } from "./pwr-f4.ts";
import { PwrL4 } from "./pwr-l4.ts";
import { RccF4 } from "./rcc-f4.ts";
import { RccL4 } from "./rcc-l4.ts";
import { SaiL4 } from "./sai-l4.ts";
import { Stm32Timer } from "./timer.ts";
import { Stm32Watchdog } from "./watchdog.ts";

export const stm32Models: Readonly<Record<string, PeripheralModel>> = {
  "stm32f4-adc": { make: (ports) => new AdcF4(ports) },
  "stm32f4-dma": { make: (ports) => new DmaF4(ports) },
  "stm32f4-flash": { make: (ports) => new FlashF4(ports) },
  "stm32f4-i2s": { make: (ports) => new I2sF4(ports) },
  "stm32f4-pwr": { make: (ports) => new PwrF4(ports) },
  "stm32f4-rcc": { make: (ports) => new RccF4(ports) },
  "stm32l4-dma": { make: (ports) => new DmaL4(ports) },
  "stm32l4-dmamux": { make: (ports) => new Dmamux(ports) },
  "stm32l4-flash": { make: (ports) => new FlashL4(ports) },
  "stm32l4-pwr": { make: (ports) => new PwrL4(ports) },
  "stm32l4-rcc": { make: (ports) => new RccL4(ports) },
  "stm32l4-sai": { make: (ports) => new SaiL4(ports) },
  "stm32-gpio": { make: (ports) => new Stm32Gpio(ports), pinMux: true },
  "stm32-i2c1": { make: (ports) => new I2cV1(ports) },
  "stm32-i2c2": { make: (ports) => new I2cV2(ports) },
  "stm32-iwdg": { make: (ports) => new Stm32Watchdog(ports) },
  "stm32-timer": { make: (ports) => new Stm32Timer(ports) },
};
