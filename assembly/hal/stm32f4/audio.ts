// stm32f4_audio: an analog microphone on an input of ADC1 (RM0390 13), one conversion at each update of TIM3 (17), moved by stream 0 of DMA2 (9)
// into two blocks in turn (DBM). The handler turns 12 bits around half the supply into int16 and hands the block on; it has one block's time
// for that, 16 ms at 16 kHz. Where it comes later the stream has gone round: CT, or the time since, tells, and what was lost is said.
//
//   TIM3 ─ TRGO ─► ADC1 ─ request ─► DMA2 stream 0 ─► block 0, block 1, block 0 …      OVR: the DMA came too late; both start anew

import { audioBlock, audioLost } from "../../firmware/audio";
import { load16, load32, store16, store32 } from "../../mmio";
import { SENSOR_NOT_READY } from "../../wire";
import { clockHz, timerNowLow } from "../kinds";
import { analog } from "../stm32/pins";
import { TIM_ARR, TIM_CR1, TIM_CR1_CEN, TIM_CR2, TIM_CR2_MMS_UPDATE, TIM_EGR, TIM_PSC, TIM_UPDATE } from "../stm32/registers";
import {
  ADC1,
  ADC1_CR1,
  ADC1_CR1_OVRIE,
  ADC1_CR2,
  ADC1_CR2_ADON,
  ADC1_CR2_DDS,
  ADC1_CR2_DMA,
  ADC1_DR,
  ADC1_SMPR1,
  ADC1_SMPR2,
  ADC1_SQR1,
  ADC1_SQR3,
  ADC1_SR,
  ADC1_SR_OVR,
  ADC_COMMON,
  ADC_COMMON_CCR,
  DMA2,
  DMA2_LIFCR,
  DMA2_LISR,
  DMA2_LISR_TCIF0,
  STREAM0_CR,
  STREAM0_CR_CT,
  STREAM0_CR_DBM,
  STREAM0_CR_EN,
  STREAM0_CR_MINC,
  STREAM0_CR_TCIE,
  STREAM0_M0AR,
  STREAM0_M1AR,
  STREAM0_NDTR,
  STREAM0_PAR,
  TIM3,
} from "./registers";

/** ADC1_IN0 to 15. */
@external("config", "audio.input") declare const input: u32;
/** The core's clock over the timer's, when the core runs on the board's clock; 1 on a fallback. */
@external("config", "timer.divider") declare const divider: u32;
@external("config", "board.clockHz") declare const boardHz: u32;
@external("ram", "stm32f4_audio_blocks 1024") declare const blocks: usize;
/** The block that is handed on next; when the last one was, in µs; µs of two blocks. */
@external("ram", "stm32f4_audio_state 12") declare const state: usize;

const SAMPLES: u32 = 256;
/** Halfwords at both ends, into memory, one block after the other. */
const STREAM: u32 = STREAM0_CR_EN | STREAM0_CR_TCIE | STREAM0_CR_MINC | STREAM0_CR_DBM | (1 << 11) | (1 << 13);
/** All flags of stream 0. */
const FLAGS: u32 = 0x3d;
/** 56 cycles for the input to settle, on every channel. */
const SETTLE: u32 = 0x1b6db6db;
/** TIM3_TRGO, rising. */
const TRIGGER: u32 = (8 << 24) | (1 << 28);
const PATIENCE: u32 = 10_000;

/** IN0 to 7 are PA0 to 7, IN8 and 9 PB0 and 1, IN10 to 15 PC0 to 5. */
function pinOf(channel: u32): u32 {
  return channel < 8 ? channel : channel < 10 ? channel + 8 : channel + 22;
}

function startStream(): bool {
  store32(DMA2 + STREAM0_CR, 0);
  let looks: u32 = 0;
  while (load32(DMA2 + STREAM0_CR) & STREAM0_CR_EN) if (++looks == PATIENCE) return false;
  store32(DMA2 + DMA2_LIFCR, FLAGS);
  store32(DMA2 + STREAM0_PAR, <u32>(ADC1 + ADC1_DR));
  store32(DMA2 + STREAM0_M0AR, <u32>blocks);
  store32(DMA2 + STREAM0_M1AR, <u32>blocks + (SAMPLES << 1));
  store32(DMA2 + STREAM0_NDTR, SAMPLES);
  store32(state, 0);
  store32(state + 4, timerNowLow());
  store32(DMA2 + STREAM0_CR, STREAM);
  return true;
}

/** After an overrun the ADC asks the DMA again only once it was told so anew (13.8.1). */
function startConversions(): void {
  store32(ADC1 + ADC1_CR2, ADC1_CR2_ADON);
  store32(ADC1 + ADC1_SR, 0);
  store32(ADC1 + ADC1_CR2, ADC1_CR2_ADON | ADC1_CR2_DMA | ADC1_CR2_DDS | TRIGGER);
}

export function stm32f4_audio_start(rate: u32): i32 {
  const hz = clockHz() == boardHz ? boardHz / divider : clockHz();
  const cycles = hz / rate;
  if (cycles * rate != hz || cycles > 0x10000) return SENSOR_NOT_READY;
  analog(pinOf(input));
  // APB2 / 4
  store32(ADC_COMMON + ADC_COMMON_CCR, 1 << 16);
  store32(ADC1 + ADC1_CR1, ADC1_CR1_OVRIE);
  store32(ADC1 + ADC1_SMPR1, SETTLE >> 3);
  store32(ADC1 + ADC1_SMPR2, SETTLE);
  store32(ADC1 + ADC1_SQR1, 0);
  store32(ADC1 + ADC1_SQR3, input);
  store32(state + 8, (SAMPLES * 2 * 1000) / (rate / 1000));
  if (!startStream()) return SENSOR_NOT_READY;
  startConversions();
  store32(TIM3 + TIM_PSC, 0);
  store32(TIM3 + TIM_ARR, cycles - 1);
  store32(TIM3 + TIM_EGR, TIM_UPDATE);
  store32(TIM3 + TIM_CR2, TIM_CR2_MMS_UPDATE);
  store32(TIM3 + TIM_CR1, TIM_CR1_CEN);
  return 0;
}

export function stm32f4_audio_stop(): void {
  store32(TIM3 + TIM_CR1, 0);
  store32(ADC1 + ADC1_CR1, 0);
  store32(ADC1 + ADC1_CR2, 0);
  store32(DMA2 + STREAM0_CR, 0);
  store32(DMA2 + DMA2_LIFCR, FLAGS);
}

/** A block is full. */
export function stm32f4_audio_isr(): void {
  if (!(load32(DMA2 + DMA2_LISR) & DMA2_LISR_TCIF0)) return;
  store32(DMA2 + DMA2_LIFCR, FLAGS);
  const now = timerNowLow();
  const filling: u32 = load32(DMA2 + STREAM0_CR) & STREAM0_CR_CT ? 1 : 0;
  const turn = load32(state);
  const late = filling == turn || now - load32(state + 4) >= load32(state + 8);
  store32(state + 4, now);
  store32(state, filling);
  if (late) audioLost();
  const from = blocks + (1 - filling) * (SAMPLES << 1);
  for (let at = from; at < from + (SAMPLES << 1); at += 2) store16(at, (load16(at) - 0x800) << 4);
  audioBlock(from, SAMPLES);
  // the stream came round meanwhile: the next entry finds out whether more than this block is concerned
  if (load32(DMA2 + DMA2_LISR) & DMA2_LISR_TCIF0) audioLost();
}

/** The ADC had a value too many. */
export function stm32f4_audio_isr_overrun(): void {
  if (!(load32(ADC1 + ADC1_SR) & ADC1_SR_OVR)) return;
  startStream();
  startConversions();
  audioLost();
}
