// The compiled firmware as the wasm room reads it: text of every function by name, made once by assembly/split-firmware.mjs into
// built/. An image takes in only the functions that its board and app need; imports say what must be supplied.

export interface FirmwareFunction {
  /** Internal names of functions and imports called, and of globals read or written. */
  readonly calls: readonly string[];
  readonly globals: readonly string[];
  /** `(func $name …)` with `;;@ file:line:1` lines, file an index of `files`. */
  readonly text: string;
}

/** A function from elsewhere: an instruction (`text` is its import), or `kind.name` of a driver, or what an image generates. */
export interface FirmwareImport {
  readonly module: string;
  readonly field: string;
  readonly text?: string;
}

/** `module` set: an immutable global from outside (config, ram, noinit, text, table); else its own definition. */
export type FirmwareGlobal =
  | { readonly module: string; readonly field: string }
  | { readonly module?: undefined; readonly type: string; readonly text: string };

export interface FirmwareLibrary {
  readonly exports: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, FirmwareFunction>>;
  readonly imports: Readonly<Record<string, FirmwareImport>>;
  readonly globals: Readonly<Record<string, FirmwareGlobal>>;
  readonly files: readonly string[];
}
