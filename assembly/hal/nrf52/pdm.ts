// nrf_pdm: a PDM microphone (nRF52840 PS 6.15), decimated by the hardware to 16-bit samples. Two blocks take turns:
//
//   STARTED (the block in PTR is taken over)  ─►  PTR = the other block          END (it is full)  ─►  audioBlock
//
// The clock of 1.28 MHz / 80 is 16 kHz exactly; other rates that the dividers make: 12,500, 15,625, 16,129 (1.032 MHz / 64), 20,000.

import { load32, store32 } from "../../mmio";
import { SENSOR_NOT_READY } from "../../wire";
import { audioBlock } from "../../firmware/audio";
import { listen, restHigh, restLow } from "../nrf/pins";
import {
  PDM,
  PDM_ENABLE,
  PDM_ENABLE_ENABLED,
  PDM_EVENTS_END,
  PDM_EVENTS_STARTED,
  PDM_GAINL,
  PDM_GAINL_DEFAULT_GAIN,
  PDM_GAINR,
  PDM_INTENCLR,
  PDM_INTENSET,
  PDM_INTENSET_END,
  PDM_INTENSET_STARTED,
  PDM_MODE,
  PDM_MODE_OPERATION_MONO,
  PDM_PDMCLKCTRL,
  PDM_PDMCLKCTRL_1000K,
  PDM_PDMCLKCTRL_1280K,
  PDM_PDMCLKCTRL_DEFAULT,
  PDM_PSEL_CLK,
  PDM_PSEL_DIN,
  PDM_RATIO,
  PDM_RATIO_RATIO64,
  PDM_RATIO_RATIO80,
  PDM_SAMPLE_MAXCNT,
  PDM_SAMPLE_PTR,
  PDM_TASKS_START,
  PDM_TASKS_STOP,
} from "../nrf/registers";

@external("config", "audio.clock") declare const clockPin: u32;
@external("config", "audio.data") declare const dataPin: u32;
/** Feeds the microphone, driven high; −1: none. */
@external("config", "audio.power") declare const powerPin: i32;
@external("ram", "nrf_pdm_blocks 512") declare const blocks: usize;
/** Block that is being filled: 0, 1. */
@external("ram", "nrf_pdm_filling 4") declare const filling: usize;

const SAMPLES: u32 = 128;

function setRate(rate: u32): bool {
  const by80 = rate == 16_000 || rate == 12_500;
  const fast = rate == 16_000 || rate == 20_000;
  const slow = rate == 12_500 || rate == 15_625;
  if (!fast && !slow && rate != 16_129) return false;
  store32(PDM + PDM_PDMCLKCTRL, fast ? PDM_PDMCLKCTRL_1280K : slow ? PDM_PDMCLKCTRL_1000K : PDM_PDMCLKCTRL_DEFAULT);
  store32(PDM + PDM_RATIO, by80 ? PDM_RATIO_RATIO80 : PDM_RATIO_RATIO64);
  return true;
}

export function nrf_pdm_start(rate: u32): i32 {
  if (!setRate(rate)) return SENSOR_NOT_READY;
  if (powerPin >= 0) restHigh(powerPin);
  restLow(clockPin);
  listen(dataPin);
  store32(PDM + PDM_PSEL_CLK, clockPin);
  store32(PDM + PDM_PSEL_DIN, dataPin);
  store32(PDM + PDM_MODE, PDM_MODE_OPERATION_MONO);
  store32(PDM + PDM_GAINL, PDM_GAINL_DEFAULT_GAIN);
  store32(PDM + PDM_GAINR, PDM_GAINL_DEFAULT_GAIN);
  store32(filling, 1);
  store32(PDM + PDM_SAMPLE_PTR, <u32>blocks);
  store32(PDM + PDM_SAMPLE_MAXCNT, SAMPLES);
  store32(PDM + PDM_EVENTS_STARTED, 0);
  store32(PDM + PDM_EVENTS_END, 0);
  store32(PDM + PDM_INTENSET, PDM_INTENSET_STARTED | PDM_INTENSET_END);
  store32(PDM + PDM_ENABLE, PDM_ENABLE_ENABLED);
  store32(PDM + PDM_TASKS_START, 1);
  return 0;
}

export function nrf_pdm_stop(): void {
  store32(PDM + PDM_TASKS_STOP, 1);
  store32(PDM + PDM_INTENCLR, PDM_INTENSET_STARTED | PDM_INTENSET_END);
  store32(PDM + PDM_ENABLE, 0);
}

export function nrf_pdm_isr(): void {
  // END first: where the handler came late both are there, and the full block is the older one
  if (load32(PDM + PDM_EVENTS_END)) {
    store32(PDM + PDM_EVENTS_END, 0);
    audioBlock(blocks + load32(filling) * (SAMPLES << 1), SAMPLES);
  }
  if (load32(PDM + PDM_EVENTS_STARTED)) {
    store32(PDM + PDM_EVENTS_STARTED, 0);
    const now = load32(filling) ^ 1;
    store32(filling, now);
    store32(PDM + PDM_SAMPLE_PTR, <u32>blocks + (now ^ 1) * (SAMPLES << 1));
  }
}
