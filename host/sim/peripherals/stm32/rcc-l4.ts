// RCC of the STM32L4+ (RM0432 6.4): CR 0, CFGR 8, PLLCFGR 0xC, PLLSAI1CFGR 0x10, reset registers 0x28–0x40, enable registers 0x48–0x60, CCIPR
// 0x88, CSR 0x94, CCIPR2 0x9C.
//
//   MSI 4 MHz after reset, 100 kHz – 48 MHz ─┬─► SW 0 ─┐
//   HSI16 ───────────────────────────────────┼─► SW 1 ─┼─ HPRE ─► core ─ PPRE1 ─► APB1, timers
//   HSE ─────────────────────────────────────┼─► SW 2 ─┤               └ PPRE2 ─► APB2
//                         /(M+1) · N /R PLL ─┤─► SW 3 ─┘        U(S)ARTs and I2C: bus, SYSCLK or HSI16 by CCIPR
//                  /(M+1) · N /PDIV PLLSAI1 ─┘─► SAI1, or HSI16, by CCIPR2 (clock `sai1.kernel`)
//
// Options: hseHz (0: nothing on OSC_IN). What the core may run at is PWR's business (signal `pwr.maxHz`); above 80 MHz the switch needs HPRE
// at 2 or more (5.1.8). A source that stops under SYSCLK leaves the simulation on MSI, with a note: silicon stands still.

import type { PeripheralPorts, ResetCause } from "../peripheral.ts";
import { addEnables, ahbDivider, apbDivider, type EnableRegister, publishClocks, Source } from "./clock-tree.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const hsiHz = 16e6;
/** MSIRANGE 0 to 11 (6.4.1). */
const msiHz = [1e5, 2e5, 4e5, 8e5, 1e6, 2e6, 4e6, 8e6, 16e6, 24e6, 32e6, 48e6];
const at = { cr: 0, cfgr: 8, pll: 0xc, pllSai: 0x10, select: 0x88, csr: 0x94, select2: 0x9c } as const;
const resetFlags: Readonly<Record<ResetCause, number>> = {
  "power-on": (1 << 27) | (1 << 26), // BOR, PIN: there is no flag of its own
  pin: 1 << 26,
  watchdog: (1 << 29) | (1 << 26),
  software: (1 << 28) | (1 << 26),
  lockup: 1 << 26,
};

/** RM0432 6.4.16 to 6.4.21. */
const enables: readonly EnableRegister[] = [
  { offset: 0x48, reset: 0x100, bits: { dma1: [0, "ahb"], dma2: [1, "ahb"], dmamux1: [2, "ahb"], flash: [8, "ahb"] } },
  {
    offset: 0x4c,
    bits: {
      ...Object.fromEntries([..."abcdefghi"].map((port, bit) => [`gpio${port}`, [bit, "ahb"] as const])),
      adc1: [13, "ahb"],
    },
  },
  {
    offset: 0x58,
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
  { offset: 0x5c, bits: { lpuart1: [0, "apb1"] } },
  { offset: 0x60, bits: { usart1: [14, "apb2"], sai1: [21, "apb2"] } },
];
/** CCIPR (6.4.28): where the two bits of a peripheral are. */
const selections: Readonly<Record<string, number>> = {
  ...{ usart1: 0, usart2: 2, usart3: 4, lpuart1: 10, i2c1: 12, i2c2: 14, i2c3: 16 },
};

export class RccL4 extends Stm32Peripheral {
  readonly #msi: Source;
  readonly #hsi: Source;
  readonly #hse: Source;
  readonly #pll: Source;
  readonly #pllSai: Source;
  readonly #lsi: Source;
  /** SWS: 0 MSI, 1 HSI16, 2 HSE, 3 PLL. */
  #selected = 0;
  #flags = 0;

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { world } = ports;
    const change = () => this.#change();
    // start-up times: STM32L4R5xx datasheet 6.3.9, 6.3.10, 6.3.11 (typical)
    this.#msi = new Source(world, "msi", 2.5e-6, change);
    this.#hsi = new Source(world, "hsi", 0.8e-6, change);
    this.#hse = new Source(world, "hse", 2e-3, change);
    this.#pll = new Source(world, "pll", 15e-6, change);
    this.#pllSai = new Source(world, "pllsai1", 15e-6, change);
    this.#lsi = new Source(world, "lsi", 80e-6, change);
    const { bank } = this;
    bank.add(at.cr, { reset: 0x63, read: () => this.#control(), write: change, quiet: true });
    bank.add(at.cfgr, {
      read: () => (this.bank.get(at.cfgr) & ~12) | (this.#selected << 2),
      write: change,
      quiet: true,
    });
    bank.add(at.pll, { reset: 0x1000, write: (value, old) => this.#checkWrite("PLL", 1 << 24, value ^ old) });
    bank.add(at.pllSai, { reset: 0x1000, write: () => this.#checkWrite("PLLSAI1", 1 << 26) });
    bank.add(at.select, { write: change });
    bank.add(at.select2, { write: change });
    bank.add(at.csr, {
      reset: 0x600,
      read: () => this.#status(),
      write: (value) => this.#setStatus(value),
      quiet: true,
    });
    addEnables(bank, enables, ports, change);
    world.onSignal("fault.rcc", change);
    world.onSignal("pwr.maxHz", change);
    world.setClock(ports.name, 4e6);
  }

  override reset(cause: ResetCause): void {
    super.reset(cause);
    for (const source of [this.#hsi, this.#hse, this.#pll, this.#pllSai, this.#lsi]) source.clear(false);
    this.#msi.clear(true);
    this.#flags = cause === "power-on" ? resetFlags[cause] : this.#flags | resetFlags[cause];
    this.#selected = 0;
    this.#change();
  }

  #control(): number {
    const ready =
      (this.#msi.ready ? 2 : 0) |
      (this.#hsi.ready ? 1 << 10 : 0) |
      (this.#hse.ready ? 1 << 17 : 0) |
      (this.#pll.ready ? 1 << 25 : 0) |
      (this.#pllSai.ready ? 1 << 27 : 0);
    return (this.bank.get(at.cr) & 0x050d0bfd) | ready;
  }

  #status(): number {
    const lsi = this.#lsi.ready || this.ports.world.signal("iwdg.running") ? 2 : 0;
    return ((this.bank.get(at.csr) & 0xf01) | lsi | this.#flags) >>> 0;
  }

  #setStatus(value: number): void {
    if (value & (1 << 23)) this.#flags = 0;
    this.#lsi.wanted = (value & 1) !== 0;
  }

  get #msiHz(): number {
    const control = this.bank.get(at.cr);
    const range = control & 8 ? (control >> 4) & 15 : (this.bank.get(at.csr) >> 8) & 15;
    return msiHz[range] ?? 4e6;
  }

  /** Of the PLL: source 1 MSI, 2 HSI16, 3 HSE. */
  get #pllInput(): { readonly source: Source | undefined; readonly hz: number } {
    const which = this.bank.get(at.pll) & 3;
    return {
      source: [undefined, this.#msi, this.#hsi, this.#hse][which],
      hz: [0, this.#msiHz, hsiHz, this.option("hseHz", 0)][which]!,
    };
  }

  /** Neither is set anew while it is on; their source not while either is (6.4.4). */
  #checkWrite(name: string, on: number, changed = 0): void {
    const control = this.bank.get(at.cr);
    if (control & on) this.ports.note(`rcc: ${name}CFGR is written while the ${name} is on`);
    else if (changed & 3 && control & (1 << 26)) this.ports.note("rcc: PLLSRC is changed while the PLLSAI1 is on");
  }

  /** In and out of a VCO, by its PLL's register. */
  #vco(value: number): { readonly input: number; readonly hz: number } {
    const input = this.#pllInput.hz / (((value >> 4) & 15) + 1);
    return { input, hz: input * ((value >> 8) & 127) };
  }

  get #pllHz(): number {
    const value = this.bank.get(at.pll);
    return value & (1 << 24) ? this.#vco(value).hz / (2 * (((value >> 25) & 3) + 1)) : 0;
  }

  /** PDIV, or 7 or 17 (6.4.5). */
  get #pllSaiHz(): number {
    const value = this.bank.get(at.pllSai);
    const on = this.#pllSai.ready && value & (1 << 16);
    return on ? this.#vco(value).hz / (value >>> 27 || (value & (1 << 17) ? 17 : 7)) : 0;
  }

  #change(): void {
    const control = this.bank.get(at.cr);
    this.#msi.wanted = (control & 1) !== 0 || this.#selected === 0;
    this.#hsi.wanted = (control & (1 << 8)) !== 0;
    this.#hse.wanted = (control & (1 << 16)) !== 0 && this.option("hseHz", 0) > 0;
    for (const [name, pll, on, register] of [
      ["PLL", this.#pll, 1 << 24, at.pll],
      ["PLLSAI1", this.#pllSai, 1 << 26, at.pllSai],
    ] as const) {
      const locks = (control & on) !== 0 && this.#pllInput.source?.ready === true;
      if (locks && !pll.ready) this.#checkVco(name, this.bank.get(register));
      pll.wanted = locks;
    }
    this.#select(this.bank.get(at.cfgr) & 3);
    const source = this.#sources[this.#selected]!;
    if (!source.ready)
      this.ports.note("rcc: SYSCLK's source stopped; silicon stands still here, the simulation goes on with MSI");
    const hz = [this.#msiHz, hsiHz, this.option("hseHz", 0), this.#pllHz][source.ready ? this.#selected : 0]!;
    this.#publish(hz);
  }

  get #sources(): readonly Source[] {
    return [this.#msi, this.#hsi, this.#hse, this.#pll];
  }

  #select(wanted: number): void {
    if (wanted === this.#selected || !this.#sources[wanted]!.ready || this.ports.world.signal("fault.rcc")) return;
    if (wanted === 3 && this.#pllHz === 0) return;
    this.#selected = wanted;
    if (wanted === 3 && this.#pllHz / ahbDivider((this.bank.get(at.cfgr) >> 4) & 15) > 80e6)
      this.ports.note("rcc: SYSCLK switches to more than 80 MHz without HPRE at 2 first");
  }

  /** RM0432 6.4.4, datasheet 6.3.11: 2.66 to 16 MHz in, 64 to 344 MHz out of the VCO. */
  #checkVco(name: string, value: number): void {
    const { input, hz } = this.#vco(value);
    if (input < 2.66e6 || input > 16e6 || hz < 64e6 || hz > 344e6)
      this.ports.note(
        `rcc: ${name} of ${input / 1e6} MHz and a VCO of ${hz / 1e6} MHz; 2.66 to 16 and 64 to 344 are allowed`,
      );
  }

  #publish(hz: number): void {
    const { world, note } = this.ports;
    const value = this.bank.get(at.cfgr);
    const core = hz / ahbDivider((value >> 4) & 15);
    const most = world.signal("pwr.maxHz");
    if (most && core > most) note(`rcc: core at ${core / 1e6} MHz, ${most / 1e6} MHz are allowed as things are set`);
    const prescalers = [apbDivider((value >> 8) & 7), apbDivider((value >> 11) & 7)] as const;
    const clocks = { core, apb1: core / prescalers[0], apb2: core / prescalers[1], prescalers };
    const select = this.bank.get(at.select);
    const ofSai = (this.bank.get(at.select2) >> 5) & 7;
    world.setClock("sai1.kernel", ofSai === 0 ? this.#pllSaiHz : ofSai === 4 && this.#hsi.ready ? hsiHz : 0);
    publishClocks(this.bank, enables, world, clocks, (name) => {
      const shift = selections[name];
      return shift === undefined ? undefined : [undefined, hz, this.#hsi.ready ? hsiHz : 0, 0][(select >> shift) & 3];
    });
  }
}
