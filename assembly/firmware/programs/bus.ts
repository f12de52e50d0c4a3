// Proves the I2C driver: once a tenth of a second it writes register 0x10 and two bytes, then reads them back with a repeated start; each
// line says what start, write and read returned, what was read, and how recovery went where the bus was stuck.

import {
  clockStart,
  consolePoll,
  consoleStart,
  i2cRecover,
  i2cStart,
  i2cTransfer,
  timerAlarm,
  timerNowLow,
  timerStart,
} from "../../hal/kinds";
import { cpsie, wfi } from "../../cpu";
import { load8, store8 } from "../../mmio";
import { I2C_STUCK } from "../../wire";
import { begin, decimal32, end, put, signed, text } from "../console";
import { enableInterrupts } from "../interrupts";

@external("ram", "bus_bytes 8") declare const bytes: usize;
@external("config", "bus.address") declare const address: u32;
@external("text", "bus ") declare const busText: usize;
@external("text", " recovered ") declare const recoveredText: usize;

const PERIOD: u32 = 100_000;

export function bus_main(): void {
  clockStart();
  timerStart();
  consoleStart();
  enableInterrupts();
  cpsie();
  const started = i2cStart();
  let next = timerNowLow();
  for (let turn: u32 = 1; ; turn++) {
    store8(bytes, 0x10);
    store8(bytes + 1, turn);
    store8(bytes + 2, turn ^ 0xff);
    const wrote = i2cTransfer(address, bytes, 3, 0, 0);
    const read = i2cTransfer(address, bytes, 1, bytes + 4, 2);
    begin();
    text(busText);
    signed(started);
    put(32);
    signed(wrote);
    put(32);
    signed(read);
    put(32);
    decimal32(load8(bytes + 4));
    put(32);
    decimal32(load8(bytes + 5));
    if (wrote == I2C_STUCK) {
      text(recoveredText);
      signed(i2cRecover());
    }
    put(10);
    end();
    next += PERIOD;
    timerAlarm(next);
    while (<i32>(timerNowLow() - next) < 0) {
      wfi();
      consolePoll();
    }
  }
}
