// An STM32's USB boot loader as a UsbDevice on a ChipFlash: DFU's state machine (USB DFU 1.1a, appendix A) with ST's commands (AN3156).
// Strict: a request that a state does not allow stalls and leads to the error state. Erasing takes the time that a data sheet gives, on
// the clock that is handed in; a host that asks too early is told to wait on.

import type { Board } from "../../board/board.ts";
import { mainMemories } from "../../board/board.ts";
import type { Clock } from "../port.ts";
import { dfuRequest, dfuState } from "../protocols/dfu-requests.ts";
import { dfuProduct, stVendor } from "../protocols/dfuse.ts";
import type { UsbDevice, UsbInResult, UsbOutResult, UsbSetup } from "../usb-device.ts";
import type { ChipFlash } from "./chip-flash.ts";
import { gone } from "./usb-faults.ts";

const transferBytes = 2048;
/** DS10314 table 43, parallelism x32: 16 KB 250 ms, 64 KB 550 ms, 128 KB 1 s; a block of 2 KB about 8 ms. */
const eraseMilliseconds = (bytes: number) => 150 + Math.round(bytes / 150);
const writeMilliseconds = 8;
const status = { ok: 0, erase: 4, program: 6, address: 8, vendor: 11, stalled: 15 } as const;

export interface DfuseOptions {
  readonly board: Board;
  readonly clock: Clock;
  /** Read-out protection, level 1: UPLOAD is refused. */
  readonly readProtected?: boolean;
  readonly onLeave?: () => void;
}

export class DfuseDevice implements UsbDevice {
  readonly vendorId = stVendor;
  readonly productId = dfuProduct;
  readonly productName = "STM32  BOOTLOADER";
  readonly manufacturerName = "STMicroelectronics";
  readonly serialNumber = "355D385D3133";
  readonly configuration;
  readonly #flash: ChipFlash;
  readonly #options: DfuseOptions;
  #present = true;
  #claimed = false;
  #state: number = dfuState.idle;
  #status: number = status.ok;
  #pointer = 0x08000000;
  #readyAt = 0;
  /** What the next GETSTATUS starts: milliseconds it takes. */
  #work: (() => number) | undefined;

  constructor(flash: ChipFlash, options: DfuseOptions) {
    this.#flash = flash;
    this.#options = options;
    const alternate = (alternateSetting: number, interfaceName: string) => ({
      ...{ alternateSetting, interfaceClass: 0xfe, interfaceSubclass: 1, interfaceProtocol: 2 },
      ...{ interfaceName, endpoints: [] },
    });
    const alternates = [alternate(0, layoutName(options.board)), alternate(1, "@Option Bytes  /0x1FFFC000/01*016 e")];
    this.configuration = { configurationValue: 1, interfaces: [{ interfaceNumber: 0, alternates }] };
  }

  async open(): Promise<void> {
    if (!this.#present) throw gone();
  }
  async close(): Promise<void> {
    this.#claimed = false;
  }
  async selectConfiguration(): Promise<void> {}
  async claimInterface(): Promise<void> {
    if (!this.#present) throw gone();
    this.#claimed = true;
  }
  async releaseInterface(): Promise<void> {
    this.#claimed = false;
  }
  async selectAlternateInterface(_: number, alternate: number): Promise<void> {
    if (alternate > 1) throw new Error("no such alternate setting");
  }
  async clearHalt(): Promise<void> {}
  async reset(): Promise<void> {}
  async transferIn(): Promise<UsbInResult> {
    return { status: "stall" };
  }
  async transferOut(): Promise<UsbOutResult> {
    return { status: "stall" };
  }

  async controlTransferIn({ requestType, request, value }: UsbSetup, length: number): Promise<UsbInResult> {
    this.#mustBeClaimed();
    if (requestType === "standard" && request === 6 && value >> 8 === 2) return answer(descriptor(), length);
    if (requestType !== "class") return this.#stall();
    if (request === dfuRequest.getStatus) return answer(this.#getStatus(), length);
    if (request === dfuRequest.getState) return answer([this.#state], length);
    if (request === dfuRequest.upload) return this.#upload(value, length);
    return this.#stall();
  }

  async controlTransferOut({ requestType, request, value }: UsbSetup, data = new Uint8Array(0)): Promise<UsbOutResult> {
    this.#mustBeClaimed();
    const done: UsbOutResult = { status: "ok", bytesWritten: data.length };
    if (requestType !== "class") return this.#stall();
    if (request === dfuRequest.clearStatus && this.#state === dfuState.error) {
      [this.#state, this.#status] = [dfuState.idle, status.ok];
      return done;
    }
    if (request === dfuRequest.abort && this.#isQuiet()) {
      this.#state = dfuState.idle;
      return done;
    }
    if (request === dfuRequest.download && this.#download(value, data)) return done;
    return this.#stall();
  }

  #mustBeClaimed(): void {
    if (!this.#present) throw gone();
    if (!this.#claimed) throw new Error("The interface has not been claimed.");
  }

  #isQuiet(): boolean {
    const quiet: readonly number[] = [dfuState.idle, dfuState.downloadIdle, dfuState.uploadIdle, dfuState.downloadSync];
    return quiet.includes(this.#state);
  }

  #stall(): { status: "stall" } {
    this.#fail(status.stalled);
    return { status: "stall" };
  }

  #fail(code: number): void {
    [this.#state, this.#status, this.#work] = [dfuState.error, code, undefined];
  }

  #download(block: number, data: Uint8Array): boolean {
    if (this.#state !== dfuState.idle && this.#state !== dfuState.downloadIdle) return false;
    if (data.length > transferBytes) return false;
    if (data.length === 0) {
      this.#state = dfuState.manifestSync;
      return true;
    }
    const bytes = Uint8Array.from(data);
    if (block === 0) this.#work = () => this.#command(bytes);
    else if (block >= 2) this.#work = () => this.#program(this.#pointer + (block - 2) * transferBytes, bytes);
    else return false;
    this.#state = dfuState.downloadSync;
    return true;
  }

  #command(data: Uint8Array): number {
    const view = new DataView(data.buffer);
    const code = data[0];
    if (data.length === 1 && code === 0x41) {
      this.#flash.eraseAll();
      return 8000;
    }
    if (data.length !== 5 || (code !== 0x21 && code !== 0x41)) return this.#failed(status.stalled);
    const address = view.getUint32(1, true);
    const sector = this.#flash.sectorAt(address);
    if (!sector) return this.#failed(status.address);
    if (code === 0x21) this.#pointer = address;
    else this.#flash.erase(sector.address);
    return code === 0x21 ? 0 : eraseMilliseconds(sector.bytes);
  }

  #program(address: number, data: Uint8Array): number {
    const unit = this.#flash.unit;
    const padded = new Uint8Array(Math.ceil(data.length / unit) * unit).fill(0xff);
    padded.set(data);
    const problem = this.#flash.program(address, padded);
    if (problem === undefined) return writeMilliseconds;
    return this.#failed(problem === "outside" ? status.address : status.program);
  }

  #failed(code: number): number {
    this.#fail(code);
    return 0;
  }

  #getStatus(): number[] {
    let poll = 0;
    if (this.#state === dfuState.downloadSync && this.#work) {
      const work = this.#work;
      [this.#work, this.#state] = [undefined, dfuState.downloadBusy];
      poll = work();
      this.#readyAt = this.#options.clock.now() + poll;
    } else if (this.#state === dfuState.downloadBusy) {
      poll = Math.max(0, Math.ceil(this.#readyAt - this.#options.clock.now()));
      if (poll === 0) this.#state = dfuState.downloadIdle;
    } else if (this.#state === dfuState.manifestSync) {
      this.#state = dfuState.manifest;
      this.#present = false;
      this.#options.onLeave?.();
    }
    return [this.#status, poll & 255, (poll >> 8) & 255, poll >> 16, this.#state, 0];
  }

  #upload(block: number, length: number): UsbInResult {
    if ((this.#state !== dfuState.idle && this.#state !== dfuState.uploadIdle) || block < 2) return this.#stall();
    if (this.#options.readProtected) {
      this.#fail(status.vendor);
      return { status: "stall" };
    }
    const address = this.#pointer + (block - 2) * transferBytes;
    const found = this.#flash.read(address, Math.min(length, transferBytes));
    if (!found) return this.#stall();
    this.#state = dfuState.uploadIdle;
    return answer(found, length);
  }
}

function answer(bytes: ArrayLike<number>, length: number): UsbInResult {
  return { status: "ok", data: new DataView(Uint8Array.from(bytes).slice(0, length).buffer) };
}

/** `@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg` */
function layoutName(board: Board): string {
  const { flash } = mainMemories(board);
  const runs = (flash.sectors ?? []).map(({ bytes, count }) => {
    const [size, unit] = bytes % 1024 === 0 ? [bytes / 1024, "K"] : [bytes, " "];
    return `${String(count).padStart(2, "0")}*${String(size).padStart(3, "0")}${unit}g`;
  });
  return `@Internal Flash  /0x${flash.base.toString(16).padStart(8, "0")}/${runs.join(",")}`;
}

/** Configuration, one interface, DFU's functional descriptor (USB DFU 1.1a, 4.1.3). */
function descriptor(): number[] {
  const functional = [9, 0x21, 0x0b, 0xff, 0x00, transferBytes & 255, transferBytes >> 8, 0x1a, 0x01];
  const body = [9, 4, 0, 0, 0, 0xfe, 1, 2, 4, ...functional];
  const total = 9 + body.length;
  return [9, 2, total & 255, total >> 8, 1, 1, 0, 0xc0, 0x32, ...body];
}
