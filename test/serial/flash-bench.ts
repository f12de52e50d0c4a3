// What tests of flash protocols share: a board on a line in virtual time, and a run against it.

import { findBoard } from "../../host/board/board.ts";
import type { EmulatedDevice } from "../../host/serial/emulated/emulated-device.ts";
import { MemoryPort, type MemoryPortOptions } from "../../host/serial/emulated/memory-port.ts";
import { VirtualClock } from "../../host/serial/emulated/virtual-clock.ts";
import type {
  FlashListener,
  FlashOptions,
  FlashPart,
  FlashProtocol,
  FlashResult,
} from "../../host/serial/flash-types.ts";

/** Seeded bytes; the generator is a 32-bit xorshift. */
export function noise(bytes: number, seed = 1): Uint8Array {
  let state = seed * 2654435761 + 1;
  return Uint8Array.from({ length: bytes }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 11;
  });
}

export interface Recorded {
  readonly stages: { readonly name: string; readonly at: number; readonly totalBytes?: number }[];
  readonly notes: string[];
  /** Every transfer, neighbours of one direction joined. */
  readonly dialogue: { readonly direction: ">" | "<"; readonly bytes: Uint8Array }[];
  advanced: number;
}

export function recorder(now: () => number): { readonly listener: FlashListener; readonly recorded: Recorded } {
  const turns: { readonly direction: ">" | "<"; readonly pieces: Uint8Array[] }[] = [];
  const recorded = {
    stages: [] as Recorded["stages"][number][],
    notes: [] as string[],
    advanced: 0,
    get dialogue() {
      return turns.map(({ direction, pieces }) => ({ direction, bytes: new Uint8Array(Buffer.concat(pieces)) }));
    },
  };
  return {
    recorded,
    listener: {
      stage: (name, totalBytes) => recorded.stages.push({ name, at: now(), totalBytes }),
      advance: (bytes) => void (recorded.advanced += bytes),
      note: (text) => recorded.notes.push(text),
      trace: (direction, bytes) => {
        const last = turns.at(-1);
        if (last?.direction === direction) last.pieces.push(bytes.slice());
        else turns.push({ direction, pieces: [bytes.slice()] });
      },
    },
  };
}

export interface Run extends Recorded {
  readonly result: FlashResult;
  readonly milliseconds: number;
}

export type PortProtocol = FlashProtocol & { readonly carrier: "port" };

export interface RunOptions extends Partial<FlashOptions> {
  readonly line?: Partial<MemoryPortOptions>;
  readonly onPort?: (port: MemoryPort) => void;
}

/** One run of a protocol against a device; throws what the protocol throws. */
export async function runFlash(
  protocol: FlashProtocol,
  device: EmulatedDevice,
  board: string,
  parts: readonly FlashPart[],
  { line, onPort, ...options }: RunOptions = {},
): Promise<Run> {
  const clock = new VirtualClock();
  const port = new MemoryPort(device, { clock, ...line });
  onPort?.(port);
  const { listener, recorded } = recorder(() => clock.now());
  try {
    const result = await (protocol as PortProtocol).flash(port, {
      board: findBoard(board),
      parts,
      listener,
      clock,
      ...options,
    });
    return { ...recorded, result, milliseconds: clock.now() };
  } finally {
    await port.close();
  }
}
