// stm32l4_clock: HSI16 → PLL → SYSCLK in range 1 boost (RM0432 6.2, 5.1.8, 3.3.3), no bus prescalers.
//
//   no HSI16                        the core stays on MSI, 4 MHz
//   no voltage, no PLL, no switch   the core on HSI16, 16 MHz: hz() says so
//
// Asked for again on a fallback it tries anew, and the time base goes on at its rate. Clocks of all ports, timers, UARTs and I2C
// controllers that the board names, and port G's supply, are on before anything else asks. HSI16 is trimmed to 1 % (0 to 85 °C).

import { clear32, field32, load32, set32, store32 } from "../../mmio";
import { CLOCK_NO_CRYSTAL, CLOCK_NO_PLL, CLOCK_NO_SWITCH, CLOCK_NO_VOLTAGE, CLOCK_OK } from "../../wire";
import { pause } from "../pause";
import { becomes } from "../stm32/flags";
import { retimeTimer } from "../stm32/timer";
import {
  FLASH,
  FLASH_ACR,
  FLASH_ACR_DCEN,
  FLASH_ACR_ICEN,
  FLASH_ACR_LATENCY,
  FLASH_ACR_PRFTEN,
  PWR,
  PWR_CR2,
  PWR_CR2_IOSV,
  PWR_CR5,
  PWR_CR5_R1MODE,
  PWR_SR2,
  PWR_SR2_VOSF,
  RCC,
  RCC_AHB1ENR,
  RCC_AHB2ENR,
  RCC_APB1ENR1,
  RCC_APB1ENR1_PWREN,
  RCC_APB1ENR2,
  RCC_APB2ENR,
  RCC_CFGR,
  RCC_CFGR_HPRE,
  RCC_CFGR_SW,
  RCC_CFGR_SWS,
  RCC_CFGR_SW_HSI16,
  RCC_CFGR_SW_PLL,
  RCC_CR,
  RCC_CR_HSION,
  RCC_CR_HSIRDY,
  RCC_CR_PLLON,
  RCC_CR_PLLRDY,
  RCC_PLLCFGR,
  RCC_PLLCFGR_PLLREN,
  RCC_PLLCFGR_PLLSRC_HSI16,
} from "./registers";

@external("config", "board.clockHz") declare const boardHz: u32;
/** SYSCLK = 16 MHz / m · n / r. */
@external("config", "clock.m") declare const m: u32;
@external("config", "clock.n") declare const n: u32;
@external("config", "clock.r") declare const r: u32;
@external("config", "clock.waits") declare const waits: u32;
@external("config", "clock.ahb1") declare const ahb1: u32;
@external("config", "clock.ahb2") declare const ahb2: u32;
@external("config", "clock.apb1") declare const apb1: u32;
/** APB1ENR2. */
@external("config", "clock.apb1more") declare const apb1more: u32;
@external("config", "clock.apb2") declare const apb2: u32;

const MSI_HZ: u32 = 4_000_000;
const HSI_HZ: u32 = 16_000_000;
/** HPRE: SYSCLK / 2. */
const HALF: u32 = 8 << 4;

let hz: u32 = 0;

export function stm32l4_clock_start(): i32 {
  const code = start();
  retimeTimer();
  return code;
}

function start(): i32 {
  hz = MSI_HZ;
  set32(RCC + RCC_AHB1ENR, ahb1);
  set32(RCC + RCC_AHB2ENR, ahb2);
  set32(RCC + RCC_APB1ENR1, apb1 | RCC_APB1ENR1_PWREN);
  set32(RCC + RCC_APB1ENR2, apb1more);
  set32(RCC + RCC_APB2ENR, apb2);
  // read back: the clock is there two cycles after the write (6.2.16)
  load32(RCC + RCC_APB2ENR);
  set32(PWR + PWR_CR2, PWR_CR2_IOSV);
  set32(RCC + RCC_CR, RCC_CR_HSION);
  if (!becomes(RCC + RCC_CR, RCC_CR_HSIRDY, RCC_CR_HSIRDY)) return CLOCK_NO_CRYSTAL;
  field32(RCC + RCC_CFGR, RCC_CFGR_SW | RCC_CFGR_HPRE, RCC_CFGR_SW_HSI16);
  if (!becomes(RCC + RCC_CFGR, RCC_CFGR_SWS, RCC_CFGR_SW_HSI16 << 2)) return CLOCK_NO_SWITCH;
  hz = HSI_HZ;
  if (!becomes(PWR + PWR_SR2, PWR_SR2_VOSF, 0)) return CLOCK_NO_VOLTAGE;
  clear32(RCC + RCC_CR, RCC_CR_PLLON);
  if (!becomes(RCC + RCC_CR, RCC_CR_PLLRDY, 0)) return CLOCK_NO_PLL;
  store32(RCC + RCC_PLLCFGR, RCC_PLLCFGR_PLLSRC_HSI16 | ((m - 1) << 4) | (n << 8) | (((r >> 1) - 1) << 25) | RCC_PLLCFGR_PLLREN);
  set32(RCC + RCC_CR, RCC_CR_PLLON);
  if (!becomes(RCC + RCC_CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY)) return CLOCK_NO_PLL;
  clear32(PWR + PWR_CR5, PWR_CR5_R1MODE);
  store32(FLASH + FLASH_ACR, waits | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN);
  if (!becomes(FLASH + FLASH_ACR, FLASH_ACR_LATENCY, waits)) return CLOCK_NO_SWITCH;
  // above 80 MHz by way of half the speed, for a microsecond (5.1.8)
  field32(RCC + RCC_CFGR, RCC_CFGR_SW | RCC_CFGR_HPRE, RCC_CFGR_SW_PLL | HALF);
  if (!becomes(RCC + RCC_CFGR, RCC_CFGR_SWS, RCC_CFGR_SW_PLL << 2)) {
    field32(RCC + RCC_CFGR, RCC_CFGR_SW | RCC_CFGR_HPRE, RCC_CFGR_SW_HSI16);
    return CLOCK_NO_SWITCH;
  }
  pause(boardHz >> 20);
  field32(RCC + RCC_CFGR, RCC_CFGR_HPRE, 0);
  hz = boardHz;
  return CLOCK_OK;
}

export function stm32l4_clock_hz(): u32 {
  return hz;
}
