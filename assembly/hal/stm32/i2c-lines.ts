// The two lines of an I2C controller as pins: routed to it, looked at, and driven by hand to free a bus (UM10204 3.1.16).

import { load32, store32 } from "../../mmio";
import { I2C_OK, I2C_STUCK } from "../../wire";
import { timerNowLow } from "../kinds";
import { alternate, OPEN_DRAIN, openDrainOutput, portOf } from "./pins";
import { GPIO_BSRR, GPIO_IDR } from "./registers";

@external("config", "i2c.data") declare const data: u32;
@external("config", "i2c.clock") declare const clock: u32;
@external("config", "i2c.function") declare const which: u32;

/** Half a period of recovery's clock, in µs, and how many looks at the time that is at most. */
const HALF: u32 = 5;
const LOOKS: u32 = 10_000;

export function routeLines(): void {
  alternate(clock, which, OPEN_DRAIN);
  alternate(data, which, OPEN_DRAIN);
}

export function dataHigh(): bool {
  return ((load32(portOf(data) + GPIO_IDR) >> (data & 15)) & 1) != 0;
}

function drive(pin: u32, high: bool): void {
  store32(portOf(pin) + GPIO_BSRR, 1 << ((pin & 15) + (high ? 0 : 16)));
  const began = timerNowLow();
  for (let looks: u32 = 0; looks < LOOKS; looks++) if (timerNowLow() - began >= HALF) return;
}

/** Nine clocks and a stop; the controller is off. */
export function freeLines(): i32 {
  drive(clock, true);
  drive(data, true);
  openDrainOutput(clock);
  openDrainOutput(data);
  for (let i = 0; i < 9; i++) {
    drive(clock, false);
    drive(clock, true);
  }
  // stop: SDA rises while SCL is high
  drive(clock, false);
  drive(data, false);
  drive(clock, true);
  drive(data, true);
  const free = dataHigh();
  routeLines();
  return free ? I2C_OK : I2C_STUCK;
}
