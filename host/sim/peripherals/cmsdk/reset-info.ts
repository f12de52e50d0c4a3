// The register that says why the chip was reset: RSTINFO of the CMSDK system controller (Arm DDI 0479D 3.6; ones clear), RESET_SYNDROME of
// SSE-200 (DDI 0521 table 3-31; zeros clear). `at` is its offset; `power-on`, `software`, `watchdog`, `lockup` are its bits.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts, ResetCause } from "../peripheral.ts";
import { RegisterBank } from "../register-bank.ts";

export class CmsdkResetInfo implements Peripheral {
  readonly bytes = 0x1000;
  readonly #bank = new RegisterBank();
  readonly #p: PeripheralPorts;
  #causes = 0;

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    const zerosClear = ports.options["clear"] === "zeros";
    this.#bank.add(Number(ports.options["at"]), {
      read: () => this.#causes,
      write: (value) => void (this.#causes &= zerosClear ? value : ~value),
    });
  }

  reset(cause: ResetCause): void {
    this.#bank.reset();
    const bit = Number(this.#p.options[cause] ?? 0);
    this.#causes = cause === "power-on" ? bit : this.#causes | bit;
  }

  read(offset: number, width: Width): number {
    return this.#bank.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#bank.write(offset, value, width);
  }
}
