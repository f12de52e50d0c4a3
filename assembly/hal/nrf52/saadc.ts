// nrf_saadc: an analog microphone on one input (nRF52840 PS 6.23), sampled by the converter's own timer at 16 MHz / CC. Two blocks take
// turns; PPI starts the next one when one is full, so that no sample is lost however late the handler comes (by less than a block):
//
//   END ─ PPI ─► START: PTR is taken over   STARTED ─► PTR = the block after          END ─► scaled to int16, audioBlock
//
// 12 bits of 3.6 V, a microphone that rests at half of 3.3 V: sample = (value − 1877) · 16.

import { load16, load32, store16, store32 } from "../../mmio";
import { SENSOR_NOT_READY } from "../../wire";
import { audioBlock } from "../../firmware/audio";
import {
  PPI,
  PPI_CH_EEP,
  PPI_CH_TEP,
  PPI_CHENCLR,
  PPI_CHENSET,
  SAADC,
  SAADC_CH_CONFIG,
  SAADC_CH_CONFIG_GAIN_GAIN1_6,
  SAADC_CH_CONFIG_TACQ_10US,
  SAADC_CH_PSELN,
  SAADC_CH_PSELP,
  SAADC_ENABLE,
  SAADC_ENABLE_ENABLED,
  SAADC_EVENTS_END,
  SAADC_EVENTS_STARTED,
  SAADC_INTENCLR,
  SAADC_INTENSET,
  SAADC_INTENSET_END,
  SAADC_INTENSET_STARTED,
  SAADC_RESOLUTION,
  SAADC_RESOLUTION_12BIT,
  SAADC_RESULT_MAXCNT,
  SAADC_RESULT_PTR,
  SAADC_SAMPLERATE,
  SAADC_SAMPLERATE_MODE_TIMERS,
  SAADC_TASKS_SAMPLE,
  SAADC_TASKS_START,
  SAADC_TASKS_STOP,
} from "../nrf/registers";

/** AIN0 … AIN7. */
@external("config", "audio.input") declare const input: u32;
@external("ram", "nrf_saadc_blocks 512") declare const blocks: usize;
/** Block that is being filled: 0, 1. */
@external("ram", "nrf_saadc_filling 4") declare const filling: usize;

const SAMPLES: u32 = 128;
const REST: i32 = 1877;

export function nrf_saadc_start(rate: u32): i32 {
  const divider = 16_000_000 / rate;
  // CC takes 80 to 2047 (PS 6.23.9.94)
  if (divider * rate != 16_000_000 || divider < 80 || divider > 2047) return SENSOR_NOT_READY;
  store32(SAADC + SAADC_ENABLE, SAADC_ENABLE_ENABLED);
  store32(SAADC + SAADC_CH_PSELP, input + 1);
  store32(SAADC + SAADC_CH_PSELN, 0);
  store32(SAADC + SAADC_CH_CONFIG, SAADC_CH_CONFIG_GAIN_GAIN1_6 | SAADC_CH_CONFIG_TACQ_10US);
  store32(SAADC + SAADC_RESOLUTION, SAADC_RESOLUTION_12BIT);
  store32(SAADC + SAADC_SAMPLERATE, SAADC_SAMPLERATE_MODE_TIMERS | divider);
  store32(filling, 1);
  store32(SAADC + SAADC_RESULT_PTR, <u32>blocks);
  store32(SAADC + SAADC_RESULT_MAXCNT, SAMPLES);
  store32(PPI + PPI_CH_EEP, <u32>SAADC + SAADC_EVENTS_END);
  store32(PPI + PPI_CH_TEP, <u32>SAADC + SAADC_TASKS_START);
  store32(PPI + PPI_CHENSET, 1);
  store32(SAADC + SAADC_EVENTS_STARTED, 0);
  store32(SAADC + SAADC_EVENTS_END, 0);
  store32(SAADC + SAADC_INTENSET, SAADC_INTENSET_STARTED | SAADC_INTENSET_END);
  store32(SAADC + SAADC_TASKS_START, 1);
  store32(SAADC + SAADC_TASKS_SAMPLE, 1);
  return 0;
}

export function nrf_saadc_stop(): void {
  store32(PPI + PPI_CHENCLR, 1);
  store32(SAADC + SAADC_INTENCLR, SAADC_INTENSET_STARTED | SAADC_INTENSET_END);
  store32(SAADC + SAADC_TASKS_STOP, 1);
  store32(SAADC + SAADC_ENABLE, 0);
}

function scale(block: usize): void {
  for (const end = block + (SAMPLES << 1); block < end; block += 2)
    store16(block, min(max((<i32>load16(block) - REST) << 4, -32768), 32767));
}

export function nrf_saadc_isr(): void {
  if (load32(SAADC + SAADC_EVENTS_END)) {
    store32(SAADC + SAADC_EVENTS_END, 0);
    const full = blocks + load32(filling) * (SAMPLES << 1);
    scale(full);
    audioBlock(full, SAMPLES);
  }
  if (load32(SAADC + SAADC_EVENTS_STARTED)) {
    store32(SAADC + SAADC_EVENTS_STARTED, 0);
    const now = load32(filling) ^ 1;
    store32(filling, now);
    store32(SAADC + SAADC_RESULT_PTR, <u32>blocks + (now ^ 1) * (SAMPLES << 1));
  }
}
