// The interrupt controller (DDI 0403E B3.4, DDI 0419E B3.4): every handler that the image has gets one priority and is enabled.
// The table comes from the wasm room: `count` words, each an interrupt number; SysTick and NMI have no enable bit and are not in it.

import { store32, field32 } from "../mmio";

@external("table", "interrupts") declare const interrupts: usize;
@external("config", "interrupts.count") declare const count: i32;

const ISER: usize = 0xe000e100;
const ICPR: usize = 0xe000e280;
const IPR: usize = 0xe000e400;

export function enableInterrupts(): void {
  for (let i = 0; i < count; i++) {
    const number = load<u32>(interrupts + (i << 2));
    const word = (number >> 5) << 2;
    const bit: u32 = 1 << (number & 31);
    const lane = (number & 3) << 3;
    // words only: v6-M has no byte access here
    field32(IPR + (number & ~3), 0xff << lane, 0x80 << lane);
    store32(ICPR + word, bit);
    store32(ISER + word, bit);
  }
}
