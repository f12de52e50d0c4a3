// The compiled kernels as the wasm room reads them: text of every function, made once by assembly/build.mjs into built/.
// A model's module is assembled from the functions it needs, so the size of the library costs nothing per model.

export interface KernelFunction {
  /** WebAssembly types of the parameters: "i32" or "f32" (kernels), also "i64" (internal functions). */
  readonly params: readonly string[];
  /** Internal names of the functions and imports called. */
  readonly calls: readonly string[];
  /** `(func $name …)`, one token group a line; device form with `;;@ file:line:col` lines, file an index of `files`. */
  readonly text: string;
}

export interface KernelLibrary {
  /** Kernel name → internal function name. */
  readonly exports: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, KernelFunction>>;
  /** Internal name → intrinsic imported under it. */
  readonly imports: Readonly<Record<string, { readonly name: string; readonly text: string }>>;
  /** Intrinsic → internal name of its plain body. */
  readonly plain: Readonly<Record<string, string>>;
  /** Source files, relative to the repository, that positions refer to. */
  readonly files: readonly string[];
}
