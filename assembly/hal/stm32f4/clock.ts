// stm32f4_clock: HSE → PLL → SYSCLK (RM0390 6.2, 5.1.4, 3.5.1), with the bus prescalers and flash wait states that the board's clock needs.
//
//   no HSE, no PLL, no switch, no over-drive   the core stays on HSI, 16 MHz, no prescalers: hz() says so
//
// Asked for again on a fallback it tries anew, and the time base goes on at its rate. Clocks of all ports, timers, USARTs and I2C controllers that the board names are on before anything else asks.

import { clear32, field32, load32, set32, store32 } from "../../mmio";
import { becomes } from "../stm32/flags";
import { retimeTimer } from "../stm32/timer";
import {
  CLOCK_NO_CRYSTAL,
  CLOCK_NO_PLL,
  CLOCK_NO_SWITCH,
  CLOCK_NO_VOLTAGE,
  CLOCK_OK,
} from "../../wire";
import {
  FLASH,
  FLASH_ACR,
  FLASH_ACR_DCEN,
  FLASH_ACR_ICEN,
  FLASH_ACR_PRFTEN,
  PWR,
  PWR_CR,
  PWR_CR_ODEN,
  PWR_CR_ODSWEN,
  PWR_CR_VOS,
  PWR_CSR,
  PWR_CSR_ODRDY,
  PWR_CSR_ODSWRDY,
  RCC,
  RCC_AHB1ENR,
  RCC_APB1ENR,
  RCC_APB1ENR_PWREN,
  RCC_APB2ENR,
  RCC_CFGR,
  RCC_CFGR_SW,
  RCC_CFGR_SWS,
  RCC_CFGR_SW_PLL,
  RCC_CR,
  RCC_CR_HSEBYP,
  RCC_CR_HSEON,
  RCC_CR_HSERDY,
  RCC_CR_PLLI2SON,
  RCC_CR_PLLON,
  RCC_CR_PLLRDY,
  RCC_PLLCFGR,
  RCC_PLLCFGR_SRC_HSE,
} from "./registers";

@external("config", "board.clockHz") declare const boardHz: u32;
/** 1: the clock comes from outside (ST-LINK's MCO), 0: a crystal. */
@external("config", "clock.bypass") declare const bypass: u32;
/** SYSCLK = HSE / m · n / p. */
@external("config", "clock.m") declare const m: u32;
@external("config", "clock.n") declare const n: u32;
@external("config", "clock.p") declare const p: u32;
/** PPRE1 and PPRE2 in place: APB1 and APB2 prescalers of CFGR. */
@external("config", "clock.prescalers") declare const prescalers: u32;
@external("config", "clock.waits") declare const waits: u32;
@external("config", "clock.overdrive") declare const overdrive: u32;
@external("config", "clock.ahb1") declare const ahb1: u32;
@external("config", "clock.apb1") declare const apb1: u32;
@external("config", "clock.apb2") declare const apb2: u32;

const HSI_HZ: u32 = 16_000_000;

let hz: u32 = 0;

export function stm32f4_clock_start(): i32 {
  const code = start();
  retimeTimer();
  return code;
}

function start(): i32 {
  hz = HSI_HZ;
  set32(RCC + RCC_AHB1ENR, ahb1);
  set32(RCC + RCC_APB1ENR, apb1 | RCC_APB1ENR_PWREN);
  set32(RCC + RCC_APB2ENR, apb2);
  // read back: the clock is there two cycles after the write (6.2.11)
  load32(RCC + RCC_APB2ENR);
  // what an attempt before has left: both take no new setting while the PLL runs (5.4.1, 6.3.2)
  clear32(RCC + RCC_CR, RCC_CR_PLLON);
  set32(PWR + PWR_CR, PWR_CR_VOS);
  if (bypass) set32(RCC + RCC_CR, RCC_CR_HSEBYP);
  set32(RCC + RCC_CR, RCC_CR_HSEON);
  if (!becomes(RCC + RCC_CR, RCC_CR_HSERDY, RCC_CR_HSERDY)) return CLOCK_NO_CRYSTAL;
  // what an audio PLL was locked to meanwhile cannot be changed under it (6.3.2); whoever listens finds it silent and starts it anew
  if (!(load32(RCC + RCC_PLLCFGR) & RCC_PLLCFGR_SRC_HSE)) clear32(RCC + RCC_CR, RCC_CR_PLLI2SON);
  // q = 8: the 48 MHz output is not used
  store32(RCC + RCC_PLLCFGR, m | (n << 6) | (((p >> 1) - 1) << 16) | RCC_PLLCFGR_SRC_HSE | (8 << 24) | (2 << 28));
  set32(RCC + RCC_CR, RCC_CR_PLLON);
  if (overdrive) {
    set32(PWR + PWR_CR, PWR_CR_ODEN);
    if (!becomes(PWR + PWR_CSR, PWR_CSR_ODRDY, PWR_CSR_ODRDY)) return CLOCK_NO_VOLTAGE;
    set32(PWR + PWR_CR, PWR_CR_ODSWEN);
    if (!becomes(PWR + PWR_CSR, PWR_CSR_ODSWRDY, PWR_CSR_ODSWRDY)) return CLOCK_NO_VOLTAGE;
  }
  if (!becomes(RCC + RCC_CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY)) return CLOCK_NO_PLL;
  store32(FLASH + FLASH_ACR, waits | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN);
  if (!becomes(FLASH + FLASH_ACR, 15, waits)) return CLOCK_NO_SWITCH;
  store32(RCC + RCC_CFGR, prescalers);
  field32(RCC + RCC_CFGR, RCC_CFGR_SW, RCC_CFGR_SW_PLL);
  if (!becomes(RCC + RCC_CFGR, RCC_CFGR_SWS, RCC_CFGR_SW_PLL << 2)) {
    store32(RCC + RCC_CFGR, 0);
    return CLOCK_NO_SWITCH;
  }
  hz = boardHz;
  return CLOCK_OK;
}

export function stm32f4_clock_hz(): u32 {
  return hz;
}
