// stm32l4_sai: an I2S microphone on block A of SAI1 (RM0432 53.4) as the master of its line, 64 bit clocks a frame. PLLSAI1 (6.4.5) is set to what
// comes closest to the rate; rates that it misses by more than half a percent are refused (HSI16, where it counts from, is within 1 %).
// Only the microphone's slot of the two is received, 16 of its 32 bits: one of 24 is cut, not rounded. The multiplexer puts the
// block's requests on channel 1 of DMA1, which goes round two halves for ever:
//
//   FIFO ─ SAI1_A ─► DMAMUX 0 ─► channel 1 ─► 128 samples, 128 samples, …      half: HTIF, end: TCIF ─► audioBlock
//
// Both flags at once: a half was missed, and where the channel is now tells which one is whole. OVRUDR: the DMA came too late for the FIFO of
// eight; the block drops samples and goes on.

import { audioBlock, audioLost } from "../../firmware/audio";
import { clear32, load32, set32, store32 } from "../../mmio";
import { SENSOR_NOT_READY } from "../../wire";
import { audioPll } from "../stm32/audio-pll";
import { becomes } from "../stm32/flags";
import { alternate, PUSH_PULL } from "../stm32/pins";
import {
  BLOCK_A_CLRFR,
  BLOCK_A_CLRFR_COVRUDR,
  BLOCK_A_CR1,
  BLOCK_A_CR1_CKSTR,
  BLOCK_A_CR1_DMAEN,
  BLOCK_A_CR1_DS_BIT16,
  BLOCK_A_CR1_MODE_MASTERRX,
  BLOCK_A_CR1_NOMCK,
  BLOCK_A_CR1_SAIEN,
  BLOCK_A_CR2,
  BLOCK_A_CR2_FFLUSH,
  BLOCK_A_DR,
  BLOCK_A_FRCR,
  BLOCK_A_FRCR_FSDEF,
  BLOCK_A_FRCR_FSOFF,
  BLOCK_A_IM,
  BLOCK_A_IM_OVRUDRIE,
  BLOCK_A_SLOTR,
  BLOCK_A_SLOTR_SLOTSZ_BIT32,
  BLOCK_A_SR,
  BLOCK_A_SR_OVRUDR,
  CHANNEL1_CR,
  CHANNEL1_CR_CIRC,
  CHANNEL1_CR_EN,
  CHANNEL1_CR_HTIE,
  CHANNEL1_CR_MINC,
  CHANNEL1_CR_MSIZE_BITS16,
  CHANNEL1_CR_PSIZE_BITS32,
  CHANNEL1_CR_TCIE,
  CHANNEL1_MAR,
  CHANNEL1_NDTR,
  CHANNEL1_PAR,
  DMA1,
  DMA1_IFCR,
  DMA1_IFCR_CGIF1,
  DMA1_ISR,
  DMA1_ISR_HTIF1,
  DMA1_ISR_TCIF1,
  DMAMUX1,
  DMAMUX1_CCR,
  RCC,
  RCC_APB2RSTR,
  RCC_APB2RSTR_SAI1RST,
  RCC_CCIPR2,
  RCC_CCIPR2_SAI1SEL,
  RCC_CR,
  RCC_CR_PLLSAI1ON,
  RCC_CR_PLLSAI1RDY,
  RCC_PLLSAI1CFGR,
  RCC_PLLSAI1CFGR_PLLSAI1PEN,
  REQUEST_SAI1_A,
  SAI1,
} from "./registers";

@external("config", "audio.clock") declare const clockPin: u32;
@external("config", "audio.select") declare const selectPin: u32;
@external("config", "audio.data") declare const dataPin: u32;
@external("config", "audio.function") declare const pinFunction: u32;
/** The microphone answers while FS is: 0 low (left), 1 high. */
@external("config", "audio.right") declare const right: u32;
@external("config", "clock.m") declare const m: u32;
@external("ram", "stm32l4_sai_halves 512") declare const halves: usize;

const SAMPLES: u32 = 128;
const ITEMS: u32 = SAMPLES << 1;
const CHANNEL: u32 =
  CHANNEL1_CR_EN |
  CHANNEL1_CR_TCIE |
  CHANNEL1_CR_HTIE |
  CHANNEL1_CR_CIRC |
  CHANNEL1_CR_MINC |
  CHANNEL1_CR_PSIZE_BITS32 |
  CHANNEL1_CR_MSIZE_BITS16;
const HALVES: u32 = DMA1_ISR_HTIF1 | DMA1_ISR_TCIF1;
const FRAME_BITS: u32 = 64;
const HSI_HZ: u32 = 16_000_000;
/** Low for 32 bits of 64: FSALL, FRL. */
const FRAME: u32 = (31 << 8) | 63 | BLOCK_A_FRCR_FSDEF | BLOCK_A_FRCR_FSOFF;

/** The divider of the bit clock; 0: it cannot be, or does not lock. */
function startPll(rate: u32): u32 {
  // VCO 64 to 344 MHz, PDIV from 2 to 31 (6.4.5, datasheet 6.3.11); 80 MHz at most: every voltage range but the lowest
  const found = audioPll(HSI_HZ / m, rate * FRAME_BITS, 64_000_000, 344_000_000, 80_000_000, 31, 1, 63);
  if (!found) return 0;
  clear32(RCC + RCC_CR, RCC_CR_PLLSAI1ON);
  if (!becomes(RCC + RCC_CR, RCC_CR_PLLSAI1RDY, 0)) return 0;
  const pdiv = (found >> 9) & 31;
  store32(RCC + RCC_PLLSAI1CFGR, ((m - 1) << 4) | ((found & 127) << 8) | RCC_PLLSAI1CFGR_PLLSAI1PEN | (pdiv << 27));
  set32(RCC + RCC_CR, RCC_CR_PLLSAI1ON);
  if (!becomes(RCC + RCC_CR, RCC_CR_PLLSAI1RDY, RCC_CR_PLLSAI1RDY)) {
    // left on, it would keep the clock driver from choosing its source
    clear32(RCC + RCC_CR, RCC_CR_PLLSAI1ON);
    return 0;
  }
  clear32(RCC + RCC_CCIPR2, RCC_CCIPR2_SAI1SEL);
  return found >> 16;
}

/** A block in reset sends no clock; without a reset it would have to be waited for, and that only where its clock runs. */
function stopAll(): void {
  set32(RCC + RCC_APB2RSTR, RCC_APB2RSTR_SAI1RST);
  clear32(RCC + RCC_APB2RSTR, RCC_APB2RSTR_SAI1RST);
  store32(DMA1 + CHANNEL1_CR, 0);
  store32(DMA1 + DMA1_IFCR, DMA1_IFCR_CGIF1);
}

export function stm32l4_sai_start(rate: u32): i32 {
  const divider = startPll(rate);
  if (!divider) return SENSOR_NOT_READY;
  alternate(clockPin, pinFunction, PUSH_PULL);
  alternate(selectPin, pinFunction, PUSH_PULL);
  alternate(dataPin, pinFunction, PUSH_PULL);
  stopAll();
  store32(DMAMUX1 + DMAMUX1_CCR, REQUEST_SAI1_A);
  store32(DMA1 + CHANNEL1_NDTR, ITEMS);
  store32(DMA1 + CHANNEL1_PAR, <u32>(SAI1 + BLOCK_A_DR));
  store32(DMA1 + CHANNEL1_MAR, <u32>halves);
  store32(DMA1 + CHANNEL1_CR, CHANNEL);
  const setting =
    BLOCK_A_CR1_MODE_MASTERRX | BLOCK_A_CR1_DS_BIT16 | BLOCK_A_CR1_CKSTR | BLOCK_A_CR1_NOMCK | (divider << 20) | BLOCK_A_CR1_DMAEN;
  store32(SAI1 + BLOCK_A_CR1, setting);
  store32(SAI1 + BLOCK_A_CR2, BLOCK_A_CR2_FFLUSH);
  store32(SAI1 + BLOCK_A_FRCR, FRAME);
  store32(SAI1 + BLOCK_A_SLOTR, BLOCK_A_SLOTR_SLOTSZ_BIT32 | (1 << 8) | (1 << (16 + right)));
  store32(SAI1 + BLOCK_A_IM, BLOCK_A_IM_OVRUDRIE);
  store32(SAI1 + BLOCK_A_CR1, setting | BLOCK_A_CR1_SAIEN);
  return 0;
}

export function stm32l4_sai_stop(): void {
  stopAll();
  clear32(RCC + RCC_CR, RCC_CR_PLLSAI1ON);
}

/** A half is full. */
export function stm32l4_sai_isr(): void {
  const flags = load32(DMA1 + DMA1_ISR) & HALVES;
  if (!flags) return;
  store32(DMA1 + DMA1_IFCR, DMA1_IFCR_CGIF1);
  if (flags == HALVES) audioLost();
  // CNDTR counts down; the half that is not being filled
  const from = load32(DMA1 + CHANNEL1_NDTR) > SAMPLES ? halves + (SAMPLES << 1) : halves;
  audioBlock(from, SAMPLES);
  // the channel came round meanwhile: this half was overwritten while it was read
  if (load32(DMA1 + DMA1_ISR) & HALVES) audioLost();
}

/** The FIFO was full. */
export function stm32l4_sai_isr_overrun(): void {
  if (!(load32(SAI1 + BLOCK_A_SR) & BLOCK_A_SR_OVRUDR)) return;
  store32(SAI1 + BLOCK_A_CLRFR, BLOCK_A_CLRFR_COVRUDR);
  audioLost();
}
