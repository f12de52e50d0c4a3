// What link takes and gives.

import type { FunctionCode } from "../codegen/codegen.ts";
import type { Image } from "../image/image.ts";

/** A named range of memory: an object of the plan. */
export interface LinkObject {
  readonly name: string;
  /** const: in flash as planned. state, arena: in RAM as planned; kept: there too, left alone by every reset. */
  readonly region: "const" | "state" | "arena" | "kept";
  readonly address: number;
  readonly bytes: number;
  /** Initial bytes; zero: cleared by start-up; none: left as it is. */
  readonly init:
    | { readonly kind: "data"; readonly data: Uint8Array }
    | { readonly kind: "zero" }
    | { readonly kind: "none" };
}

export interface LinkLabel {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
}

/** From this byte of a WebAssembly module on, code comes from file:line; line 0: from nowhere. */
export interface SourcePosition {
  readonly offset: number;
  readonly file: string;
  readonly line: number;
}

export interface LinkInput {
  readonly functions: readonly FunctionCode[];
  readonly objects: readonly LinkObject[];
  /** Names for places in those objects: `thumbelina_input_0` and the like. */
  readonly labels: readonly LinkLabel[];
  /** Each is a function by that name. */
  readonly layers: readonly { readonly name: string; readonly origin: number }[];
  /** Functions: where reset goes, and every other exception. */
  readonly entry: string;
  readonly fault: string;
  /** Interrupt number (−1 SysTick, −14 NMI) → function. Their stack, and the fault handler's, is then counted in. */
  readonly handlers?: ReadonlyMap<number, string>;
  /** By function name: positions in the module it was compiled from, sorted by offset. */
  readonly positions?: ReadonlyMap<string, readonly SourcePosition[]>;
  /** For boards whose image starts with one. */
  readonly bootStage?: FunctionCode;
}

export interface Linked {
  readonly image: Image;
  /** From the vector table on: constants, code, initial values. */
  readonly flashBytes: number;
  /** Of the plan's objects, without the stack. */
  readonly ramBytes: number;
  readonly codeBytes: number;
  /** The deepest path from `entry`, and the most stack it uses. */
  readonly stackBytes: number;
  readonly stackPath: readonly string[];
}

export const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;
