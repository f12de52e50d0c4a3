// WATCHDOG (RP2040 Datasheet 4.7.6): CTRL 0 (31 TRIGGER, 30 ENABLE, TIME), LOAD 4, REASON 8 (0 timer, 1 forced), SCRATCH0…7 0xC, TICK 0x2C
// (ENABLE 9, CYCLES 8:0, RUNNING 10): one tick every CYCLES of clk_ref, also for TIMER. The counter falls by 2 a tick (erratum
// RP2040-E1). What is reset is PSM.WDSEL's choice (4.7.2): without a core in it, a bite does nothing. REASON and SCRATCH survive.

import type { PeripheralPorts, ResetCause } from "../peripheral.ts";
import { Ticker } from "../ticker.ts";
import { Rp2040Peripheral } from "./rp2040-peripheral.ts";

const trigger = 0x80000000;
const enabled = 0x40000000;
/** PSM.WDSEL: proc0, proc1. */
const cores = 3 << 15;

export class Watchdog extends Rp2040Peripheral {
  readonly #ticker: Ticker;
  readonly #scratch = new Uint32Array(8);
  #reason = 0;
  #bite: 0 | 1 | 2 = 0;
  /** Ticks since start at which it bites. */
  #due = 0;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    super(ports);
    this.#ticker = new Ticker(ports.world, "tick");
    this.bank.add(0, { reset: 0x07000000, read: () => this.#control(), write: (value) => this.#setControl(value) });
    this.bank.add(4, { write: (value) => this.#load(value & 0xffffff) });
    this.bank.add(8, { read: () => this.#reason });
    for (let i = 0; i < 8; i++)
      this.bank.add(0xc + 4 * i, {
        read: () => this.#scratch[i]!,
        write: (value) => {
          this.#scratch[i] = value;
        },
      });
    this.bank.add(0x2c, {
      reset: 0x200,
      read: () => (this.bank.get(0x2c) & 0x3ff) | (ports.world.clock("tick") > 0 ? 1 << 10 : 0),
      write: () => this.#tick(),
    });
    ports.world.onClock("ref", () => this.#tick());
  }

  override reset(cause: ResetCause): void {
    super.reset(cause);
    this.#reason = cause === "watchdog" || cause === "software" ? this.#bite : 0;
    this.#bite = 0;
    if (cause === "power-on" || cause === "pin") this.#scratch.fill(0);
    this.#cancel();
    this.#ticker.reset();
    this.#tick();
  }

  #tick(): void {
    const value = this.bank.get(0x2c);
    const cycles = value & 0x1ff;
    const running = (value & 0x200) !== 0 && cycles > 0;
    this.ports.world.setClock("tick", running ? this.ports.world.clock("ref") / cycles : 0);
  }

  #control(): number {
    const left = Math.max(0, this.#due - this.#ticker.count);
    return (this.bank.get(0) & 0x47000000) | (this.#ticker.running ? (2 * left) & 0xffffff : 0);
  }

  #setControl(value: number): void {
    this.bank.set(0, value & 0x47000000);
    if (value & trigger) return this.#fire(2);
    this.#ticker.running = (value & enabled) !== 0;
  }

  #load(value: number): void {
    this.#cancel();
    this.#due = this.#ticker.count + Math.ceil(value / 2);
    this.#cancel = this.#ticker.at(this.#due, () => this.#fire(1));
  }

  #fire(reason: 1 | 2): void {
    const { world, note, resetChip } = this.ports;
    if ((world.signal("psm.wdsel") & cores) === 0) return note("watchdog: bites, but PSM.WDSEL selects no core");
    this.#bite = reason;
    resetChip(reason === 1 ? "watchdog" : "software");
  }
}
