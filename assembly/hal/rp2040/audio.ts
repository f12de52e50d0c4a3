// rp2040_audio: an analog microphone on an ADC input (RP2040 Datasheet 4.9), free-running at the sample rate; two DMA channels take turns (2.5),
// each fills one block and starts the other. The handler turns 12 bits around half the supply into int16, hands the block on, gives the
// channel its address again and only then chains the other channel to it: it has one block's time for that, 16 ms at 16 kHz. Where it
// comes later the DMA stops at the end of its blocks, the ADC's FIFO overflows, and the handler starts anew and says what was lost.
//
//   ADC FIFO ─ DREQ ─► channel 0 ─► block 0 ─ chain ─► channel 1 ─► block 1 ─ handler's chain ─► channel 0 …

import { audioBlock, audioLost } from "../../firmware/audio";
import { load16, load32, store16, store32 } from "../../mmio";
import {
  ADC,
  ADC_CS,
  ADC_CS_EN,
  ADC_CS_READY,
  ADC_CS_START_MANY,
  ADC_DIV,
  ADC_FCS,
  ADC_FCS_DREQ_EN,
  ADC_FCS_EN,
  ADC_FCS_OVER,
  ADC_FCS_UNDER,
  ADC_FIFO,
  ATOMIC_CLEAR,
  ATOMIC_SET,
  CLOCKS,
  CLOCKS_CLK_ADC_CTRL,
  DMA,
  DMA_CHAN_ABORT,
  DMA_CH0_AL1_CTRL,
  DMA_CH0_CTRL_TRIG,
  DMA_CH0_CTRL_TRIG_EN,
  DMA_CH0_CTRL_TRIG_INCR_WRITE,
  DMA_CH0_READ_ADDR,
  DMA_CH0_TRANS_COUNT,
  DMA_CH0_WRITE_ADDR,
  DMA_INTE0,
  DMA_INTS0,
  DREQ_ADC,
  FUNCTION_NONE,
  PADS_BANK0_GPIO0_OD,
  RESETS_RESET_ADC,
  RESETS_RESET_DMA,
} from "./registers";
import { release, usePin } from "./resets";

@external("config", "audio.input") declare const input: u32;
@external("config", "clock.crystalHz") declare const crystalHz: u32;
@external("ram", "rp2040_audio_blocks 1024") declare const blocks: usize;
/** The channel whose block is handed on next. */
@external("ram", "rp2040_audio_turn 4") declare const turn: usize;

const SAMPLES: u32 = 256;
const CHANNEL: u32 = 0x40;
const BOTH: u32 = 3;
const BUSY: u32 = 1 << 24;
const USB_PLL_HZ: u32 = 48_000_000;
/** A conversion takes that many cycles of clk_adc. */
const LEAST: u32 = 96;
const FIRST_PIN: u32 = 26;
const PATIENCE: u32 = 10_000;

/** Halfwords, paced by the ADC, then channel `next`; itself: none. */
function control(next: u32): u32 {
  return DMA_CH0_CTRL_TRIG_EN | (1 << 2) | DMA_CH0_CTRL_TRIG_INCR_WRITE | (next << 11) | (DREQ_ADC << 15);
}

function setControl(channel: u32, next: u32): void {
  store32(DMA + channel * CHANNEL + DMA_CH0_AL1_CTRL, control(next));
}

function aim(channel: u32): void {
  store32(DMA + channel * CHANNEL + DMA_CH0_WRITE_ADDR, <u32>blocks + channel * (SAMPLES << 1));
}

/** 0; 1: no such rate; 2: the converter does not come up. */
export function rp2040_audio_start(rate: u32): i32 {
  const hz = load32(CLOCKS + CLOCKS_CLK_ADC_CTRL) >> 5 & 7 ? crystalHz : USB_PLL_HZ;
  const cycles = hz / rate;
  if (cycles < LEAST || cycles > 0xffff || rate > 0xff_ffff) return 1;
  if (!release(RESETS_RESET_ADC | RESETS_RESET_DMA)) return 2;
  usePin(FIRST_PIN + input, FUNCTION_NONE, PADS_BANK0_GPIO0_OD);
  store32(ADC + ADC_CS, ADC_CS_EN | (input << 12));
  let looks: u32 = 0;
  while (!(load32(ADC + ADC_CS) & ADC_CS_READY)) if (++looks == PATIENCE) return 2;
  // one sample waits for the DMA at most: THRESH 1
  store32(ADC + ADC_FCS, ADC_FCS_EN | ADC_FCS_DREQ_EN | ADC_FCS_UNDER | ADC_FCS_OVER | (1 << 24));
  store32(ADC + ADC_DIV, ((cycles - 1) << 8) | (((hz - cycles * rate) << 8) / rate));
  store32(turn, 0);
  for (let channel: u32 = 0; channel < 2; channel++) {
    const at = DMA + channel * CHANNEL;
    store32(at + DMA_CH0_READ_ADDR, <u32>(ADC + ADC_FIFO));
    store32(at + DMA_CH0_TRANS_COUNT, SAMPLES);
    aim(channel);
    setControl(channel, channel);
  }
  store32(DMA + DMA_INTS0, BOTH);
  store32(DMA + ATOMIC_SET + DMA_INTE0, BOTH);
  store32(DMA + DMA_CH0_CTRL_TRIG, control(1));
  store32(ADC + ATOMIC_SET + ADC_CS, ADC_CS_START_MANY);
  return 0;
}

export function rp2040_audio_stop(): void {
  store32(ADC + ATOMIC_CLEAR + ADC_CS, ADC_CS_START_MANY);
  // an aborted channel may still interrupt (erratum RP2040-E13)
  store32(DMA + ATOMIC_CLEAR + DMA_INTE0, BOTH);
  store32(DMA + DMA_CHAN_ABORT, BOTH);
  for (let looks: u32 = 0; looks < PATIENCE; looks++) if (!(load32(DMA + DMA_CHAN_ABORT) & BOTH)) break;
  store32(DMA + DMA_INTS0, BOTH);
}

export function rp2040_audio_isr(): void {
  for (let left = 0; left < 2; left++) {
    const channel = load32(turn);
    const bit: u32 = 1 << channel;
    if (!(load32(DMA + DMA_INTS0) & bit)) break;
    store32(DMA + DMA_INTS0, bit);
    const from = blocks + channel * (SAMPLES << 1);
    for (let at = from; at < from + (SAMPLES << 1); at += 2) store16(at, (load16(at) - 0x800) << 4);
    audioBlock(from, SAMPLES);
    aim(channel);
    setControl(channel, channel);
    setControl(1 - channel, channel);
    store32(turn, 1 - channel);
  }
  const stopped = !((load32(DMA + DMA_CH0_CTRL_TRIG) | load32(DMA + CHANNEL + DMA_CH0_CTRL_TRIG)) & BUSY);
  if (stopped || load32(ADC + ADC_FCS) & ADC_FCS_OVER) {
    store32(ADC + ADC_FCS, ADC_FCS_EN | ADC_FCS_DREQ_EN | ADC_FCS_UNDER | ADC_FCS_OVER | (1 << 24));
    audioLost();
  }
  const channel = load32(turn);
  if (stopped) store32(DMA + channel * CHANNEL + DMA_CH0_CTRL_TRIG, control(1 - channel));
}
