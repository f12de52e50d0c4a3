// The boot loader in the system memory of STM32 chips on a USART (AN3155 rev 17), as a device. Bytes come one by one: each state
// knows how many it still wants. It has no time-outs: half a command stays half a command, as on the chip.
//
//   7F ─► ready ─► code, complement ─► [address ×5] ─► [N…] ─► ready        NACK 1F: back to ready
//
// Programming only clears bits; a write to a protected sector is acknowledged and does nothing (AN2662).

import type { LineSettings } from "../port.ts";
import { BootLoader, type DeviceEvents, erase, holds, program } from "./emulated-device.ts";

const ACK = 0x79;
const NACK = 0x1f;

export interface Stm32Chip {
  readonly productId: number;
  readonly flashBase: number;
  /** Erase units from the base up, in bytes. */
  readonly sectors: readonly number[];
  /** Sectors whose erasing is refused and whose writing does nothing. */
  readonly writeProtected?: ReadonlySet<number>;
  /** RDP level 1: reading and writing are refused. */
  readonly readProtected?: boolean;
}

type State = (byte: number) => void;

/** DS 9716 (STM32F411), table of flash programming: a word 16 µs, a sector 16 KB 0.4 s, 64 KB 1.1 s, 128 KB 2 s. */
const wordMilliseconds = 0.016;
const eraseMilliseconds = (bytes: number) => 0.175 * 1000 + bytes / 72;

export class Stm32UsartDevice extends BootLoader {
  #state: State = () => {};
  #autobaud = false;

  constructor(
    private readonly chip: Stm32Chip,
    flash: Uint8Array,
    events: DeviceEvents = {},
    slowness = 1,
  ) {
    super(flash, chip.flashBase, events, slowness);
    this.start();
  }

  override get line(): Partial<LineSettings> {
    return { parity: "even" };
  }

  protected start(): void {
    this.#autobaud = true;
    this.#ready();
  }

  protected take(byte: number): void {
    this.#state(byte);
  }

  #reply(byte: number): void {
    this.answer([byte]);
  }

  #nack(): void {
    this.#reply(NACK);
    this.#ready();
  }

  #ready(): void {
    this.#state = (code) => {
      if (this.#autobaud) {
        // Anything but 7F would be measured as another baud; then nothing is understood until the next reset.
        if (code !== 0x7f) return;
        this.#autobaud = false;
        this.#reply(ACK);
        return;
      }
      this.#state = (complement) => ((code ^ complement) === 0xff ? this.#command(code) : this.#nack());
    };
  }

  /** Then `count` bytes go to `use`. */
  #want(count: number, use: (bytes: Uint8Array) => void): void {
    const bytes = new Uint8Array(count);
    let filled = 0;
    this.#state = (byte) => {
      bytes[filled++] = byte;
      if (filled === count) use(bytes);
    };
  }

  #address(use: (address: number) => void): void {
    this.#want(5, (bytes) => {
      const [a = 0, b = 0, c = 0, d = 0, check] = bytes;
      if ((a ^ b ^ c ^ d) !== check) return this.#nack();
      use(((a << 24) | (b << 16) | (c << 8) | d) >>> 0);
    });
  }

  #command(code: number): void {
    const guarded = code === 0x11 || code === 0x21 || code === 0x31;
    if (guarded && this.chip.readProtected) return this.#nack();
    switch (code) {
      case 0x00: // GET: version 3.1, commands
        this.answer([ACK, 11, 0x31, 0, 1, 2, 0x11, 0x21, 0x31, 0x44, 0x63, 0x73, 0x82, 0x92, ACK]);
        return this.#ready();
      case 0x01:
        this.answer([ACK, 0x31, 0, 0, ACK]);
        return this.#ready();
      case 0x02:
        this.answer([ACK, 1, this.chip.productId >> 8, this.chip.productId & 0xff, ACK]);
        return this.#ready();
      case 0x11:
        this.#reply(ACK);
        return this.#read();
      case 0x21:
        this.#reply(ACK);
        return this.#address((address) => {
          if (!holds(this, address, 8)) return this.#nack();
          this.#reply(ACK);
          this.run(address);
        });
      case 0x31:
        this.#reply(ACK);
        return this.#write();
      case 0x44:
        this.#reply(ACK);
        return this.#erase();
      default:
        return this.#nack();
    }
  }

  #read(): void {
    this.#address((address) => {
      if (!holds(this, address, 1)) return this.#nack();
      this.#reply(ACK);
      this.#want(2, ([count = 0, complement = 0]) => {
        if ((count ^ complement) !== 0xff || !holds(this, address, count + 1)) return this.#nack();
        const at = address - this.flashBase;
        this.answer([ACK, ...this.flash.subarray(at, at + count + 1)]);
        this.#ready();
      });
    });
  }

  #write(): void {
    this.#address((address) => {
      if (!holds(this, address, 1) || address % 4 !== 0) return this.#nack();
      this.#reply(ACK);
      this.#want(1, ([less = 0]) =>
        this.#want(less + 2, (bytes) => {
          const data = bytes.subarray(0, less + 1);
          const check = data.reduce((sum, byte) => sum ^ byte, less);
          if (check !== bytes[less + 1] || !holds(this, address, data.length)) return this.#nack();
          this.work((data.length / 4) * wordMilliseconds);
          if (!this.chip.writeProtected?.has(this.#sectorAt(address))) program(this, address, data);
          this.#reply(ACK);
          this.#ready();
        }),
      );
    });
  }

  #sectorAt(address: number): number {
    let end = this.flashBase;
    return this.chip.sectors.findIndex((bytes) => address < (end += bytes));
  }

  #erase(): void {
    this.#want(2, ([high = 0, low = 0]) => {
      const count = high * 256 + low;
      if (count >= 0xfff0) return this.#want(1, ([check]) => this.#massErase(count, check === (high ^ low)));
      if (count >= this.chip.sectors.length) return this.#nack();
      this.#want(2 * (count + 1) + 1, (bytes) => {
        const check = bytes.subarray(0, -1).reduce((sum, byte) => sum ^ byte, high ^ low);
        const sectors = Array.from({ length: count + 1 }, (_, i) => bytes[2 * i]! * 256 + bytes[2 * i + 1]!);
        const wrong = sectors.some(
          (sector) => sector >= this.chip.sectors.length || this.chip.writeProtected?.has(sector),
        );
        if (check !== bytes.at(-1) || wrong) return this.#nack();
        for (const sector of sectors) this.#eraseSector(sector);
        this.#reply(ACK);
        this.#ready();
      });
    });
  }

  #massErase(code: number, checked: boolean): void {
    if (!checked || code !== 0xffff || this.chip.writeProtected?.size) return this.#nack();
    for (const sector of this.chip.sectors.keys()) this.#eraseSector(sector);
    this.#reply(ACK);
    this.#ready();
  }

  #eraseSector(sector: number): void {
    const before = this.chip.sectors.slice(0, sector).reduce((sum, bytes) => sum + bytes, 0);
    const bytes = this.chip.sectors[sector]!;
    this.work(eraseMilliseconds(bytes));
    erase(this, this.flashBase + before, bytes);
  }
}
