// SPI of the STM32F4 as I2S (RM0390 26.6, 26.7), master receive: CR2 4 (0 RXDMAEN, 5 ERRIE, 6 RXNEIE), SR 8 (0 RXNE, 1 TXE, 2 CHSIDE, 6 OVR), DR 0xC,
// I2SCFGR 0x1C (0 CHLEN, 2:1 DATLEN, 5:4 I2SSTD, 9:8 I2SCFG, 10 I2SE, 11 I2SMOD), I2SPR 0x20 (7:0 I2SDIV, 8 ODD, 9 MCKOE).
//
//   I2SxCLK / (2 · I2SDIV + ODD) = bit clock, with MCKOE a quarter of that (32 bits a channel) or an eighth (16)
//   left: word (word), right: word (word), left …      16 bits each; 24 and 32 bits of data come in two words; others of a slot are dropped
//
// DR not read when the next word is whole: OVR, and that word is lost; DR then SR read clear it. Signals: `<name>.ck`, `.ws`, `.sd`; `dreq.<name>`.
// The clock is the World's `i2s.apb1`. SPI, slaves, sending, LSB-justified and PCM frames are not modelled. Fault: inject(name), no word comes.

import type { PeripheralPorts } from "../peripheral.ts";
import { I2sMicrophone } from "./i2s-microphone.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const at = { cr1: 0, cr2: 4, sr: 8, dr: 0xc, crc: 0x10, config: 0x1c, prescaler: 0x20 } as const;
const flag = { full: 1, empty: 2, right: 4, overrun: 64 } as const;
const cr2 = { dma: 1, errors: 32, full: 64 } as const;
const config = { enable: 1 << 10, i2s: 1 << 11 } as const;
const masterReceive = 3;
/** I2SSTD: data begin that many bit clocks behind the edge of WS. */
const delays = [1, 0];

interface Format {
  /** Bits of a channel on the line. */
  readonly slotBits: number;
  /** Words that a channel has in DR. */
  readonly words: number;
  /** How much earlier than a Philips microphone's the first bit is taken. */
  readonly early: number;
}

export class I2sF4 extends Stm32Peripheral {
  readonly #microphone: I2sMicrophone;
  #flags: number = flag.empty;
  #data = 0;
  /** OVR was seen and DR read since: the next look at SR clears it. */
  #acknowledged = false;
  /** When frames began, and words that have come since. */
  #since = 0;
  #count = 0;
  #slot = 0;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { bank } = this;
    this.#microphone = new I2sMicrophone(
      ports,
      ["ck", "ws", "sd"].map((line) => `${ports.name}.${line}`),
    );
    bank.add(at.cr1, { write: (value) => value & 0x40 && ports.note(`${ports.name}: SPI is not modelled`) });
    bank.add(at.cr2, { write: () => this.#update() });
    bank.add(at.sr, { read: () => this.#status(), write: () => {} });
    bank.add(at.dr, { read: () => this.#take(), write: () => {} });
    bank.add(at.crc, { reset: 7 });
    bank.add(at.config, { write: (value, old) => this.#configure(value, old) });
    bank.add(at.prescaler, { reset: 2, write: () => this.#whileOff("I2SPR") });
    ports.world.onClock("i2s.apb1", () => this.#goOn());
    ports.world.onSignal(`fault.${ports.name}`, () => this.#goOn());
  }

  protected override clear(): void {
    super.clear();
    this.#cancel();
    this.#microphone.reset();
    this.#flags = flag.empty;
    this.#data = 0;
    this.#acknowledged = false;
    this.#update();
  }

  get #enabled(): boolean {
    return (this.bank.get(at.config) & config.enable) !== 0;
  }

  #whileOff(register: string): void {
    if (this.#enabled) this.ports.note(`${this.ports.name}: ${register} is written while I2SE is set`);
  }

  #configure(value: number, old: number): void {
    if (value & old & config.enable && value !== old) this.#whileOff("I2SCFGR");
    if (value & config.enable && !(old & config.enable)) this.#check(value);
    if ((value ^ old) & config.enable) {
      this.#count = 0;
      this.#goOn();
    }
  }

  #check(value: number): void {
    const { name, note, world } = this.ports;
    if (!(value & config.i2s) || ((value >> 8) & 3) !== masterReceive || delays[(value >> 4) & 3] === undefined)
      note(`${name}: only I2S master receive in Philips and MSB-justified frames is modelled`);
    if ((this.bank.get(at.prescaler) & 0xff) < 2) note(`${name}: I2SDIV below 2 is forbidden`);
    if (world.clock("i2s.apb1") === 0) note(`${name}: I2SE is set while PLLI2S does not run`);
  }

  get #format(): Format {
    const value = this.bank.get(at.config);
    const wide = (value & 6) !== 0;
    return { slotBits: wide || value & 1 ? 32 : 16, words: wide ? 2 : 1, early: 1 - (delays[(value >> 4) & 3] ?? 1) };
  }

  /** Bits a second on the line; 0: it stands still. */
  get #bitHz(): number {
    const value = this.bank.get(at.prescaler);
    const divider = 2 * (value & 0xff) + ((value >> 8) & 1);
    const master = value & (1 << 9) ? (this.#format.slotBits === 32 ? 4 : 8) : 1;
    return divider < 2 ? 0 : this.ports.world.clock("i2s.apb1") / divider / master;
  }

  /** At the word that was under way, also when the clock comes back. */
  #goOn(): void {
    this.#cancel();
    const value = this.bank.get(at.config);
    const runs = value & config.enable && value & config.i2s && ((value >> 8) & 3) === masterReceive;
    if (!runs || this.#bitHz === 0 || this.ports.world.signal(`fault.${this.ports.name}`)) return;
    const { slotBits, words } = this.#format;
    const bits = Math.floor(this.#count / words) * slotBits + 16 * (this.#count % words);
    this.#since = this.ports.world.seconds() - bits / this.#bitHz;
    this.#await();
  }

  /** The next word is whole with its sixteenth bit. */
  #await(): void {
    const { world } = this.ports;
    const { slotBits, words } = this.#format;
    const channels = Math.floor(this.#count / words);
    const word = this.#count % words;
    if (word === 0) this.#slot = this.#slotOf(channels);
    const due = this.#since + (channels * slotBits + 16 * (word + 1)) / this.#bitHz;
    this.#cancel = world.after(due - world.seconds(), () => this.#receive(channels, word));
  }

  #slotOf(channels: number): number {
    const { slotBits, early } = this.#format;
    const frame = Math.floor(channels / 2);
    const begin = this.#since + (frame * 2 * slotBits) / this.#bitHz;
    return this.#microphone.slot(begin, channels % 2 === 1) >>> early;
  }

  #receive(channels: number, word: number): void {
    if (this.#flags & flag.full) this.#flags |= flag.overrun;
    else {
      this.#data = (this.#slot >>> (16 - 16 * word)) & 0xffff;
      this.#flags = (this.#flags & ~flag.right) | flag.full | (channels % 2 === 1 ? flag.right : 0);
    }
    this.#count++;
    this.#await();
    this.#update();
  }

  #take(): number {
    this.#acknowledged = (this.#flags & flag.overrun) !== 0;
    this.#flags &= ~flag.full;
    this.#update();
    return this.#data;
  }

  #status(): number {
    const flags = this.#flags;
    if (this.#acknowledged) {
      this.#flags &= ~flag.overrun;
      this.#acknowledged = false;
      this.#update();
    }
    return flags;
  }

  #update(): void {
    const { world, name, irq } = this.ports;
    const control = this.bank.get(at.cr2);
    const full = (this.#flags & flag.full) !== 0;
    irq(
      0,
      (full && (control & cr2.full) !== 0) || ((this.#flags & flag.overrun) !== 0 && (control & cr2.errors) !== 0),
    );
    world.setSignal(`dreq.${name}`, full && control & cr2.dma ? 1 : 0);
  }
}
