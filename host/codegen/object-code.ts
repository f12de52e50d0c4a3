// What codegen hands to link: machine code per function, position-independent but for its relocations.

/** abs32: a word holding symbol + addend (a function's address with its Thumb bit). call: a BL's 24-bit offset. */
export interface Relocation {
  readonly kind: "abs32" | "call";
  /** Byte offset in the function. */
  readonly at: number;
  readonly symbol: string;
  readonly addend: number;
}

/** From byte `at` of the function on, code comes from the WASM instruction at `offset`. */
export interface CodeLine {
  readonly at: number;
  readonly offset: number;
}

/** What an assembler makes of one function. */
export interface AssembledCode {
  readonly bytes: Uint8Array;
  readonly relocations: readonly Relocation[];
  readonly lines: readonly CodeLine[];
  /** Where the bytes are no instructions: literal pools and jump tables, in order. */
  readonly data: readonly { readonly at: number; readonly bytes: number }[];
  /** It has instructions of the floating-point unit, which start-up must then turn on. */
  readonly usesFloat: boolean;
}

export interface FunctionCode extends AssembledCode {
  readonly name: string;
  /** Bytes of stack that a call of this function uses itself: saved registers, slots, outgoing arguments. */
  readonly frameBytes: number;
  /** Direct callees; "*" stands for any function in the table. */
  readonly calls: readonly string[];
}

/** A variable of the module that no memory address names; link gives it one. */
export interface GlobalVariable {
  readonly symbol: string;
  /** Initial words, low one first. */
  readonly words: readonly number[];
}

export interface ObjectCode {
  readonly core: string;
  readonly functions: readonly FunctionCode[];
  readonly globals: readonly GlobalVariable[];
}
