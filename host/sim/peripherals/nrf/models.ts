// Rows of nRF51 and nRF52 peripherals.

import type { PeripheralModel } from "../models.ts";
import { NrfClockPower } from "./clock-power.ts";
import { NrfGpio } from "./gpio.ts";
import { NrfNvmc } from "./nvmc.ts";
import { NrfPdm } from "./pdm.ts";
import { NrfPpi } from "./ppi.ts";
import { NrfRtc } from "./rtc.ts";
import { NrfSaadc } from "./saadc.ts";
import { NrfTimer } from "./timer.ts";
import { NrfTwim } from "./twim.ts";
import { NrfUsbd } from "./usbd.ts";
import { NrfWatchdog } from "./watchdog.ts";

export const nrfModels: Readonly<Record<string, PeripheralModel>> = {
  "nrf-clock-power": { make: (ports) => new NrfClockPower(ports) },
  "nrf-gpio": { make: (ports) => new NrfGpio(ports), pinMux: true },
  "nrf-nvmc": { make: (ports) => new NrfNvmc(ports) },
  "nrf-pdm": { make: (ports) => new NrfPdm(ports) },
  "nrf-ppi": { make: (ports) => new NrfPpi(ports) },
  "nrf-rtc": { make: (ports) => new NrfRtc(ports) },
  "nrf-saadc": { make: (ports) => new NrfSaadc(ports) },
  "nrf-timer": { make: (ports) => new NrfTimer(ports) },
  "nrf-twim": { make: (ports) => new NrfTwim(ports) },
  "nrf-usbd": { make: (ports) => new NrfUsbd(ports) },
  "nrf-wdt": { make: (ports) => new NrfWatchdog(ports) },
};
