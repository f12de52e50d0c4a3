// The part of the WebAssembly JavaScript API that tests use; it is typed in TypeScript's DOM library only.

type Descriptor = { readonly module: string; readonly name: string };
type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface WebAssemblyApi {
  readonly Module: (new (
    bytes: Uint8Array,
  ) => object) & {
    exports(module: object): readonly Descriptor[];
    imports(module: object): readonly Descriptor[];
  };
  readonly Instance: new (module: object, imports?: Imports) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly Memory: new (limits: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
}

const { Module, Instance, Memory } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

export function namesOf(bytes: Uint8Array): { readonly exports: string[]; readonly imports: string[] } {
  const module = new Module(bytes);
  return {
    exports: Module.exports(module).map(({ name }) => name),
    imports: Module.imports(module).map(({ module, name }) => `${module}.${name}`),
  };
}

/** A module that imports `env.memory` (at most), with a memory of that many pages. */
export function run<F>(bytes: Uint8Array, pages: number): { readonly memory: Uint8Array; readonly exports: F } {
  const memory = new Memory({ initial: pages });
  const { exports } = new Instance(new Module(bytes), { env: { memory } });
  return { memory: new Uint8Array(memory.buffer), exports: exports as F };
}

/** A module that imports nothing. */
export function instantiate<F>(bytes: Uint8Array): F {
  return new Instance(new Module(bytes)).exports as F;
}
