// PWR of the STM32F4 (RM0390 5.4, RM0383 5.4): CR 0 (VOS 15:14, ODEN 16, ODSWEN 17), CSR 4 (VOSRDY 14, ODRDY 16, ODSWRDY 17). Says what the
// core may run at (signal `pwr.maxHz`). Options: scale1Hz, scale2Hz, scale3Hz, overdriveHz (0: none), vos (after reset). Fault:
// inject("pwr"), over-drive never gets ready.

import type { PeripheralPorts } from "../peripheral.ts";
import { Source } from "./clock-tree.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

export class PwrF4 extends Stm32Peripheral {
  readonly #overdrive: Source;
  readonly #switched: Source;

  constructor(ports: PeripheralPorts) {
    super(ports);
    // STM32F446xC/E datasheet 6.3.6: 45 µs for over-drive, and switching
    this.#overdrive = new Source(ports.world, "pwr", 45e-6, () => this.#change());
    this.#switched = new Source(ports.world, "pwr", 20e-6, () => this.#change());
    this.bank.add(0, { reset: this.option("vos", 3) << 14, write: () => this.#change() });
    this.bank.add(4, { read: () => this.#status(), quiet: true });
  }

  protected override clear(): void {
    super.clear();
    this.#overdrive.clear(false);
    this.#switched.clear(false);
    this.#change();
  }

  #status(): number {
    return (1 << 14) | (this.#overdrive.ready ? 1 << 16 : 0) | (this.#switched.ready ? 1 << 17 : 0);
  }

  #change(): void {
    const control = this.bank.get(0);
    const exists = this.option("overdriveHz", 0) > 0;
    this.#overdrive.wanted = exists && (control & (1 << 16)) !== 0;
    this.#switched.wanted = this.#overdrive.ready && (control & (1 << 17)) !== 0;
    const scale = 4 - ((control >> 14) & 3 || 1);
    const most = this.#switched.ready ? this.option("overdriveHz", 0) : this.option(`scale${scale}Hz`, 0);
    this.ports.world.setSignal("pwr.maxHz", most);
  }
}
