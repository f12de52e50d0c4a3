// Does a boot loader answer on this line? A question for each kind that can be asked without harm, of a board whose kind is known.
//
//   sam-ba   V# ─► "… [Arduino:XYZ] …\n\r"         an3155   7F at 8E1 ─► 79 (or 1F: it was asked before)
//   esp-rom  SYNC in SLIP ─► a response to it       the others cannot be asked: nrf-dfu obeys what it understands, drives show themselves

import type { Board } from "../../board/board.ts";
import { slipEncode } from "../slip.ts";

export interface Greeting {
  readonly name: string;
  readonly parity?: "even";
  readonly say: Uint8Array;
  readonly answered: (heard: Uint8Array) => boolean;
}

const ascii = (text: string) => new TextEncoder().encode(text);
/** Command 08 with its 36 bytes (Espressif, Serial Protocol, SYNC). */
const sync = slipEncode(
  Uint8Array.from([0, 8, 36, 0, 0, 0, 0, 0, 0x07, 0x07, 0x12, 0x20, ...new Array<number>(32).fill(0x55)]),
);

const greetings: Partial<Record<Board["boot"]["protocol"], Greeting>> = {
  "sam-ba": {
    name: "Arduino's SAM-BA boot loader",
    say: ascii("N#V#"),
    answered: (heard) => /\[Arduino:[A-Z]+\]/.test(String.fromCharCode(...heard.subarray(0, 400))),
  },
  an3155: {
    name: "the STM32 system boot loader",
    parity: "even",
    say: Uint8Array.of(0x7f),
    answered: (heard) => heard.length > 0 && heard.length <= 4 && (heard[0] === 0x79 || heard[0] === 0x1f),
  },
  "esp-rom": {
    name: "the ESP32 boot ROM",
    say: sync,
    answered: (heard) => heard.some((byte, i) => byte === 0xc0 && heard[i + 1] === 1 && heard[i + 2] === 8),
  },
};

export const greetingOf = (board: Board): Greeting | undefined => greetings[board.boot.protocol];
