// PWR of the STM32L4+ (RM0432 5.4): CR1 0 (VOS 10:9: 1 range 1, 2 range 2), CR2 4 (9 IOSV: VDDIO2 is valid, pins 2 to 15 of port G), SR2 0x14
// (10 VOSF while the regulator changes), CR5 0x80 (8 R1MODE: 0 boost). Says what the core may run at (signal `pwr.maxHz`: 120, 80, 26 MHz) and
// that port G has its supply (`pwr.vddio2`). Fault: inject("pwr"), VOSF stays.

import type { PeripheralPorts } from "../peripheral.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const settleSeconds = 20e-6;

export class PwrL4 extends Stm32Peripheral {
  #settledAt = 0;

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { bank } = this;
    bank.add(0, {
      reset: 0x200,
      write: (value, old) => {
        if ((value ^ old) & 0x600) this.#settledAt = ports.world.seconds() + settleSeconds;
        this.#change();
      },
    });
    bank.add(4, { write: (value) => ports.world.setSignal("pwr.vddio2", (value >> 9) & 1) });
    bank.add(8, { reset: 0x8000 });
    bank.add(0x14, { read: () => this.#status(), quiet: true });
    bank.add(0x80, { reset: 0x100, write: () => this.#change() });
  }

  protected override clear(): void {
    super.clear();
    this.#settledAt = 0;
    this.ports.world.setSignal("pwr.vddio2", 0);
    this.#change();
  }

  #status(): number {
    const { world } = this.ports;
    return (1 << 8) | (world.seconds() < this.#settledAt || world.signal("fault.pwr") ? 1 << 10 : 0);
  }

  #change(): void {
    const range1 = ((this.bank.get(0) >> 9) & 3) !== 2;
    const boost = (this.bank.get(0x80) & 0x100) === 0;
    this.ports.world.setSignal("pwr.maxHz", range1 ? (boost ? 120e6 : 80e6) : 26e6);
  }
}
