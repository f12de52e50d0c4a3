// stm32f4_i2s: an I2S microphone on SPI2 (RM0390 26.6) as the master of its line, 64 bit clocks a frame. The PLLI2S (6.3.23) is set to what comes
// closest to the rate; rates that it misses by more than half a percent are refused. Of a channel's 32 bits the block keeps the upper
// 16 (DATLEN 0, CHLEN 1), so a microphone of 24 bits is cut, not rounded. Stream 3 of DMA1 goes round two halves for ever:
//
//   frame   left, right │ left, right │ …  128 in a half      half: HTIF, end: TCIF ─► the channel wanted is drawn together ─► audioBlock
//
// Both flags at once: a half was missed, and where the stream is now tells which one is whole. OVR: the DMA came too late. The block's reset ends
// a frame wherever it was, so that left is left again.

import { audioBlock, audioLost } from "../../firmware/audio";
import { clear32, field32, load16, load32, set32, store16, store32 } from "../../mmio";
import { SENSOR_NOT_READY } from "../../wire";
import { audioPll } from "../stm32/audio-pll";
import { becomes } from "../stm32/flags";
import { alternate, PUSH_PULL } from "../stm32/pins";
import {
  DMA1,
  DMA1_LIFCR,
  DMA1_LISR,
  DMA1_LISR_HTIF3,
  DMA1_LISR_TCIF3,
  RCC,
  RCC_APB1RSTR,
  RCC_APB1RSTR_SPI2RST,
  RCC_CR,
  RCC_CR_PLLI2SON,
  RCC_CR_PLLI2SRDY,
  RCC_PLLCFGR,
  RCC_PLLCFGR_SRC_HSE,
  RCC_PLLI2SCFGR,
  RCC_PLLI2SCFGR_PLLI2SM,
  RCC_PLLI2SCFGR_PLLI2SN,
  RCC_PLLI2SCFGR_PLLI2SR,
  SPI2,
  SPI2_CR2,
  SPI2_CR2_ERRIE,
  SPI2_CR2_RXDMAEN,
  SPI2_DR,
  SPI2_I2SCFGR,
  SPI2_I2SCFGR_CHLEN,
  SPI2_I2SCFGR_I2SCFG_MASTERRX,
  SPI2_I2SCFGR_I2SE,
  SPI2_I2SCFGR_I2SMOD,
  SPI2_I2SPR,
  SPI2_I2SPR_ODD,
  SPI2_SR,
  SPI2_SR_OVR,
  STREAM3_CR,
  STREAM3_CR_CIRC,
  STREAM3_CR_EN,
  STREAM3_CR_HTIE,
  STREAM3_CR_MINC,
  STREAM3_CR_MSIZE_BITS16,
  STREAM3_CR_PSIZE_BITS16,
  STREAM3_CR_TCIE,
  STREAM3_M0AR,
  STREAM3_NDTR,
  STREAM3_PAR,
} from "./registers";

@external("config", "audio.clock") declare const clockPin: u32;
@external("config", "audio.select") declare const selectPin: u32;
@external("config", "audio.data") declare const dataPin: u32;
@external("config", "audio.function") declare const pinFunction: u32;
/** The microphone answers while WS is: 0 low (left), 1 high. */
@external("config", "audio.right") declare const right: u32;
@external("config", "board.clockHz") declare const boardHz: u32;
@external("config", "clock.m") declare const m: u32;
@external("config", "clock.n") declare const n: u32;
@external("config", "clock.p") declare const p: u32;
@external("ram", "stm32f4_i2s_halves 1024") declare const halves: usize;
/** I2SPR: divider of the bit clock. */
@external("ram", "stm32f4_i2s_divider 4") declare const divider: usize;

const SAMPLES: u32 = 128;
const HALF_BYTES: u32 = SAMPLES << 2;
/** Halfwords of both halves. */
const ITEMS: u32 = SAMPLES << 2;
const STREAM: u32 =
  STREAM3_CR_EN |
  STREAM3_CR_HTIE |
  STREAM3_CR_TCIE |
  STREAM3_CR_CIRC |
  STREAM3_CR_MINC |
  STREAM3_CR_PSIZE_BITS16 |
  STREAM3_CR_MSIZE_BITS16;
const HALVES: u32 = DMA1_LISR_HTIF3 | DMA1_LISR_TCIF3;
/** All flags of stream 3. */
const FLAGS: u32 = 0x3d << 22;
const FRAME_BITS: u32 = 64;
/** Without a crystal: HSI / 16, as PLLM has it after reset. */
const HSI_DIVIDER: u32 = 16;
const HSI_STEP_HZ: u32 = 1_000_000;

function startPll(rate: u32): bool {
  const fromHse = (load32(RCC + RCC_PLLCFGR) & RCC_PLLCFGR_SRC_HSE) != 0;
  const step = fromHse ? (boardHz / n) * p : HSI_STEP_HZ;
  // VCO 100 to 432 MHz, R from 2 to 7 (6.3.23), I2SDIV from 2 on (26.7.9); 216 MHz: the datasheets, PLLI2S characteristics
  const found = audioPll(step, rate * FRAME_BITS, 100_000_000, 432_000_000, 216_000_000, 7, 4, 511);
  if (!found) return false;
  const d = found >> 16;
  store32(divider, (d >> 1) | (d & 1 ? SPI2_I2SPR_ODD : 0));
  clear32(RCC + RCC_CR, RCC_CR_PLLI2SON);
  if (!becomes(RCC + RCC_CR, RCC_CR_PLLI2SRDY, 0)) return false;
  const setting = (fromHse ? m : HSI_DIVIDER) | ((found & 511) << 6) | (((found >> 9) & 7) << 28);
  field32(RCC + RCC_PLLI2SCFGR, RCC_PLLI2SCFGR_PLLI2SM | RCC_PLLI2SCFGR_PLLI2SN | RCC_PLLI2SCFGR_PLLI2SR, setting);
  set32(RCC + RCC_CR, RCC_CR_PLLI2SON);
  if (becomes(RCC + RCC_CR, RCC_CR_PLLI2SRDY, RCC_CR_PLLI2SRDY)) return true;
  // left on, it would keep the clock driver from choosing another source
  clear32(RCC + RCC_CR, RCC_CR_PLLI2SON);
  return false;
}

function stopAll(): bool {
  set32(RCC + RCC_APB1RSTR, RCC_APB1RSTR_SPI2RST);
  clear32(RCC + RCC_APB1RSTR, RCC_APB1RSTR_SPI2RST);
  store32(DMA1 + STREAM3_CR, 0);
  const stopped = becomes(DMA1 + STREAM3_CR, STREAM3_CR_EN, 0);
  store32(DMA1 + DMA1_LIFCR, FLAGS);
  return stopped;
}

function listen(): bool {
  if (!stopAll()) return false;
  store32(DMA1 + STREAM3_PAR, <u32>(SPI2 + SPI2_DR));
  store32(DMA1 + STREAM3_M0AR, <u32>halves);
  store32(DMA1 + STREAM3_NDTR, ITEMS);
  store32(DMA1 + STREAM3_CR, STREAM);
  store32(SPI2 + SPI2_I2SPR, load32(divider));
  store32(SPI2 + SPI2_CR2, SPI2_CR2_RXDMAEN | SPI2_CR2_ERRIE);
  const setting = SPI2_I2SCFGR_I2SMOD | SPI2_I2SCFGR_I2SCFG_MASTERRX | SPI2_I2SCFGR_CHLEN;
  store32(SPI2 + SPI2_I2SCFGR, setting);
  store32(SPI2 + SPI2_I2SCFGR, setting | SPI2_I2SCFGR_I2SE);
  return true;
}

export function stm32f4_i2s_start(rate: u32): i32 {
  if (!startPll(rate)) return SENSOR_NOT_READY;
  alternate(clockPin, pinFunction, PUSH_PULL);
  alternate(selectPin, pinFunction, PUSH_PULL);
  alternate(dataPin, pinFunction, PUSH_PULL);
  return listen() ? 0 : SENSOR_NOT_READY;
}

export function stm32f4_i2s_stop(): void {
  stopAll();
  clear32(RCC + RCC_CR, RCC_CR_PLLI2SON);
}

/** A half is full. */
export function stm32f4_i2s_isr(): void {
  const flags = load32(DMA1 + DMA1_LISR) & HALVES;
  if (!flags) return;
  store32(DMA1 + DMA1_LIFCR, FLAGS);
  if (flags == HALVES) audioLost();
  // NDTR counts down; the half that is not being filled
  const from = load32(DMA1 + STREAM3_NDTR) > ITEMS >> 1 ? halves + HALF_BYTES : halves;
  for (let i: u32 = 0; i < SAMPLES; i++) store16(from + (i << 1), load16(from + (i << 2) + (right << 1)));
  audioBlock(from, SAMPLES);
  // the stream came round meanwhile: this half was overwritten while it was read
  if (load32(DMA1 + DMA1_LISR) & HALVES) audioLost();
}

/** A word was lost: whether the next one is left or right, nobody knows. */
export function stm32f4_i2s_isr_overrun(): void {
  if (!(load32(SPI2 + SPI2_SR) & SPI2_SR_OVR)) return;
  listen();
  audioLost();
}
