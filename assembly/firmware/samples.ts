// Samples on their way from a sensor to the front end: one ring of int16, all channels of a sample together. One producer (the alarm's
// handler, an audio handler, or replay) and the main loop, which reads windows in place.
//
//   head      samples ever pushed; slot = head % ring.samples
//   windowEnd head at which the next window is complete; it is (windowEnd − length … windowEnd]
//   overrun   a window whose first sample has been overwritten before it could be read: counted, never silent
//
// Sample numbers are free-running 32-bit counters: 2.7 years at 50 Hz.

import { load32, store16, store32 } from "../mmio";

@external("ram", "sample_ring window.ringBytes") declare const ring: usize;
@external("ram", "sample_head 4") declare const headWord: usize;
@external("config", "window.capacity") declare const ringSamples: u32;
@external("config", "sensor.channels") declare const channels: u32;
@external("table", "crc") declare const crcTable: usize;

/** Of all samples that the main loop has seen, in the order of their bytes. */
let crc: u32 = 0;
let seen: u32 = 0;

export function sampleHead(): u32 {
  return load32(headWord);
}

/** Where the next sample is written; `sampleWritten` then makes it visible. */
export function nextSlot(): usize {
  return slotOf(load32(headWord));
}

export function slotOf(sample: u32): usize {
  return ring + (sample % ringSamples) * (channels << 1);
}

export function sampleWritten(): void {
  store32(headWord, load32(headWord) + 1);
}

export function samplesWritten(count: u32): void {
  store32(headWord, load32(headWord) + count);
}

/** Nothing is known of a sample that could not be read: its place is filled with the one before, so that time goes on. */
export function repeatSample(): void {
  const head = load32(headWord);
  const to = slotOf(head);
  const from = slotOf(head - 1);
  for (let i: u32 = 0; i < channels << 1; i += 2) store16(to + i, <u32>load<u16>(from + i));
  store32(headWord, head + 1);
}

export function clearSamples(): void {
  store32(headWord, 0);
  crc = 0;
  seen = 0;
}

/** CRC-32 over the samples that came since the last call; a counter ramp fed to the sensor proves that none is lost. */
export function followCrc(): void {
  const head = load32(headWord);
  if (head - seen > ringSamples) seen = head - ringSamples;
  for (; seen != head; seen++) {
    const from = slotOf(seen);
    let value = ~crc;
    for (let i: u32 = 0; i < channels << 1; i++) {
      value ^= <u32>load<u8>(from + i);
      value = (value >> 4) ^ load<u32>(crcTable + ((value & 15) << 2));
      value = (value >> 4) ^ load<u32>(crcTable + ((value & 15) << 2));
    }
    crc = ~value;
  }
}

/** How many of them the CRC is over: a sample that has just come is not among them. */
export function samplesSeen(): u32 {
  return seen;
}

export function sampleCrc(): u32 {
  return crc;
}
