// Pins of an STM32: 16 to a port, numbered through (PA0 = 0, PB0 = 16). The port's clock must run (the family's clock driver turns all on).

import { field32 } from "../../mmio";
import { GPIO_AFRL, GPIO_MODER, GPIO_OTYPER, GPIO_PORT_BYTES, GPIO_PUPDR } from "./registers";

@external("config", "clock.ports") declare const ports: usize;

export const PULL_UP: u32 = 1;
export const OPEN_DRAIN: u32 = 1;
export const PUSH_PULL: u32 = 0;
const MODE_OUTPUT: u32 = 1;
const MODE_ALTERNATE: u32 = 2;
const MODE_ANALOG: u32 = 3;

export function portOf(pin: u32): usize {
  return ports + <usize>(pin >> 4) * GPIO_PORT_BYTES;
}

function mode(pin: u32, kind: u32, drive: u32): void {
  const port = portOf(pin);
  const n = pin & 15;
  field32(port + GPIO_OTYPER, 1 << n, drive << n);
  field32(port + GPIO_PUPDR, 3 << (2 * n), PULL_UP << (2 * n));
  field32(port + GPIO_MODER, 3 << (2 * n), kind << (2 * n));
}

/** Alternate function 0 to 15, with a pull-up: an open line idles high. */
export function alternate(pin: u32, which: u32, drive: u32): void {
  const shift = 4 * (pin & 7);
  field32(portOf(pin) + GPIO_AFRL + ((pin & 8) >> 1), 15 << shift, which << shift);
  mode(pin, MODE_ALTERNATE, drive);
}

export function openDrainOutput(pin: u32): void {
  mode(pin, MODE_OUTPUT, OPEN_DRAIN);
}

export function analog(pin: u32): void {
  const n = pin & 15;
  field32(portOf(pin) + GPIO_PUPDR, 3 << (2 * n), 0);
  field32(portOf(pin) + GPIO_MODER, 3 << (2 * n), MODE_ANALOG << (2 * n));
}
