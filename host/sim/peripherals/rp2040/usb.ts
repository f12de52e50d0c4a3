// The RP2040's USB controller in device mode (RP2040 Datasheet 4.1), packet by packet. One window: its memory at 0, its registers at 0x10000.
//
//   memory (no aliases)  0x000 SETUP   0x008 endpoint controls   0x080 buffer controls: in, out by endpoint   0x100 endpoint 0
//     buffer control     15 full, 13 PID, 11 STALL, 10 available, 9:0 length; buffer 0 alone is modelled
//   registers            ADDR_ENDP 0, MAIN_CTRL 0x40, SIE_CTRL 0x4C (29 EP0_INT_1BUF, 16 pull-up), SIE_STATUS 0x50 (ones clear),
//                        BUFF_STATUS 0x58 (ones clear), EP_STALL_ARM 0x68, USB_PWR 0x78, INTR 0x8C, INTE 0x90, INTF 0x94, INTS 0x98
//
// A packet with the wrong toggle is acknowledged and dropped (DATA_SEQ_ERROR). Notes: a buffer made available twice, one bigger than a packet,
// packets for an endpoint whose clock is not 48 MHz.

import type { Width } from "../../bus.ts";
import type { UsbAnswer, UsbBus, UsbFunction, UsbHandshake, UsbToggle } from "../../usb/usb-bus.ts";
import type { PeripheralPorts } from "../peripheral.ts";
import { Rp2040Peripheral } from "./rp2040-peripheral.ts";

const registersAt = 0x10000;
const at = {
  address: 0x00,
  main: 0x40,
  frame: 0x48,
  sieControl: 0x4c,
  sieStatus: 0x50,
  buffers: 0x58,
  stallArm: 0x68,
  power: 0x78,
  raw: 0x8c,
  enable: 0x90,
  force: 0x94,
  status: 0x98,
} as const;
const sie = {
  sequence: 2 ** 31,
  ack: 1 << 30,
  reset: 1 << 19,
  setup: 1 << 17,
  connected: 1 << 16,
  resume: 1 << 11,
  suspended: 1 << 4,
  vbus: 1,
} as const;
const interrupt = { setup: 1 << 16, resume: 1 << 15, suspend: 1 << 14, reset: 1 << 12, buffers: 1 << 4 } as const;
const full = 1 << 15;
const pid = 1 << 13;
const stall = 1 << 11;
const available = 1 << 10;
const lengthMask = 0x3ff;

export class Usb extends Rp2040Peripheral implements UsbFunction {
  override readonly bytes = 0x14000;
  readonly #memory = new Uint8Array(0x1000);
  readonly #view = new DataView(this.#memory.buffer);
  readonly #bus: UsbBus;
  #sieStatus = 0;
  #buffers = 0;

  constructor(ports: PeripheralPorts) {
    super(ports);
    this.#bus = ports.world.usb(ports.name);
    this.#bus.device = this;
    this.#bus.onPower(() => this.#update());
    const { bank } = this;
    for (const offset of [at.main, at.sieControl, at.power]) bank.add(offset, { write: () => this.#changed() });
    bank.add(at.frame, { read: () => Math.floor(ports.world.seconds() * 1000) & 0x7ff });
    bank.add(at.sieStatus, { read: () => this.#status, write: (value) => this.#clearStatus(value) });
    bank.add(at.buffers, { read: () => this.#buffers, write: (value) => this.#clearBuffers(value) });
    bank.add(at.raw, { read: () => this.#raw });
    bank.add(at.enable, { write: () => this.#update() });
    bank.add(at.force, { write: () => this.#update() });
    bank.add(at.status, { read: () => this.#raised });
  }

  protected override clear(): void {
    super.clear();
    // the memory keeps what it has; after power-on that is anything
    this.#sieStatus = this.#buffers = 0;
    this.#changed();
  }

  #changed(): void {
    this.#update();
    this.#bus.changed();
  }

  // ---- registers

  get #status(): number {
    const power = this.bank.get(at.power);
    const vbus = power & 8 ? (power & 4) !== 0 : this.#bus.powered;
    return (this.#sieStatus | (vbus ? sie.vbus : 0)) >>> 0;
  }

  get #raw(): number {
    const of = (bit: number, as: number) => (this.#sieStatus & bit ? as : 0);
    return (
      of(sie.setup, interrupt.setup) |
      of(sie.resume, interrupt.resume) |
      of(sie.suspended, interrupt.suspend) |
      of(sie.reset, interrupt.reset) |
      (this.#buffers ? interrupt.buffers : 0)
    );
  }

  get #raised(): number {
    return (this.#raw & this.bank.get(at.enable)) | this.bank.get(at.force);
  }

  #update(): void {
    this.ports.irq(0, !this.held && this.#raised !== 0);
  }

  #clearStatus(value: number): void {
    this.#sieStatus = (this.#sieStatus & ~value) >>> 0;
    this.#update();
  }

  #clearBuffers(value: number): void {
    this.#buffers = (this.#buffers & ~value) >>> 0;
    this.#update();
  }

  override read(offset: number, width: Width): number {
    if (offset >= registersAt) return super.read(offset - registersAt, width);
    if (this.held || offset >= this.#memory.length) return 0;
    return width === 4
      ? this.#view.getUint32(offset, true)
      : width === 2
        ? this.#view.getUint16(offset, true)
        : this.#memory[offset]!;
  }

  override quiet(offset: number): boolean {
    return offset < registersAt || super.quiet(offset - registersAt);
  }

  override write(offset: number, value: number, width: Width): void {
    if (offset >= registersAt) return super.write(offset - registersAt, value, width);
    if (this.held || offset >= this.#memory.length) return;
    const control = offset >= 0x80 && offset < 0x100;
    const old = control ? this.#control(offset & ~3) : 0;
    if (width === 4) this.#view.setUint32(offset, value, true);
    else if (width === 2) this.#view.setUint16(offset, value, true);
    else this.#memory[offset] = value;
    if (control) this.#armed(offset & ~3, old);
  }

  #control(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  #armed(offset: number, old: number): void {
    const now = this.#control(offset);
    const name = `endpoint ${(offset - 0x80) >> 3} ${offset & 4 ? "out" : "in"}`;
    if (old & now & available) this.ports.note(`${this.ports.name}: ${name} is made available while it is`);
    // both at once: the controller may see AVAILABLE before the rest (4.1.2.5.1)
    const rest = full | pid | lengthMask;
    if (!(old & available) && now & available && (old & rest) !== (now & rest))
      this.ports.note(`${this.ports.name}: ${name}: AVAILABLE was not written after the rest`);
    if ((now & lengthMask) > 64) this.ports.note(`${this.ports.name}: ${name} has ${now & lengthMask} bytes`);
    this.#bus.changed();
  }

  // ---- the bus

  get shown(): boolean {
    const on = (this.bank.get(at.main) & 3) === 1 && (this.bank.get(at.sieControl) & (1 << 16)) !== 0;
    return !this.held && on && (this.#status & sie.vbus) !== 0 && this.ports.world.clock("usb") > 0;
  }

  busReset(): void {
    this.#sieStatus |= sie.reset | sie.connected;
    this.#update();
  }

  suspend(on: boolean): void {
    if (!this.shown) return;
    this.#sieStatus |= on ? sie.suspended : sie.resume;
    this.#update();
  }

  #hears(address: number): boolean {
    if (!this.shown) return false;
    const hz = this.ports.world.clock("usb");
    // 7.1.11: 0.25 %
    if (Math.abs(hz / 48e6 - 1) > 0.0025) {
      this.ports.note(`${this.ports.name}: clk_usb is ${hz} Hz, not 48 MHz`);
      return false;
    }
    return (this.bank.get(at.address) & 0x7f) === address;
  }

  setup(address: number, endpoint: number, bytes: Uint8Array): UsbHandshake {
    if (!this.#hears(address) || endpoint !== 0) return "none";
    this.#memory.set(bytes, 0);
    this.bank.set(at.stallArm, 0);
    this.#sieStatus |= sie.setup;
    this.#update();
    return "ack";
  }

  /** Undefined: the endpoint is not there. */
  #buffer(endpoint: number, out: boolean) {
    const offset = 0x80 + 8 * endpoint + (out ? 4 : 0);
    const control = endpoint === 0 ? 0 : this.#control(8 * endpoint + (out ? 4 : 0));
    if (endpoint !== 0 && !(control >>> 31)) return undefined;
    const tells = endpoint === 0 ? (this.bank.get(at.sieControl) >>> 29) & 1 : (control >>> 29) & 1;
    const stalls = endpoint === 0 ? (this.bank.get(at.stallArm) >> (out ? 1 : 0)) & 1 : 1;
    return { offset, word: this.#control(offset), data: endpoint === 0 ? 0x100 : control & 0xffc0, tells, stalls };
  }

  out(address: number, endpoint: number, toggle: UsbToggle, bytes: Uint8Array): UsbHandshake {
    const buffer = this.#hears(address) ? this.#buffer(endpoint, true) : undefined;
    if (!buffer) return "none";
    const { word, offset, data } = buffer;
    if (word & stall && buffer.stalls) return "stall";
    if (!(word & available)) return "nak";
    if (((word & pid) !== 0) !== (toggle === 1)) {
      this.#sieStatus = (this.#sieStatus | sie.sequence) >>> 0;
      return "ack";
    }
    const length = Math.min(bytes.length, word & lengthMask);
    this.#memory.set(bytes.subarray(0, length), data);
    this.#view.setUint32(offset, (word & ~(available | lengthMask)) | full | length, true);
    this.#done(2 * endpoint + 1, buffer.tells);
    return "ack";
  }

  in(address: number, endpoint: number): UsbAnswer {
    const buffer = this.#hears(address) ? this.#buffer(endpoint, false) : undefined;
    if (!buffer) return { kind: "none" };
    const { word, data } = buffer;
    if (word & stall && buffer.stalls) return { kind: "stall" };
    if (!(word & available) || !(word & full)) return { kind: "nak" };
    const toggle: UsbToggle = word & pid ? 1 : 0;
    return { kind: "data", toggle, bytes: this.#memory.slice(data, data + (word & lengthMask)) };
  }

  acknowledge(endpoint: number): void {
    const buffer = this.#buffer(endpoint, false);
    if (!buffer) return;
    this.#sieStatus |= sie.ack;
    this.#view.setUint32(buffer.offset, buffer.word & ~(available | full), true);
    this.#done(2 * endpoint, buffer.tells);
  }

  #done(bit: number, tells: number): void {
    if (tells) this.#buffers = (this.#buffers | (2 ** bit)) >>> 0;
    this.#update();
  }
}
