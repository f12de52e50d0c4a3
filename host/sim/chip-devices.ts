// The chip around the core, made from its data: memories, flash with its rules, UARTs on their lines, modelled peripherals, and the World
// that they share. Machine owns one; it resets them and feeds them. Unmodelled addresses stay the bus's business.

import type { Board, ChipDevice, Uart } from "../board/board.ts";
import { memoryRanges, type Range } from "./bus.ts";
import { clockSlot, slot } from "./cpu.ts";
import { simError } from "./errors.ts";
import { exception } from "./exceptions.ts";
import { FlashArray, type FlashOperation } from "./flash-array.ts";
import { makeUart } from "./peripherals/make-uart.ts";
import { peripheralModels } from "./peripherals/models.ts";
import type { Peripheral, PeripheralPorts, ResetCause, RomCall } from "./peripherals/peripheral.ts";
import type { UartDevice } from "./peripherals/uart.ts";
import { UartLine } from "./peripherals/uart-line.ts";
import type { Processor } from "./processor.ts";
import { SimulatedWorld } from "./simulated-world.ts";
import { UsbConsole } from "./usb/usb-console.ts";

export interface ChipDevicesPorts {
  readonly board: Board;
  /** Complete except for bus and code, which exist when the first access is made. */
  readonly processor: Processor;
  readonly checkedLines: boolean;
  /** A host opens the board's USB console, where its console is USB. */
  readonly usbHost: boolean;
  readonly onByte: (uart: string, byte: number) => void;
  readonly onReset: (cause: ResetCause) => void;
  readonly note: (text: string) => void;
  readonly flashGuard: (operation: FlashOperation) => number | undefined;
  readonly onPowerCut: () => void;
  readonly onBootLoader: () => void;
}

interface UartEnd {
  readonly device: UartDevice;
  readonly line: UartLine;
}

const bkptBxLr = Uint8Array.of(0x00, 0xbe, 0x70, 0x47);

export class ChipDevices {
  readonly world: SimulatedWorld;
  readonly memories: readonly Range[];
  readonly devices: readonly Range[];
  /** The host at the other end of the board's console, where that is USB. */
  readonly usbConsole: UsbConsole | undefined;
  readonly #p: ChipDevicesPorts;
  readonly #uarts = new Map<string, UartEnd>();
  readonly #peripherals: Peripheral[] = [];
  readonly #flashes: FlashArray[] = [];
  readonly #romCalls = new Map<number, (call: RomCall) => void>();

  constructor(ports: ChipDevicesPorts) {
    this.#p = ports;
    const { board, processor } = ports;
    const { chip } = board;
    const modelled = chip.devices ?? [];
    this.world = new SimulatedWorld({
      cycles: () => processor.cpu.clock[clockSlot.cycles]!,
      events: processor.events,
      coreHz: board.clockHz,
      hasPinMux: modelled.some(({ model }) => peripheralModels[model]?.pinMux),
    });
    // Where no clock controller is modelled, everything runs at the board's clock.
    for (const { name } of chip.uarts) this.world.setClock(name, board.clockHz);
    this.memories = memoryRanges(chip, (memory, offset, value, width) => {
      const flash = this.flashAt(memory.base + offset);
      flash?.onStore?.(memory.base + offset, value, width);
      return flash?.onStore !== undefined;
    });
    this.#makeFlashes();
    this.devices = [
      ...chip.uarts.map((uart) => this.#uart(uart)),
      ...modelled.map((device) => this.#peripheral(device)),
    ];
    this.usbConsole = ports.usbHost ? this.#usbConsole() : undefined;
  }

  #makeFlashes(): void {
    const { note, flashGuard: guard, onPowerCut: onCut, processor } = this.#p;
    for (const { memory, base, data } of this.memories) {
      if (memory?.kind !== "flash" || base !== memory.base) continue;
      data!.fill(0xff);
      const onChange = (address: number, bytes: number) => void processor.code.written(address, bytes);
      this.#flashes.push(new FlashArray({ memory, data: data!, onChange, note, guard, onCut }));
    }
  }

  flashAt(address: number): FlashArray | undefined {
    return this.#flashes.find(({ base, bytes }) => address >= base && address < base + bytes);
  }

  // ---- what Machine asks for

  reset(cause: ResetCause): void {
    this.world.resetChip();
    for (const { device, line } of this.#uarts.values()) {
      line.reset();
      device.reset();
    }
    for (const peripheral of this.#peripherals) peripheral.reset(cause);
  }

  /** Power was away: RAM holds no byte of what it had. */
  scrambleMemory(): void {
    for (const { memory, data } of this.memories)
      if (memory?.kind === "ram") for (let i = 0; i < data!.length; i++) data![i] = (i * 167 + 13) & 0xff;
  }

  send(bytes: Uint8Array, uart: string): void {
    if (this.usbConsole && uart === this.#p.board.console?.uart) return this.usbConsole.send(bytes);
    const end = this.#uarts.get(uart);
    if (!end) throw simError("no-uart", { name: uart, known: [...this.#uarts.keys()] });
    end.line.arrive(bytes);
  }

  /** The core stands on a BKPT: true if it was the entry of a ROM routine, which has run then. */
  callRom(address: number): boolean {
    const run = this.#romCalls.get(address);
    const { x, primask } = this.#p.processor.cpu;
    run?.({
      get: (register) => x[register]! >>> 0,
      set: (register, value) => (x[register] = value),
      returnAddress: x[slot.lr]! >>> 0,
      interruptsMasked: primask !== 0,
    });
    return run !== undefined;
  }

  // ---- making

  #uart({ name, model, base, irq, transmitIrq }: Uart): Range {
    const { board, processor, checkedLines, onByte, note } = this.#p;
    const { exceptions } = processor;
    const wired = board.console?.uart === name ? board.console : undefined;
    const line: UartLine = new UartLine({
      ...{ name, note, world: this.world, checked: checkedLines },
      ...{ hostBaud: wired?.baud, pins: wired?.pins },
      reaches: (signal, pin) => this.world.reaches(signal, pin),
      onByte: (byte) => onByte(name, byte),
      device: () => device,
    });
    const device: UartDevice = makeUart(model, {
      ...{ name, line, world: this.world.chip },
      irq: (high) => exceptions.setLine(irq, high),
      transmitIrq: (high) => transmitIrq !== undefined && exceptions.setLine(transmitIrq, high),
      readMemory: (address, bytes) => this.readMemory(address, bytes),
      writeMemory: (address, bytes) => this.writeMemory(address, bytes),
    });
    this.#uarts.set(name, { device, line });
    return { base, bytes: device.bytes, writable: true, device };
  }

  #usbConsole(): UsbConsole | undefined {
    const { board, onByte, note } = this.#p;
    const name = board.console?.uart;
    if (name === undefined || !this.world.usb(name).device) return undefined;
    const console = new UsbConsole(this.world, this.world.usb(name), board.console!.baud, (text) =>
      note(`${name}: ${text}`),
    );
    console.onBytes = (bytes) => {
      for (const byte of bytes) onByte(name, byte);
    };
    return console;
  }

  #peripheral(row: ChipDevice): Range {
    const model = peripheralModels[row.model];
    if (!model) throw simError("no-model", { model: row.model, known: Object.keys(peripheralModels) });
    const device = model.make(this.#portsOf(row));
    this.#peripherals.push(device);
    return { base: row.base, bytes: device.bytes, writable: true, device };
  }

  #portsOf({ name, interrupts = [], options = {} }: ChipDevice): PeripheralPorts {
    const { processor, onReset, note } = this.#p;
    const { exceptions, cpu } = processor;
    return {
      ...{ name, options, note, world: this.world.chip },
      irq: (line, high) => interrupts[line] !== undefined && exceptions.setLine(interrupts[line], high),
      nmi: (high) => exceptions.setPending(exception.nmi, high),
      readMemory: (address, bytes) => this.readMemory(address, bytes),
      writeMemory: (address, bytes) => this.writeMemory(address, bytes),
      readBus: (address, width) => processor.bus.read(address, width) >>> 0,
      writeBus: (address, value, width) => processor.bus.write(address, value, width),
      resetChip: onReset,
      flashAt: (address) => this.flashAt(address),
      stall: (seconds) => (cpu.clock[clockSlot.cycles]! += Math.round(seconds * this.world.clock("core"))),
      rom: (address, bytes) => this.#rom(address, bytes),
      romCall: (address, run) => {
        this.#rom(address, bkptBxLr);
        this.#romCalls.set(address, run);
      },
      loaderMagic: this.#p.board.hal?.power?.config?.["loader"],
      bootLoader: this.#p.onBootLoader,
    };
  }

  #rom(address: number, bytes: Uint8Array): void {
    const range = this.memories.find(({ base, bytes: size }) => address >= base && address < base + size);
    range?.data?.set(bytes, address - range.base);
  }

  /** As a bus master other than the core. */
  readMemory(address: number, bytes: number): Uint8Array {
    const { data, offset } = this.#memory(address, bytes);
    return data.slice(offset, offset + bytes);
  }

  writeMemory(address: number, bytes: Uint8Array): void {
    const { data, offset } = this.#memory(address, bytes.length);
    data.set(bytes, offset);
    this.#p.processor.code.written(address, bytes.length);
  }

  #memory(address: number, bytes: number): { data: Uint8Array; offset: number } {
    const range = this.#p.processor.bus.find(address >>> 0);
    if (!range?.data || address + bytes > range.base + range.bytes) throw simError("no-memory", { address, bytes });
    return { data: range.data, offset: address - range.base };
  }
}
