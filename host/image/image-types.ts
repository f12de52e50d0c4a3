// The Image: what is flashed, as data. Made by link and by the readers of formats/; read by the writers, the simulator,
// update and serial. Segments own the bytes; sections, symbols, layers and regions only name ranges of the address space.
//
//   segment   loadAddress ──► │ data …………………………………………… │   what a loader writes (flash)
//             address     ──► │ data …………………………………………… │ zero …… │   where it is while the program runs
//                             └────── data.length ───────┴─────────┘
//                             └──────────────── bytes ─────────────┘
//
// Invariant: segments are sorted by loadAddress, their loaded ranges do not overlap, and no range passes 2^32.

export interface Segment {
  readonly loadAddress: number;
  readonly address: number;
  readonly data: Uint8Array;
  /** Size in memory, at least `data.length`; what is beyond the data is cleared by start-up code, not by a loader. */
  readonly bytes: number;
  readonly flags: { readonly write: boolean; readonly execute: boolean };
}

export interface Section {
  readonly name: string;
  readonly kind: "code" | "const" | "data" | "zero" | "none" | "debug";
  /** Run address; 0 for kind debug. */
  readonly address: number;
  readonly bytes: number;
  readonly align: number;
  /** Only for kind debug (not loaded): the bytes themselves. */
  readonly data?: Uint8Array;
}

export interface ImageSymbol {
  readonly name: string;
  /** Without the Thumb bit. */
  readonly address: number;
  readonly bytes: number;
  /** `mapping`: the $t/$d marks that tell code from literals (AAELF32, "Mapping symbols"). `absolute`: a number, no place. */
  readonly kind: "function" | "object" | "mapping" | "label" | "absolute";
  readonly binding: "global" | "local" | "weak";
}

/** One function per layer of the model (design: every layer is its own function). */
export interface ImageLayer {
  readonly name: string;
  readonly origin: number;
  readonly address: number;
  readonly bytes: number;
}

/** An object of the plan's memory map, kept so that tools can say what lies at an address. */
export interface ImageRegion {
  readonly name: string;
  readonly region: string;
  readonly address: number;
  readonly bytes: number;
}

/** From `address` on, up to the next entry, code comes from file:line of assembly/; line 0 and an empty file: from no file. */
export interface ImageLine {
  readonly address: number;
  readonly file: string;
  readonly line: number;
}

export interface ImageTarget {
  readonly board?: string;
  /** `cortex-m4` …: selects the build attributes of a written ELF. */
  readonly core?: string;
  /** Core features that the file says its code needs (ELF build attributes): `v7m`, `dsp`, `fp` … */
  readonly needs?: readonly string[];
  /** UF2 family id that the file named. */
  readonly uf2Family?: number;
}

export interface Image {
  readonly target: ImageTarget;
  /** Address of the first instruction, without the Thumb bit; undefined where the format does not say. */
  readonly entry?: number;
  readonly segments: readonly Segment[];
  readonly sections: readonly Section[];
  readonly symbols: readonly ImageSymbol[];
  readonly layers: readonly ImageLayer[];
  readonly regions: readonly ImageRegion[];
  /** Sorted by address; undefined where the format does not say. */
  readonly lines?: readonly ImageLine[];
}
