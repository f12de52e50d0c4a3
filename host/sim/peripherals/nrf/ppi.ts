// PPI (nRF52840 PS 6.16): connects an event to a task without the core. CHEN 0x500, CHENSET 0x504, CHENCLR 0x508; CH[n].EEP 0x510 + 8n (address
// of the event), TEP 0x514 + 8n (address of the task). Events that other models announce in the World are known here by `options`:
// address of the event → name of the signal.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { RegisterBank } from "../register-bank.ts";

const channels = 20;

export class NrfPpi implements Peripheral {
  readonly bytes = 0x1000;
  readonly #bank = new RegisterBank();
  readonly #p: PeripheralPorts;
  #enabled = 0;

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    const enabled = () => this.#enabled;
    this.#bank.add(0x500, { read: enabled, write: (value) => void (this.#enabled = value) });
    this.#bank.add(0x504, { read: enabled, write: (value) => void (this.#enabled |= value) });
    this.#bank.add(0x508, { read: enabled, write: (value) => void (this.#enabled &= ~value) });
    for (const [event, signal] of Object.entries(ports.options))
      ports.world.onSignal(String(signal), (level) => level && this.#happened(Number(event)));
  }

  reset(): void {
    this.#bank.reset();
    this.#enabled = 0;
  }

  #happened(event: number): void {
    for (let n = 0; n < channels; n++)
      if ((this.#enabled >>> n) & 1 && this.#bank.get(0x510 + 8 * n) === event)
        this.#p.writeBus(this.#bank.get(0x514 + 8 * n), 1, 4);
  }

  read(offset: number, width: Width): number {
    return this.#bank.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#bank.write(offset, value, width);
  }
}
