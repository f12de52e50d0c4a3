// RESETS (RP2040 Datasheet 2.14.3): RESET 0, WDSEL 4, RESET_DONE 8. After power-on everything is held; a peripheral is out of reset once
// its bit is clear and its clock runs. PSM (2.13.5): DONE 0xC; WDSEL says what the watchdog resets. VREG_AND_CHIP_RESET (2.10.4).

import type { PeripheralPorts, ResetCause } from "../peripheral.ts";
import { Rp2040Peripheral } from "./rp2040-peripheral.ts";

/** By bit (2.14.3). */
const held = [
  ...[
    "adc",
    "busctrl",
    "dma",
    "i2c0",
    "i2c1",
    "io_bank0",
    "io_qspi",
    "jtag",
    "pads_bank0",
    "pads_qspi",
    "pio0",
    "pio1",
  ],
  ...[
    "pll_sys",
    "pll_usb",
    "pwm",
    "rtc",
    "spi0",
    "spi1",
    "syscfg",
    "sysinfo",
    "tbman",
    "timer",
    "uart0",
    "uart1",
    "usb",
  ],
];
const all = 0x01ffffff;
/** Peripherals whose registers need a clock of their own beside clk_sys. */
const needsClock = new Set(["adc", "rtc", "uart0", "uart1", "usb"]);

export class Resets extends Rp2040Peripheral {
  constructor(ports: PeripheralPorts) {
    super(ports);
    this.bank.add(0, { reset: all, write: (value) => this.#apply(value) });
    this.bank.add(8, { read: () => this.#done() });
  }

  protected override clear(): void {
    super.clear();
    this.#apply(all);
  }

  #apply(value: number): void {
    for (const [bit, name] of held.entries()) this.ports.world.setSignal(`reset.${name}`, (value >>> bit) & 1);
  }

  #done(): number {
    let done = 0;
    for (const [bit, name] of held.entries()) {
      const clocked = !needsClock.has(name) || this.ports.world.clock(name) > 0;
      if (clocked && ((this.bank.get(0) >>> bit) & 1) === 0) done |= 1 << bit;
    }
    return done;
  }
}

/** Everything is powered, always; WDSEL is told to the watchdog. */
export class PowerStates extends Rp2040Peripheral {
  constructor(ports: PeripheralPorts) {
    super(ports);
    this.bank.add(8, { write: (value) => ports.world.setSignal("psm.wdsel", value & 0x1ffff) });
    this.bank.add(12, { read: () => 0x1ffff });
  }
}

export class ChipReset extends Rp2040Peripheral {
  #had = 0;

  constructor(ports: PeripheralPorts) {
    super(ports);
    this.bank.add(0, { reset: 0xb1 });
    this.bank.add(4, { reset: 0x91 });
    this.bank.add(8, { read: () => this.#had });
  }

  override reset(cause: ResetCause): void {
    super.reset(cause);
    if (cause === "power-on") this.#had = 1 << 8;
    if (cause === "pin") this.#had = 1 << 16;
  }
}

export class SysInfo extends Rp2040Peripheral {
  constructor(ports: PeripheralPorts) {
    super(ports);
    this.bank.add(0, { read: () => 0x20002927 }); // B2: revision 2, part 2, manufacturer 0x927 (2.20.3)
    this.bank.add(4, { read: () => 2 }); // ASIC
  }
}
