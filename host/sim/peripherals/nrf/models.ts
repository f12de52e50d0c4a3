// Rows of nRF51 and nRF52 peripherals.

import type { PeripheralModel } from "../models.ts";
import { NrfClockPower } from "./clock-power.ts";
import { NrfGpio } from "./gpio.ts";
import { NrfNvmc } from "./nvmc.ts";
import { NrfRtc } from "./rtc.ts";
import { NrfTimer } from "./timer.ts";
import { NrfWatchdog } from "./watchdog.ts";

export const nrfModels: Readonly<Record<string, PeripheralModel>> = {
  "nrf-clock-power": { make: (ports) => new NrfClockPower(ports) },
  "nrf-gpio": { make: (ports) => new NrfGpio(ports), pinMux: true },
  "nrf-nvmc": { make: (ports) => new NrfNvmc(ports) },
  "nrf-rtc": { make: (ports) => new NrfRtc(ports) },
  "nrf-timer": { make: (ports) => new NrfTimer(ports) },
  "nrf-wdt": { make: (ports) => new NrfWatchdog(ports) },
};
