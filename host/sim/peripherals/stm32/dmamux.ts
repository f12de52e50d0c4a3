// DMAMUX of the STM32L4+ (RM0432 12.6): CxCR at 4 x (6:0 DMAREQ_ID, 16 SE). Channels 0 to 6 are those of DMA1, 7 to 13 those of DMA2 (12.3.2); what a
// channel chose is the signal `<name>.x`. Synchronisation and the request generator are not modelled.

import type { PeripheralPorts } from "../peripheral.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const channels = [...Array(14).keys()];

export class Dmamux extends Stm32Peripheral {
  constructor(ports: PeripheralPorts) {
    super(ports);
    const { world, name, note } = ports;
    for (const channel of channels)
      this.bank.add(4 * channel, {
        write: (value) => {
          if (value & (1 << 16)) note(`${name}: synchronisation is not modelled`);
          world.setSignal(`${name}.${channel}`, value & 127);
        },
      });
  }

  protected override clear(): void {
    super.clear();
    for (const channel of channels) this.ports.world.setSignal(`${this.ports.name}.${channel}`, 0);
  }
}
