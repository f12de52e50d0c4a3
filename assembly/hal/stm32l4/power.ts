// stm32l4_power: why the chip was reset (RM0432 6.4.30, RCC_CSR; a pin flag comes with every cause, and power-on is the brown-out flag: there is
// none of its own), and software reset by AIRCR. The boot loader in system memory is entered by BOOT0, not by software alone: none.

import { dsb } from "../../cpu";
import { load32, set32, store32 } from "../../mmio";
import { RESET_PIN, RESET_POWER_ON, RESET_SOFTWARE, RESET_UNKNOWN, RESET_WATCHDOG } from "../../wire";
import {
  RCC,
  RCC_CSR,
  RCC_CSR_BORRSTF,
  RCC_CSR_IWDGRSTF,
  RCC_CSR_PINRSTF,
  RCC_CSR_RMVF,
  RCC_CSR_SFTRSTF,
} from "./registers";

/** AIRCR (DDI 0403E B3.2.6): VECTKEY, SYSRESETREQ. */
const AIRCR: usize = 0xe000ed0c;
const SYSRESETREQ: u32 = 0x05fa0004;

export function stm32l4_power_cause(): i32 {
  const flags = load32(RCC + RCC_CSR);
  set32(RCC + RCC_CSR, RCC_CSR_RMVF);
  if (flags & RCC_CSR_IWDGRSTF) return RESET_WATCHDOG;
  if (flags & RCC_CSR_SFTRSTF) return RESET_SOFTWARE;
  if (flags & RCC_CSR_BORRSTF) return RESET_POWER_ON;
  return flags & RCC_CSR_PINRSTF ? RESET_PIN : RESET_UNKNOWN;
}

export function stm32l4_power_reset(): void {
  dsb();
  store32(AIRCR, SYSRESETREQ);
  for (;;) dsb();
}

export function stm32l4_power_boot_loader(): void {}
