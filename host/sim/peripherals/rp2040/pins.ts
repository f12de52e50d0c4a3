// IO_BANK0 (RP2040 Datasheet 2.19.6.1): GPIOn_CTRL at 8n + 4, FUNCSEL 4:0. Functions 2 (UART) and 3 (I2C) are routed to the World's
// pins by table 2.19.2; SIO (5) drives and reads them; others are stored. PADS_BANK0 (2.19.6.3): GPIOn at 4n + 4, 7 OD, 6 IE, 3 PUE.
// What SIO needs of both it reads as signals: `funcsel.N`, `pad.N`.
//
//   UART   TX RX CTS RTS in turn; pins 0–3 uart0, 4–11 uart1, 12–19 uart0, 20–27 uart1, 28–29 uart0
//   I2C    SDA on even, SCL on odd pins; 0–1 i2c0, 2–3 i2c1, 4–5 i2c0 …

import type { PeripheralPorts } from "../peripheral.ts";
import { Rp2040Peripheral } from "./rp2040-peripheral.ts";

export const pinCount = 30;
const functions = { uart: 2, i2c: 3 } as const;

/** The signal that a function connects to a pin. */
export function signalAt(pin: number, funcsel: number): string | undefined {
  if (funcsel === functions.uart) {
    const role = (["tx", "rx", "cts", "rts"] as const)[pin & 3]!;
    return `uart${((pin + 4) >> 3) & 1}.${role}`;
  }
  if (funcsel === functions.i2c) return `i2c${(pin >> 1) & 1}.${pin & 1 ? "scl" : "sda"}`;
  return undefined;
}

export class IoBank extends Rp2040Peripheral {
  constructor(ports: PeripheralPorts) {
    super(ports);
    for (let pin = 0; pin < pinCount; pin++)
      this.bank.add(8 * pin + 4, { reset: 0x1f, write: (value) => this.#select(pin, value & 0x1f) });
  }

  protected override clear(): void {
    super.clear();
    for (let pin = 0; pin < pinCount; pin++) this.#select(pin, 0x1f);
  }

  #select(pin: number, funcsel: number): void {
    this.ports.world.setSignal(`funcsel.${pin}`, funcsel);
    this.ports.world.route(pin, signalAt(pin, funcsel));
  }
}

export class Pads extends Rp2040Peripheral {
  constructor(ports: PeripheralPorts) {
    super(ports);
    for (let pin = 0; pin < pinCount; pin++)
      this.bank.add(4 * pin + 4, { reset: 0x56, write: (value) => ports.world.setSignal(`pad.${pin}`, value) });
  }

  protected override clear(): void {
    super.clear();
    for (let pin = 0; pin < pinCount; pin++) this.ports.world.setSignal(`pad.${pin}`, 0x56);
  }
}
