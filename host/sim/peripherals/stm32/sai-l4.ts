// SAI of the STM32L4+ (RM0432 53.4, 53.6), block A as a master that receives: ACR1 4, ACR2 8, AFRCR 0xC, ASLOTR 0x10, AIM 0x14, ASR 0x18, ACLRFR 0x1C,
// ADR 0x20.
//
//   kernel clock / MCKDIV = bit clock, with NOMCK; else that · (FRL + 1) / 256, of OSR a half, in frames of a power of two
//   FS ‾\___ FSALL + 1 bits ___/‾‾‾‾ FRL + 1 in all ‾‾‾‾\     slots of SLOTSZ bits; those of SLOTEN go into the FIFO, DS bits from FBOFF on
//
// FSOFF: the first slot begins a bit behind FS's edge, as an I2S microphone does. The FIFO has eight words: a word too many is dropped, OVRUDR.
// DMAEN asks (`dreq.<name>.a`) while the FIFO is at its threshold FTH. SAIEN cleared reads 1 up to the frame's end. The clock is the World's
// `<name>.kernel`; signals `<name>.fs`, `.sck`, `.sd`. Block B, senders and other protocols are not modelled. Fault: inject(name), no word comes.

import type { PeripheralPorts } from "../peripheral.ts";
import { I2sMicrophone } from "./i2s-microphone.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const at = { cr1: 4, cr2: 8, frame: 0xc, slot: 0x10, mask: 0x14, status: 0x18, clear: 0x1c, data: 0x20 } as const;
const cr1 = { rising: 1 << 9, enable: 1 << 16, dma: 1 << 17, noMaster: 1 << 19, double: 1 << 26 } as const;
/** MODE, PRTCFG, LSBFIRST, SYNCEN, MONO. */
const unmodelled = 0x1d0f;
const masterReceive = 1;
const flag = { overrun: 1, clock: 4, request: 8 } as const;
const dataBits = [0, 0, 8, 10, 16, 20, 24, 32];
const depth = 8;

export class SaiL4 extends Stm32Peripheral {
  readonly #microphone: I2sMicrophone;
  readonly #fifo: number[] = [];
  #flags = 0;
  #last = 0;
  /** When frames began to be counted, and words since. */
  #since = 0;
  #count = 0;
  #cancel = () => {};
  #cancelStop = () => {};

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { bank } = this;
    this.#microphone = new I2sMicrophone(
      ports,
      ["sck", "fs", "sd"].map((line) => `${ports.name}.${line}`),
    );
    for (const block of [0, 0x20]) {
      bank.add(at.cr1 + block, { reset: 0x40 });
      bank.add(at.frame + block, { reset: 7 });
      bank.add(at.status + block, { reset: flag.request });
    }
    bank.add(at.cr1, { reset: 0x40, write: (value, old) => this.#control(value, old) });
    bank.add(at.cr2, { write: (value) => this.#flush(value) });
    bank.add(at.frame, { reset: 7, write: () => this.#whileOff("AFRCR") });
    bank.add(at.slot, { write: () => this.#whileOff("ASLOTR") });
    bank.add(at.mask, { write: () => this.#update() });
    bank.add(at.status, { read: () => this.#status(), quiet: true });
    bank.add(at.clear, { read: () => 0, write: (value) => this.#clearFlags(value) });
    bank.add(at.data, { read: () => this.#take(), write: () => {} });
    ports.world.onClock(`${ports.name}.kernel`, () => this.#goOn());
    ports.world.onSignal(`fault.${ports.name}`, () => this.#goOn());
  }

  protected override clear(): void {
    super.clear();
    this.#cancel();
    this.#cancelStop();
    this.#microphone.reset();
    this.#fifo.length = 0;
    this.#flags = this.#last = 0;
    this.#update();
  }

  #get(register: keyof typeof at): number {
    return this.bank.get(at[register]);
  }

  get #enabled(): boolean {
    return (this.#get("cr1") & cr1.enable) !== 0;
  }

  #whileOff(register: string): void {
    if (this.#enabled) this.ports.note(`${this.ports.name}: ${register} is written while SAIEN is set`);
  }

  #control(value: number, old: number): void {
    const changed = (value ^ old) & ~(cr1.enable | cr1.dma);
    if (value & old & cr1.enable && changed) this.#whileOff("ACR1");
    if (value & ~old & cr1.enable) this.#enable(value);
    else if (old & ~value & cr1.enable) this.#disable();
    this.#update();
  }

  #enable(value: number): void {
    const { name, note, world } = this.ports;
    const { frameBits, slotBits } = this.#format;
    if ((value & unmodelled) !== masterReceive)
      note(`${name}: only a master that receives by the free protocol, most significant bit first, is modelled`);
    if (!(value & cr1.rising)) note(`${name}: data are sampled where they change (CKSTR)`);
    if (frameBits !== 2 * slotBits) note(`${name}: ${frameBits} bits a frame are not two slots of ${slotBits}`);
    if (world.clock(`${name}.kernel`) === 0) note(`${name}: SAIEN is set without a kernel clock`);
    // RM0432 53.4.8: frames of 8, 16 … 256 bits beside a master clock
    if (!(value & cr1.noMaster) && (frameBits < 8 || (frameBits & (frameBits - 1)) !== 0)) {
      this.#flags |= flag.clock;
      this.bank.set(at.cr1, value & ~cr1.enable);
    } else {
      this.#count = 0;
      this.#goOn();
    }
  }

  /** The frame goes on to its end; without a clock that does not come. */
  #disable(): void {
    const { world } = this.ports;
    this.bank.set(at.cr1, this.#get("cr1") | cr1.enable);
    const frameHz = this.#bitHz / this.#format.frameBits;
    if (frameHz === 0) return;
    const left = 1 - (((world.seconds() - this.#since) * frameHz) % 1);
    this.#cancelStop();
    this.#cancelStop = world.after(left / frameHz, () => {
      this.#cancel();
      this.bank.set(at.cr1, this.#get("cr1") & ~cr1.enable);
      this.#update();
    });
  }

  get #format() {
    const frame = this.#get("frame");
    const bits = dataBits[(this.#get("cr1") >> 5) & 7]!;
    return {
      bits,
      frameBits: (frame & 0xff) + 1,
      activeBits: ((frame >> 8) & 127) + 1,
      slotBits: [bits, 16, 32, 32][(this.#get("slot") >> 6) & 3]!,
      early: frame & (1 << 18) ? 0 : 1,
      inverted: (frame & (1 << 17)) !== 0,
    };
  }

  get #bitHz(): number {
    const value = this.#get("cr1");
    const hz = this.ports.world.clock(`${this.ports.name}.kernel`) / ((value >> 20) & 63 || 1);
    if (value & cr1.noMaster) return hz;
    return (hz * this.#format.frameBits) / 256 / (value & cr1.double ? 2 : 1);
  }

  /** Numbers of the slots that are received. */
  get #slots(): readonly number[] {
    const value = this.#get("slot");
    const all = [...Array(((value >> 8) & 15) + 1).keys()];
    return all.filter((slot) => (value >>> (16 + slot)) & 1);
  }

  /** At the frame that was under way, also when the clock comes back. */
  #goOn(): void {
    this.#cancel();
    const receives = (this.#get("cr1") & 3) === masterReceive && this.#enabled && this.#slots.length > 0;
    if (!receives || this.#bitHz === 0 || this.ports.world.signal(`fault.${this.ports.name}`)) return;
    const frames = Math.floor(this.#count / this.#slots.length);
    this.#since = this.ports.world.seconds() - (frames * this.#format.frameBits) / this.#bitHz;
    this.#await();
  }

  #await(): void {
    const { world } = this.ports;
    const slots = this.#slots;
    const { bits, frameBits, activeBits, slotBits, early, inverted } = this.#format;
    const offset = this.#get("slot") & 31;
    const slot = slots[this.#count % slots.length]!;
    const begin = this.#since + (Math.floor(this.#count / slots.length) * frameBits) / this.#bitHz;
    const right = slot * slotBits >= activeBits !== inverted;
    const line = this.#microphone.slot(begin, right) >>> early;
    const word = bits === 0 ? 0 : (line << offset) >>> (32 - bits);
    const due = begin + (slot * slotBits + offset + bits) / this.#bitHz;
    this.#cancel = world.after(due - world.seconds(), () => {
      if (this.#fifo.length < depth) this.#fifo.push(word);
      else this.#flags |= flag.overrun;
      this.#count++;
      this.#await();
      this.#update();
    });
  }

  #flush(value: number): void {
    this.bank.set(at.cr2, value & ~8);
    if (value & 8) this.#fifo.length = 0;
    this.#update();
  }

  #take(): number {
    this.#last = this.#fifo.shift() ?? this.#last;
    this.#update();
    return this.#last;
  }

  /** Of an empty sender's FIFO there is a request as well. */
  get #requests(): boolean {
    if ((this.#get("cr1") & 1) === 0) return true;
    return this.#fifo.length >= Math.max(1, 2 * Math.min(4, this.#get("cr2") & 7));
  }

  #status(): number {
    const level = this.#fifo.length === depth ? 5 : this.#fifo.length === 7 ? 4 : Math.ceil(this.#fifo.length / 2);
    return this.#flags | (this.#requests ? flag.request : 0) | (level << 16);
  }

  #clearFlags(value: number): void {
    this.#flags &= ~value;
    this.#update();
  }

  #update(): void {
    const { world, name, irq } = this.ports;
    const control = this.#get("cr1");
    irq(0, (this.#get("mask") & this.#status() & (flag.overrun | flag.clock | flag.request)) !== 0);
    const asks = (control & 3) === masterReceive && (control & cr1.dma) !== 0 && this.#requests;
    world.setSignal(`dreq.${name}.a`, asks ? 1 : 0);
  }
}
