// Adafruit's nRF52 boot loader on a serial line (Adafruit_nRF52_Bootloader, dfu_transport_serial.c, dfu_single_bank.c, bootloader.c), as
// a device. Acknowledgements say that a packet has arrived; obeying comes after, and what cannot be obeyed restarts the chip.
//
//   idle ─START► preparing ─INIT► receiving ─DATA…► complete ─STOP► CRC right: settings written, application runs; wrong: stays here
//
// The settings page says whether there is a valid application: u16 1, u16 CRC.

import { acknowledgement, dfuCrc, hciPacket } from "../protocols/nrf-frames.ts";
import { SlipDecoder } from "../slip.ts";
import { BootLoader, type DeviceEvents, erase, program } from "./emulated-device.ts";

const pageBytes = 4096;
const erasePageMilliseconds = 85;
const writeWordMilliseconds = 0.041;

export interface NrfChip {
  /** Where applications go: behind the SoftDevice. */
  readonly applicationStart: number;
  readonly applicationEnd: number;
  readonly settings: number;
  /** Firmware id of the SoftDevice that is on it. */
  readonly softDevice: number;
}

type Mode =
  | { readonly kind: "idle" }
  | { readonly kind: "ready"; readonly bytes: number }
  | { readonly kind: "receiving"; readonly bytes: number; readonly crc: number; received: number };

export class NrfDfuDevice extends BootLoader {
  #decoder = new SlipDecoder(700);
  #expected = 1;
  #mode: Mode = { kind: "idle" };
  #doubleReset = false;

  constructor(
    private readonly chip: NrfChip,
    flash: Uint8Array,
    events: DeviceEvents = {},
    slowness = 1,
  ) {
    super(flash, 0, events, slowness);
  }

  /** Reset pressed twice: into the boot loader though there is an application. */
  doubleReset(): void {
    this.#doubleReset = true;
    this.reset();
  }

  protected start(): void {
    this.#decoder = new SlipDecoder(700);
    this.#expected = 1;
    this.#mode = { kind: "idle" };
    const wanted = this.#doubleReset;
    this.#doubleReset = false;
    if (this.#hasApplication() && !wanted) this.run(this.chip.applicationStart);
  }

  #hasApplication(): boolean {
    return this.flash[this.chip.settings] === 1 && this.flash[this.chip.settings + 1] === 0;
  }

  protected take(byte: number): void {
    const frame = this.#decoder.push(byte);
    const packet = frame && hciPacket(frame);
    if (!packet) return;
    const wanted = packet.sequence === this.#expected;
    if (wanted) this.#expected = (this.#expected + 1) & 7;
    this.answer(acknowledgement(this.#expected));
    if (wanted && !this.#obey(packet.payload)) this.reset();
  }

  /** False: the boot loader's error handler, which resets the chip. */
  #obey(payload: Uint8Array): boolean {
    if (payload.length < 4 || payload.length % 4 !== 0) return true;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const data = payload.subarray(4);
    switch (view.getUint32(0, true)) {
      case 3:
        return this.#begin(data.length === 16 ? data : undefined);
      case 1:
        return this.#init(data);
      case 4:
        this.#data(data);
        return true;
      case 5:
        this.#stop();
        return true;
      default:
        return true;
    }
  }

  #begin(data: Uint8Array | undefined): boolean {
    if (!data || this.#mode.kind !== "idle") return false;
    const view = new DataView(data.buffer, data.byteOffset);
    const [mode, softDevice, bootLoader, bytes] = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
    const { applicationStart, applicationEnd, settings } = this.chip;
    if (mode !== 4 || softDevice !== 0 || bootLoader !== 0 || !bytes || bytes % 4 !== 0) return false;
    if (bytes > applicationEnd - applicationStart) return false;
    const pages = Math.ceil(bytes / pageBytes);
    this.work((pages + 1) * erasePageMilliseconds);
    erase(this, settings, pageBytes);
    erase(this, applicationStart, pages * pageBytes);
    this.#mode = { kind: "ready", bytes };
    return true;
  }

  #init(data: Uint8Array): boolean {
    const mode = this.#mode;
    if (mode.kind !== "ready" || data.length < 14) return false;
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    const count = view.getUint16(8, true);
    if (view.getUint16(0, true) !== 0x52 || 10 + 2 * count + 2 > data.length) return false;
    const softDevices = Array.from({ length: count }, (_, i) => view.getUint16(10 + 2 * i, true));
    if (!softDevices.some((id) => id === 0xfffe || id === this.chip.softDevice)) return false;
    this.#mode = { kind: "receiving", bytes: mode.bytes, crc: view.getUint16(10 + 2 * count, true), received: 0 };
    return true;
  }

  #data(data: Uint8Array): void {
    const mode = this.#mode;
    if (mode.kind !== "receiving" || mode.received + data.length > mode.bytes) return;
    program(this, this.chip.applicationStart + mode.received, data);
    mode.received += data.length;
    // Pages are written when they are full, and at the end.
    const words = mode.received % pageBytes === 0 ? pageBytes / 4 : mode.received === mode.bytes ? data.length / 4 : 0;
    this.work(words * writeWordMilliseconds);
  }

  #stop(): void {
    const mode = this.#mode;
    if (mode.kind !== "receiving" || mode.received !== mode.bytes) return;
    const { applicationStart, settings } = this.chip;
    const crc = dfuCrc(this.flash.subarray(applicationStart, applicationStart + mode.bytes));
    if (crc !== mode.crc) return;
    this.work(erasePageMilliseconds);
    program(this, settings, Uint8Array.of(1, 0, crc & 255, crc >> 8));
    this.reset();
  }
}
