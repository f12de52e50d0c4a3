// CMSDK APB watchdog (Arm DDI 0479D 4.4): LOAD 0, VALUE 4, CTRL 8 (0 counts and interrupts, 1 resets), INTCLR 0xC, RIS 0x10, MIS 0x14, LOCK
// 0xC00 (0x1ACC_E551 unlocks, reads 1 while locked). Counts down at the core's clock. The first time at 0 it raises NMI and goes on
// from LOAD; the second time, with the interrupt still there, it resets the chip.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { RegisterBank } from "../register-bank.ts";
import { Ticker } from "../ticker.ts";

export class CmsdkWatchdog implements Peripheral {
  readonly bytes = 0x1000;
  readonly #p: PeripheralPorts;
  readonly #bank = new RegisterBank();
  readonly #ticker: Ticker;
  #interrupted = false;
  #locked = false;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    this.#ticker = new Ticker(ports.world, "core");
    const masked = () => (this.#interrupted && this.#bank.get(8) & 1 ? 1 : 0);
    this.#bank.add(0x0, { reset: 0xffffffff, write: () => this.#restart() });
    this.#bank.add(0x4, { read: () => Math.max(0, this.#bank.get(0) - this.#ticker.count) });
    this.#bank.add(0x8, { write: (value, old) => this.#control(value, old) });
    this.#bank.add(0xc, { read: () => 0, write: () => this.#clear() });
    this.#bank.add(0x10, { read: () => (this.#interrupted ? 1 : 0) });
    this.#bank.add(0x14, { read: masked });
    this.#bank.add(0xc00, { read: () => (this.#locked ? 1 : 0), write: (value) => this.#lock(value) });
  }

  reset(): void {
    this.#cancel();
    this.#ticker.reset();
    this.#bank.reset();
    this.#interrupted = this.#locked = false;
    this.#p.nmi(false);
  }

  #lock(value: number): void {
    this.#locked = value >>> 0 !== 0x1acce551;
  }

  #control(value: number, old: number): void {
    this.#ticker.running = (value & 1) !== 0;
    if (value & 1 && !(old & 1)) this.#restart();
    if (!(value & 1)) this.#cancel();
  }

  #clear(): void {
    this.#interrupted = false;
    this.#p.nmi(false);
    this.#restart();
  }

  #restart(): void {
    this.#cancel();
    this.#ticker.count = 0;
    if (this.#ticker.running) this.#cancel = this.#ticker.at(this.#bank.get(0), () => this.#expire());
  }

  #expire(): void {
    if (this.#interrupted) {
      if (this.#bank.get(8) & 2) this.#p.resetChip("watchdog");
      return;
    }
    this.#interrupted = true;
    this.#p.nmi(true);
    this.#restart();
  }

  read(offset: number, width: Width): number {
    if (offset >= 0xfd0)
      return [0x04, 0, 0, 0, 0x24, 0xb8, 0x1b, 0, 0x0d, 0xf0, 0x05, 0xb1][(offset - 0xfd0) >> 2] ?? 0;
    return this.#bank.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    if (!this.#locked || offset === 0xc00) this.#bank.write(offset, value, width);
  }
}
