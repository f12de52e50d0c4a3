// The host's kernels: one binary module with every kernel (assembly/host-form.mjs), taken apart into what splice.ts puts into a
// model's module. The file is the build's own: what it holds is asserted, not reported.

import { invariant } from "../base/errors.ts";

export interface HostKernels {
  /** Content of the type section, and the number of types in it. */
  readonly types: Uint8Array;
  readonly typeCount: number;
  readonly functions: readonly HostFunction[];
  /** Kernel name → index of its function. */
  readonly exports: Readonly<Record<string, number>>;
}

export interface HostFunction {
  readonly type: number;
  /** Value types of the parameters, as the binary format writes them. */
  readonly params: readonly number[];
  /** Groups of locals, each a count and a type, then instructions up to and with `end`. */
  readonly localGroups: number;
  readonly locals: Uint8Array;
  readonly code: Uint8Array;
  /** Indices of the functions called. */
  readonly calls: readonly number[];
}

export async function loadHostKernels(): Promise<HostKernels> {
  const { host } = await import("./built/host.ts");
  const bytes = Uint8Array.from(atob(host.module), (character) => character.charCodeAt(0));
  return { ...takeApart(bytes, host.calls), exports: host.exports };
}

/** Reads the sections type (1), function (3) and code (10); WebAssembly core 2.0, 5.5. */
function takeApart(bytes: Uint8Array, calls: readonly (readonly number[])[]): Omit<HostKernels, "exports"> {
  const reader = new Reader(bytes, 8);
  let types = new Uint8Array();
  let params: number[][] = [];
  let typeOf: number[] = [];
  const functions: HostFunction[] = [];
  while (reader.at < bytes.length) {
    const id = bytes[reader.at++];
    const end = reader.number() + reader.at;
    if (id === 1) {
      const count = reader.number();
      types = bytes.slice(reader.at, end);
      params = Array.from({ length: count }, () => readParams(reader));
    } else if (id === 3) typeOf = Array.from({ length: reader.number() }, () => reader.number());
    else if (id === 10) {
      const count = reader.number();
      invariant(count === typeOf.length && count === calls.length, "the host's kernels do not fit their list of calls");
      for (let i = 0; i < count; i++) {
        const type = typeOf[i]!;
        functions.push({ type, params: params[type]!, calls: calls[i]!, ...readBody(reader) });
      }
    }
    reader.at = end;
  }
  return { types, typeCount: params.length, functions };
}

function readParams(reader: Reader): number[] {
  invariant(reader.byte() === 0x60, "a type of the host's kernels is no function type");
  const params = Array.from({ length: reader.number() }, () => reader.byte());
  for (let results = reader.number(); results > 0; results--) reader.byte();
  return params;
}

function readBody(reader: Reader): Pick<HostFunction, "localGroups" | "locals" | "code"> {
  const end = reader.number() + reader.at;
  const localGroups = reader.number();
  const start = reader.at;
  for (let i = 0; i < localGroups; i++) {
    reader.number();
    reader.byte();
  }
  const locals = reader.bytes.subarray(start, reader.at);
  const code = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return { localGroups, locals, code };
}

class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
  ) {}

  byte(): number {
    return this.bytes[this.at++]!;
  }

  /** Unsigned LEB128. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
}
