// Pins for peripherals. A peripheral's PSEL takes a pin over while it is enabled, but what the pin does before and how it drives is the
// GPIO's business (nRF52840 PS 6.9.2; UARTE 6.34.8, TWIM 6.31.6 say how). Pin number = 32 · port + pin; PSEL has the same form.

import { load32, store32 } from "../../mmio";
import {
  GPIO,
  GPIO_DIRSET,
  GPIO_IN,
  GPIO_OUTCLR,
  GPIO_OUTSET,
  GPIO_PIN_CNF,
  GPIO_PIN_CNF_DIR_OUTPUT,
  GPIO_PIN_CNF_DRIVE_S0D1,
  GPIO_PIN_CNF_INPUT_DISCONNECT,
  GPIO_PIN_CNF_PULL_PULLUP,
  GPIO_PORT_BYTES,
} from "./registers";

/** PSEL of a signal that has no pin. */
export const DISCONNECTED: u32 = 0xffff_ffff;

// @ts-ignore: decorator
@inline
function port(pin: u32): usize {
  return GPIO + (pin >> 5) * GPIO_PORT_BYTES;
}

function configure(pin: u32, bits: u32): void {
  store32(port(pin) + GPIO_PIN_CNF + ((pin & 31) << 2), bits);
}

export function pinHigh(pin: u32): void {
  store32(port(pin) + GPIO_OUTSET, 1 << (pin & 31));
}

export function pinLow(pin: u32): void {
  store32(port(pin) + GPIO_OUTCLR, 1 << (pin & 31));
}

export function pinIn(pin: u32): u32 {
  return (load32(port(pin) + GPIO_IN) >> (pin & 31)) & 1;
}

/** Output, high: a line that rests high stays so. */
export function restHigh(pin: u32): void {
  pinHigh(pin);
  configure(pin, GPIO_PIN_CNF_DIR_OUTPUT | GPIO_PIN_CNF_INPUT_DISCONNECT);
  store32(port(pin) + GPIO_DIRSET, 1 << (pin & 31));
}

/** Input with the pull-up: an open line rests high. */
export function listen(pin: u32): void {
  configure(pin, GPIO_PIN_CNF_PULL_PULLUP);
}

/** Output low: a clock that rests low. */
export function restLow(pin: u32): void {
  pinLow(pin);
  configure(pin, GPIO_PIN_CNF_DIR_OUTPUT | GPIO_PIN_CNF_INPUT_DISCONNECT);
}

/** Both in and out, driven low only. */
export function openDrain(pin: u32, output: bool): void {
  configure(pin, GPIO_PIN_CNF_DRIVE_S0D1 | GPIO_PIN_CNF_PULL_PULLUP | (output ? GPIO_PIN_CNF_DIR_OUTPUT : 0));
}
