// RCC of the STM32F4 (RM0390 6.3, RM0383 6.3): CR 0, PLLCFGR 4, CFGR 8, reset registers 0x10–0x24, enable registers 0x30–0x44, CSR 0x74.
//
//   HSI 16 MHz ─┬───────────────► SW 0 ─┐
//   HSE ────────┼───────────────► SW 1 ─┼─ HPRE ─► core ─ PPRE1 ─► APB1     timers: twice their bus where it is divided
//               └ /M · N /P PLL ─► SW 2 ─┘               └ PPRE2 ─► APB2
//
// Options: hseHz, hseExternal 1 (a clock on OSC_IN: starts with HSEBYP only), apb1MaxHz, apb2MaxHz. What the core may run at is PWR's
// business (signal `pwr.maxHz`). A source that stops under SYSCLK leaves the simulation on HSI, with a note: silicon stands still.

import type { PeripheralPorts, ResetCause } from "../peripheral.ts";
import { addEnables, ahbDivider, apbDivider, type EnableRegister, publishClocks, Source } from "./clock-tree.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const hsiHz = 16e6;
const at = { cr: 0, pll: 4, cfgr: 8, csr: 0x74 } as const;
const resetFlags: Readonly<Record<ResetCause, number>> = {
  "power-on": 0x0e000000, // POR, PIN, BOR
  pin: 1 << 26,
  watchdog: (1 << 29) | (1 << 26),
  software: (1 << 28) | (1 << 26),
  lockup: 1 << 26,
};

/** RM0390 6.3.10, 6.3.13, 6.3.14. */
const enables: readonly EnableRegister[] = [
  {
    offset: 0x30,
    reset: 0x00100000,
    bits: {
      ...Object.fromEntries([..."abcdefgh"].map((port, bit) => [`gpio${port}`, [bit, "ahb"] as const])),
      dma1: [21, "ahb"],
      dma2: [22, "ahb"],
    },
  },
  {
    offset: 0x40,
    bits: {
      tim2: [0, "apb1.timers"],
      tim3: [1, "apb1.timers"],
      tim4: [2, "apb1.timers"],
      tim5: [3, "apb1.timers"],
      usart2: [17, "apb1"],
      usart3: [18, "apb1"],
      i2c1: [21, "apb1"],
      i2c2: [22, "apb1"],
      i2c3: [23, "apb1"],
      pwr: [28, "apb1"],
    },
  },
  { offset: 0x44, bits: { usart1: [4, "apb2"], usart6: [5, "apb2"], adc1: [8, "apb2"] } },
];

export class RccF4 extends Stm32Peripheral {
  readonly #hsi: Source;
  readonly #hse: Source;
  readonly #pll: Source;
  readonly #lsi: Source;
  /** SWS: 0 HSI, 1 HSE, 2 PLL. */
  #selected = 0;
  #flags = 0;

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { world } = ports;
    const change = () => this.#change();
    // start-up times: STM32F446xC/E datasheet 6.3.9, 6.3.10, 6.3.11 (typical)
    this.#hsi = new Source(world, "hsi", 2.2e-6, change);
    this.#hse = new Source(world, "hse", this.option("hseExternal", 0) ? 10e-6 : 2e-3, change);
    this.#pll = new Source(world, "pll", 75e-6, change);
    this.#lsi = new Source(world, "lsi", 15e-6, change);
    const { bank } = this;
    bank.add(at.cr, { reset: 0x83, read: () => this.#control(), write: change, quiet: true });
    bank.add(at.pll, {
      reset: 0x24003010,
      write: () => this.bank.get(at.cr) & (1 << 24) && ports.note("rcc: PLLCFGR is written while the PLL is on"),
    });
    bank.add(at.cfgr, {
      read: () => (this.bank.get(at.cfgr) & ~12) | (this.#selected << 2),
      write: change,
      quiet: true,
    });
    bank.add(at.csr, { read: () => this.#status(), write: (value) => this.#setStatus(value), quiet: true });
    addEnables(bank, enables, ports, change);
    world.onSignal("fault.rcc", change);
    world.onSignal("pwr.maxHz", change);
    world.setClock(ports.name, hsiHz);
  }

  override reset(cause: ResetCause): void {
    super.reset(cause);
    for (const source of [this.#hse, this.#pll, this.#lsi]) source.clear(false);
    this.#hsi.clear(true);
    this.#flags = cause === "power-on" ? resetFlags[cause] : this.#flags | resetFlags[cause];
    this.#selected = 0;
    this.#change();
  }

  #control(): number {
    const ready = (this.#hsi.ready ? 2 : 0) | (this.#hse.ready ? 1 << 17 : 0) | (this.#pll.ready ? 1 << 25 : 0);
    return (this.bank.get(at.cr) & 0x010d00f9) | ready;
  }

  #status(): number {
    const lsi = this.#lsi.ready || this.ports.world.signal("iwdg.running") ? 2 : 0;
    return (this.bank.get(at.csr) & 1) | lsi | this.#flags;
  }

  #setStatus(value: number): void {
    if (value & (1 << 24)) this.#flags = 0;
    this.#lsi.wanted = (value & 1) !== 0;
  }

  get #hseHz(): number {
    return this.option("hseHz", 0);
  }

  get #pllHz(): number {
    const value = this.bank.get(at.pll);
    const source = value & (1 << 22) ? this.#hseHz : hsiHz;
    return ((source / (value & 63)) * ((value >> 6) & 511)) / (2 * (((value >> 16) & 3) + 1));
  }

  #change(): void {
    const control = this.bank.get(at.cr);
    const bypassed = (control & (1 << 18)) !== 0;
    this.#hsi.wanted = (control & 1) !== 0 || this.#selected === 0;
    const clocked = this.#hseHz > 0 && (!this.option("hseExternal", 0) || bypassed);
    this.#hse.wanted = (control & (1 << 16)) !== 0 && clocked;
    const source = this.bank.get(at.pll) & (1 << 22) ? this.#hse : this.#hsi;
    if (control & (1 << 24) && source.ready) this.#checkPll();
    this.#pll.wanted = (control & (1 << 24)) !== 0 && source.ready;
    const sources = [this.#hsi, this.#hse, this.#pll];
    const wanted = this.bank.get(at.cfgr) & 3;
    if (sources[wanted]?.ready && !this.ports.world.signal("fault.rcc")) this.#selected = wanted;
    if (!sources[this.#selected]!.ready)
      this.ports.note("rcc: SYSCLK's source stopped; silicon stands still here, the simulation goes on with HSI");
    const hz = sources[this.#selected]!.ready ? [hsiHz, this.#hseHz, this.#pllHz][this.#selected]! : hsiHz;
    this.#publish(hz);
  }

  /** RM0390 6.3.2: 1 to 2 MHz in, 100 to 432 MHz out of the VCO. */
  #checkPll(): void {
    const value = this.bank.get(at.pll);
    const input = (value & (1 << 22) ? this.#hseHz : hsiHz) / (value & 63);
    const vco = input * ((value >> 6) & 511);
    if (input < 0.95e6 || input > 2.1e6 || vco < 100e6 || vco > 432e6)
      this.ports.note(
        `rcc: PLL of ${input / 1e6} MHz and a VCO of ${vco / 1e6} MHz; 1 to 2 and 100 to 432 are allowed`,
      );
  }

  #publish(hz: number): void {
    const { world, note } = this.ports;
    const value = this.bank.get(at.cfgr);
    const core = hz / ahbDivider((value >> 4) & 15);
    const prescalers = [apbDivider((value >> 10) & 7), apbDivider((value >> 13) & 7)] as const;
    const [apb1, apb2] = [core / prescalers[0], core / prescalers[1]];
    const limits = [
      ["core", core, world.signal("pwr.maxHz")],
      ["APB1", apb1, this.option("apb1MaxHz", 0)],
      ["APB2", apb2, this.option("apb2MaxHz", 0)],
    ] as const;
    for (const [name, has, most] of limits)
      if (most && has > most) note(`rcc: ${name} at ${has / 1e6} MHz, ${most / 1e6} MHz are allowed as things are set`);
    publishClocks(this.bank, enables, world, { core, apb1, apb2, prescalers });
    world.setClock("flash", core);
  }
}
