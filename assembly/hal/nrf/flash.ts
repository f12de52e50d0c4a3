// nrf_flash: the NVMC (nRF52840 PS 4.3, nRF51 RM 6). Words; programming clears bits, erasing a page sets them. While it works, reads of
// flash wait: the core stands still by itself, and interrupts with it (erase 85 ms on the nRF52840, 21 ms on the nRF51; 41 µs a word).

import { load32, store32 } from "../../mmio";
import { FLASH_OK, FLASH_REFUSED, FLASH_TIMEOUT, FLASH_VERIFY } from "../../wire";
import { NVMC, NVMC_CONFIG, NVMC_CONFIG_EEN, NVMC_CONFIG_REN, NVMC_CONFIG_WEN, NVMC_ERASEPAGE, NVMC_READY } from "./registers";

@external("config", "flash.page") declare const page: u32;
@external("config", "flash.end") declare const end: u32;

/** Looks at READY: at least 6 cycles each, so ≥ 93 ms at 64 MHz even where code runs from RAM. */
const PATIENCE: u32 = 1_000_000;

function waitReady(): bool {
  for (let looks: u32 = 0; looks < PATIENCE; looks++) if (load32(NVMC + NVMC_READY) & 1) return true;
  return false;
}

export function nrf_flash_erase(address: u32): i32 {
  if (address & (page - 1) || address >= end) return FLASH_REFUSED;
  store32(NVMC + NVMC_CONFIG, NVMC_CONFIG_EEN);
  store32(NVMC + NVMC_ERASEPAGE, address);
  const ready = waitReady();
  store32(NVMC + NVMC_CONFIG, NVMC_CONFIG_REN);
  if (!ready) return FLASH_TIMEOUT;
  for (let at: usize = address; at < address + page; at += 4) if (load32(at) != 0xffff_ffff) return FLASH_VERIFY;
  return FLASH_OK;
}

export function nrf_flash_program(address: u32, from: usize, bytes: u32): i32 {
  if ((address | bytes) & 3 || address >= end || bytes > end - address) return FLASH_REFUSED;
  store32(NVMC + NVMC_CONFIG, NVMC_CONFIG_WEN);
  let ready = true;
  for (let at: u32 = 0; at < bytes && ready; at += 4) {
    store32(address + at, load<u32>(from + at, 0, 1));
    ready = waitReady();
  }
  store32(NVMC + NVMC_CONFIG, NVMC_CONFIG_REN);
  if (!ready) return FLASH_TIMEOUT;
  for (let at: u32 = 0; at < bytes; at += 4) if (load32(address + at) != load<u32>(from + at, 0, 1)) return FLASH_VERIFY;
  return FLASH_OK;
}
