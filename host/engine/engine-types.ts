// One interface over every way to run a model: reference arithmetic, device-form WASM, host form, simulated board.

export interface Invocation {
  /** Little-endian, tightly packed, in the model's own types and order. */
  readonly outputs: readonly Uint8Array[];
  /** Original tensor index → bytes; only those that are materialised, and only when asked for. */
  readonly tensors?: ReadonlyMap<number, Uint8Array>;
  readonly cycles?: number;
}

export interface Engine {
  readonly name: "reference" | "wasm" | "host" | "sim";
  /** One inference. State carries over from the invocation before; `reset` restores initial values. */
  invoke(inputs: readonly Uint8Array[], options?: { readonly tensors?: boolean }): Invocation;
  reset(): void;
}
