// The part of the WebAssembly JavaScript interface that thumbelina uses. TypeScript declares it only together with the
// whole DOM, which rooms must not see.
// https://webassembly.github.io/spec/js-api/

declare namespace WebAssembly {
  type ExportValue = ((...args: never[]) => unknown) | Memory | Global;
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    constructor(descriptor: { readonly initial: number; readonly maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Global {
    value: unknown;
  }
  class RuntimeError extends Error {}
  class CompileError extends Error {}
  class LinkError extends Error {}
  function validate(bytes: Uint8Array): boolean;
}
