// The part of the WebAssembly JavaScript API that engines use, typed here: it is in TypeScript's DOM library only, and
// engines run in Node and browsers alike.

interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<object>;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => {
    readonly exports: Readonly<Record<string, unknown>>;
  };
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum?: number;
  }) => {
    readonly buffer: ArrayBuffer;
  };
}

export const { compile, Instance, Memory } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi })
  .WebAssembly;
