// An open block of WASM's structured control, while SSA is built: where a branch to it goes and what arrives there.

import type { Block } from "./ir.ts";
import type { Signature } from "./module-types.ts";
import type { Operand } from "./ssa-state.ts";

export interface Edge {
  readonly from: Block;
  readonly locals: readonly Operand[];
  readonly results: readonly Operand[];
}

export interface Frame {
  readonly kind: "block" | "loop" | "if" | "else" | "function";
  readonly signature: Signature;
  readonly height: number;
  /** Where a br to this frame goes: the header of a loop, else the block after the end. */
  readonly target: Block;
  readonly edges: Edge[];
  /** Of an if: the block of its else arm, and what is known there. */
  readonly otherwise?: {
    readonly block: Block;
    readonly locals: readonly Operand[];
    readonly params: readonly Operand[];
  };
  /** Of a loop: header phis by local, and of its parameters. */
  readonly phis?: { readonly locals: ReadonlyMap<number, Operand>; readonly params: readonly Operand[] };
}
