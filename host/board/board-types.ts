// What a chip is (silicon) and what a board is (wiring), as plain data. Chips and boards are files of boards/, or JSON of the
// same shape given by a user; check-board.ts holds the rules that types cannot say. Behaviour is chosen by fields, never by name.

import type { CoreName } from "../isa/isa.ts";

export interface SectorRun {
  readonly bytes: number;
  readonly count: number;
}

/** Wait states of a flash behind a prefetcher and caches (STM32 ART, nRF52 I-cache). */
export interface WaitStates {
  readonly kind: "wait-states";
  /** Extra processor cycles of a flash read that no cache answers, at the board's clock. */
  readonly waits: number;
  /** Bytes that one flash read gives. */
  readonly lineBytes: number;
  /** The next line is read while this one runs. */
  readonly prefetch: boolean;
  /** Fully associative, least recently used; 0 lines: no cache. */
  readonly instructionLines: number;
  readonly dataLines: number;
  readonly source: string;
}

/** Flash behind a serial bus and a cache (RP2040). A miss costs (command + address + dummy + line) clocks · divider. */
export interface XipCache {
  readonly kind: "xip-cache";
  readonly cacheBytes: number;
  readonly ways: number;
  readonly lineBytes: number;
  readonly clockDivider: number;
  /** Serial clocks before the first data bit. */
  readonly setupClocks: number;
  readonly clocksPerByte: number;
  readonly source: string;
}

export type MemoryTiming = WaitStates | XipCache;

export interface Memory {
  readonly name: string;
  /** flash: not writable by stores. ram: also code memories that are RAM (mps2). */
  readonly kind: "flash" | "ram" | "rom";
  readonly base: number;
  readonly bytes: number;
  /** Further addresses at which the same bytes appear. */
  readonly aliases?: readonly number[];
  readonly timing?: MemoryTiming;
  /** Erase units from the base up; their sum is `bytes`. Flash only. */
  readonly sectors?: readonly SectorRun[];
  /** Smallest write, in bytes. Flash only. */
  readonly writeBytes?: number;
}

export const uartModels = ["pl011", "stm32-v1", "stm32-v2", "stm32-lpuart", "nrf-uart", "nrf-uarte", "cmsdk"] as const;

export interface Uart {
  readonly name: string;
  readonly model: (typeof uartModels)[number];
  readonly base: number;
  readonly irq: number;
  /** CMSDK: the transmit interrupt is a line of its own; `irq` is receive. */
  readonly transmitIrq?: number;
}

/** A peripheral that the simulator models beside UARTs; `model` is a row of its table (sim/peripherals/models.ts). */
export interface ChipDevice {
  readonly name: string;
  readonly model: string;
  readonly base: number;
  /** Interrupt lines that it drives, in the model's order. */
  readonly interrupts?: readonly number[];
  readonly options?: Readonly<Record<string, number | string>>;
}

/** Kinds of hardware that firmware is written against: assembly/hal/kinds.ts. */
export const halKinds = [
  "clock",
  "console",
  "usb",
  "timer",
  "cycles",
  "watchdog",
  "power",
  "i2c",
  "audio",
  "flash",
] as const;
export type HalKind = (typeof halKinds)[number];

/** Which driver serves a kind on this board, and the numbers it asks for (`config` imports: base, pins, baud …). */
export interface DriverUse {
  readonly driver: string;
  /** Handler (`isr` for `<driver>_isr`) → interrupt number; −1 is SysTick. */
  readonly interrupts?: Readonly<Record<string, number>>;
  readonly config?: Readonly<Record<string, number>>;
}

export type Hal = Readonly<Partial<Record<HalKind, DriverUse>>>;

/** By what a microphone speaks. */
export const microphoneKinds = ["analog", "pdm", "i2s"] as const;
export type MicrophoneKind = (typeof microphoneKinds)[number];

/** Registers that a program polls before anything works (clock ready flags), where no peripheral is modelled. */
export interface FixedRegister {
  readonly address: number;
  readonly value: number;
  readonly why: string;
}

/** Every core of room isa; a test holds the two lists together. */
export const chipCores = [
  "cortex-m0",
  "cortex-m0plus",
  "cortex-m3",
  "cortex-m4",
  "cortex-m7",
  "cortex-m33",
] as const satisfies readonly CoreName[];

/** Cores that nothing here compiles for or simulates: their boards are `flashOnly`. */
export const foreignCores = ["xtensa-lx6"] as const;

export interface Chip {
  readonly name: string;
  readonly title: string;
  readonly core: CoreName | (typeof foreignCores)[number];
  readonly memories: readonly Memory[];
  readonly uarts: readonly Uart[];
  /** Ranges of peripherals: an access outside memories and these is a bus fault. Unmodelled ones read 0. */
  readonly peripherals: readonly { readonly base: number; readonly bytes: number }[];
  readonly fixed?: readonly FixedRegister[];
  readonly devices?: readonly ChipDevice[];
  readonly interrupts: number;
  readonly priorityBits: number;
  readonly mpuRegions: number;
  readonly sysTick: boolean;
  readonly vtor: boolean;
  /** v8-M with TrustZone: runs Secure (EXC_RETURN bits). */
  readonly security?: boolean;
  readonly uf2Family?: number;
  /** What the chip's boot loader says it is: STM32 product id (AN2606), ESP magic word or chip id, SAM device id (DSU DID). */
  readonly bootId?: number;
  /** Bits of it that count; the others are revision and package. */
  readonly bootIdMask?: number;
}

export const bootProtocols = [
  "none", // bare simulator boards and mps2: the image is put into memory
  "picoboot", // RP2040 and RP2350 boot ROM, also UF2 drive
  "sam-ba", // Arduino's extended SAM-BA
  "nrf-dfu", // Adafruit boot loader: legacy serial DFU and UF2 drive
  "an3155", // STM32 system boot loader
  "esp-rom", // ESP32's boot ROM
  "drive", // copied to the debug probe's drive
] as const;

/** What a boot ROM reads right before the vectors, and how many bytes it takes there. */
export const bootStageBytes = {
  rp2040: 256, // code with a CRC, which the ROM copies to RAM and runs
  rp2350: 512, // an IMAGE_DEF block; 68 vectors want 512-byte alignment (VTOR)
} as const;

export interface Reserved {
  readonly name: string;
  readonly base: number;
  readonly bytes: number;
}

/** A line for text: a UART of the chip, or its USB device controller. */
export interface ConsoleLine {
  /** Name of that UART or device. */
  readonly uart: string;
  /** USB has none; it is what a host sets first. */
  readonly baud: number;
  /** Pins where the line is wired; the simulated line is silent when the program routes it elsewhere. */
  readonly pins?: { readonly transmit: number; readonly receive: number };
}

/** What the board's USB says of itself, while an application runs. */
export interface UsbIdentity {
  readonly vendorId: number;
  readonly productId: number;
  readonly manufacturer: string;
  /** The chip has a number of its own. */
  readonly serial?: boolean;
}

export interface Board {
  readonly name: string;
  readonly title: string;
  readonly chip: Chip;
  readonly clockHz: number;
  /** Set where the clock cannot be seen on the machine (QEMU). */
  readonly clockAssumed?: boolean;
  readonly console?: ConsoleLine;
  /** Other lines that an app may choose, with their drivers: choose-console.ts. */
  readonly consoles?: Readonly<Partial<Record<"uart" | "usb", ConsoleLine & { readonly driver: DriverUse }>>>;
  readonly usb?: UsbIdentity;
  /** Absent: no firmware for this board, models run as harness images only. */
  readonly hal?: Hal;
  /** What hal.audio listens to. */
  readonly microphone?: MicrophoneKind;
  /** Others that an app's sensor may name, with their drivers: choose-microphone.ts. */
  readonly microphones?: Readonly<Partial<Record<MicrophoneKind, DriverUse>>>;
  /** Where the vector table of an application lies: after boot stage, boot loader, SoftDevice. */
  readonly image: {
    readonly start: number;
    /** What an image must carry before its vectors. */
    readonly bootStage?: keyof typeof bootStageBytes;
  };
  readonly boot: {
    readonly protocol: (typeof bootProtocols)[number];
    /** QEMU's machine of that name runs its images. */
    readonly qemu?: string;
    /** The drive of its boot loader or debug probe: volume labels, and what the drive's text file calls the board (beginnings). */
    readonly drive?: { readonly labels: readonly string[]; readonly ids: readonly string[] };
    /** nrf-dfu: firmware ids of the SoftDevices behind which `image.start` lies; the boot loader refuses others. */
    readonly softDevices?: readonly number[];
    /** sam-ba: the flash address that the monitor calls 0, and where it takes 4 KB of data to be written. */
    readonly samBa?: { readonly origin: number; readonly buffer: number };
  };
  /** Flash that an application must leave alone. */
  readonly reserved: readonly Reserved[];
  /** No core of the simulator runs it. */
  readonly flashOnly?: boolean;
  /** Names of the same board elsewhere (Arduino FQBN, Zephyr, PlatformIO). */
  readonly aliases?: readonly string[];
}
