// Any WASM module on a simulated board: compile (checked, in sandbox memory unless told otherwise), link, and call its functions
// with words, reading results, traps, memory and globals.
//
//   RAM  memory_pages │ memory_limit │ globals, 8 bytes each │ function_table │ … │ the module's memory … reserve │ stack
//
// One Machine serves many modules: each load replaces the image. A call is a branch to the function with LR at
// thumbelina_done, whose BKPT #0 ends it; a trap is a fault, whose handler here is a BKPT #1.

import { type Board, findBoard, mainMemories } from "../../host/board/board.ts";
import type { FunctionCode, Module } from "../../host/codegen/codegen.ts";
import { codegen, readModule, startupCode, symbolOf, tableEntries } from "../../host/codegen/codegen.ts";
import { traps } from "../../host/codegen/ir.ts";
import { cores } from "../../host/isa/isa.ts";
import { type LinkObject, link } from "../../host/link/link.ts";
import { Machine } from "../../host/sim/sim.ts";
import { loadRuntime } from "../../host/wasm/wasm.ts";

export const coreNames = ["cortex-m0plus", "cortex-m4", "cortex-m3", "cortex-m7", "cortex-m33"] as const;
export type TestCore = (typeof coreNames)[number];

export type Outcome =
  | { readonly kind: "value"; readonly words: readonly [number, number] }
  | { readonly kind: "trap"; readonly trap: string };

export interface LoadOptions {
  readonly memory?: "absolute" | "sandbox";
  /** Initial words of imported globals, by module and field. */
  readonly imports?: (from: { readonly module: string; readonly field: string }) => readonly [number, number];
}

export const pageBytes = 65536;
const stackBytes = 0x10000;
/** Low, so that a host's memory that reaches to absolute addresses is small. */
export const ramBase = 0x00800000;
const done = "thumbelina_done";
const runtime = await loadRuntime();

/** A function of nothing: BX LR. */
function nothing(name: string): FunctionCode {
  return {
    name,
    bytes: Uint8Array.of(0x70, 0x47),
    relocations: [],
    lines: [],
    data: [],
    usesFloat: false,
    frameBytes: 0,
    calls: [],
  };
}

/** BKPT #1: where faults end. */
const fault: FunctionCode = { ...nothing("test_fault"), bytes: Uint8Array.of(1, 0xbe) };

function boardWith(core: TestCore, ramBytes: number): Board {
  const board = findBoard(core === "cortex-m3" ? "mps2-an385" : core);
  const memories = board.chip.memories.map((memory) =>
    memory.name === "ram" ? { ...memory, base: ramBase, bytes: ramBytes } : memory,
  );
  return { ...board, chip: { ...board.chip, memories } };
}

const wordsOf = (values: readonly number[]): Uint8Array => new Uint8Array(Int32Array.from(values).buffer);

/** A simulated board for modules. */
export class TestBoard {
  readonly machine: Machine;
  readonly #board: Board;
  readonly #runtime = new Map<string, FunctionCode>();
  #last: TestModule | undefined;

  constructor(
    readonly core: TestCore,
    readonly reservePages = 4,
  ) {
    this.#board = boardWith(core, (reservePages + 1) * pageBytes + 2 * stackBytes);
    this.machine = new Machine(this.#board);
  }

  /** With what they call of the runtime, each function of which is compiled once per board. */
  compile(bytes: Uint8Array, { memory = "sandbox" }: LoadOptions = {}): readonly FunctionCode[] {
    const core = cores[this.core];
    const { functions } = codegen(bytes, core, { memory, check: true });
    const needed = new Set<string>();
    const add = (name: string): boolean => {
      if (!name.startsWith("rt.") || needed.has(name)) return true;
      needed.add(name);
      return this.#runtime.get(name)?.calls.every(add) ?? false;
    };
    if (!functions.flatMap(({ calls }) => calls).every(add))
      for (const fn of codegen(bytes, core, { memory, check: true, runtime }).functions)
        if (fn.name.startsWith("rt.")) {
          this.#runtime.set(fn.name, fn);
          needed.add(fn.name);
        }
    return [...functions, ...[...needed].map((name) => this.#runtime.get(name)!)];
  }

  load(bytes: Uint8Array, options: LoadOptions = {}): TestModule {
    const module = readModule(bytes);
    const compiled = this.compile(bytes, options);
    const imported = module.functions.filter((fn) => fn.imported && fn.imported.module !== "thumb").map(symbolOf);
    const functions = [
      ...compiled,
      ...[...new Set(imported)].map(nothing),
      ...startupCode(cores[this.core], cores[this.core].features.has("fp")).filter(
        ({ name }) => name !== "thumbelina_fault",
      ),
      ...[nothing("thumbelina_reset"), nothing("thumbelina_invoke"), fault],
    ];
    const { ram } = mainMemories(this.#board);
    const layout = layOut(module, ram.base);
    const objects: LinkObject[] = [
      { name: "words", region: "state", address: ram.base, bytes: layout.end - ram.base, init: { kind: "none" } },
    ];
    const linked = link(
      { functions, objects, labels: layout.labels, layers: [], entry: "thumbelina_start", fault: "test_fault" },
      this.#board,
    );
    const addresses = new Map(linked.image.symbols.map(({ name, address }) => [name, address]));
    // What the module before has left in its memory must not be seen.
    if (this.#last) this.#last.clear(this.#last.pages());
    this.machine.load(linked.image);
    const loaded = new TestModule(this.machine, module, addresses, layout, {
      reservePages: this.reservePages,
      isAbsolute: options.memory === "absolute",
      stackTop: ram.base + ram.bytes,
      codeBytes: linked.codeBytes,
    });
    this.#last = loaded;
    loaded.started = loaded.reset(options);
    return loaded;
  }
}

interface Layout {
  readonly labels: { readonly name: string; readonly address: number; readonly bytes: number }[];
  readonly globals: number;
  readonly table: number;
  readonly memory: number;
  readonly end: number;
}

function layOut(module: Module, base: number): Layout {
  const globals = base + 8;
  const table = globals + 8 * module.globals.length;
  const end = table + 8 * module.table.length;
  const memory = (end + 0xff) & ~0xff;
  const label = (name: string, address: number, bytes: number) => ({ name, address, bytes });
  const labels = [
    label("memory_pages", base, 4),
    label("memory_limit", base + 4, 4),
    ...module.globals.map((_, i) => label(`global_${i}`, globals + 8 * i, 8)),
    label("function_table", table, 8 * module.table.length),
    label("sandbox_memory", memory, 0),
  ];
  return { labels, globals, table, memory, end };
}

/** A module on a board, ready to be called. */
export class TestModule {
  /** What the start function did, if there is one. */
  started: Outcome | undefined;

  constructor(
    readonly machine: Machine,
    readonly module: Module,
    readonly addresses: ReadonlyMap<string, number>,
    readonly layout: Layout,
    readonly limits: {
      readonly reservePages: number;
      readonly isAbsolute: boolean;
      readonly stackTop: number;
      readonly codeBytes: number;
    },
  ) {}

  /** Initial state: memory, globals, table; then the start function. Its outcome, if there is one. */
  reset(options: LoadOptions = {}): Outcome | undefined {
    const { machine, module, layout } = this;
    this.#start();
    const { min: asked, max = 65536 } = module.memory ?? { min: 0, max: 0 };
    // An imported memory is spectest's: one page of at most two.
    const isForeign = module.memory?.imported && !this.limits.isAbsolute;
    const [min, most] = isForeign ? [1, 2] : [asked, max];
    machine.poke(layout.labels[0]!.address, wordsOf([min, Math.min(most, this.limits.reservePages)]));
    this.clear(min);
    const values: (readonly [number, number])[] = [];
    for (const { init, imported } of module.globals) {
      const word = imported
        ? (options.imports?.(imported) ?? [0, 0])
        : "global" in init
          ? values[init.global]!
          : init.words;
      values.push(word as readonly [number, number]);
    }
    machine.poke(layout.globals, wordsOf(values.flat()));
    const entries = tableEntries(module).map((entry) =>
      entry ? [this.addresses.get(entry.symbol)! | 1, entry.type] : [0, -1],
    );
    machine.poke(layout.table, wordsOf(entries.flat()));
    for (const { passive, offset, bytes } of module.data) if (!passive && bytes.length) this.writeMemory(offset, bytes);
    return module.start === undefined ? undefined : this.call(module.start, []);
  }

  clear(pages: number): void {
    if (this.limits.isAbsolute) return;
    const bytes = Math.min(this.limits.reservePages, Math.max(1, pages)) * pageBytes;
    this.machine.poke(this.layout.memory, new Uint8Array(bytes));
  }

  /** From reset through the start-up code to thumbelina_done. */
  #start(): void {
    this.machine.reset();
    const reason = this.machine.run({ cycles: 100_000 });
    if (reason.kind !== "bkpt" || reason.immediate !== 0)
      throw new Error(`start-up ended by ${JSON.stringify(reason)}`);
  }

  call(index: number, words: readonly number[], cycles = 50_000_000): Outcome {
    const { machine, limits } = this;
    const address = this.addresses.get(symbolOf(this.module.functions[index]!))!;
    const onStack = words.slice(4);
    const sp = (limits.stackTop - 4 * onStack.length) & ~7;
    if (onStack.length) machine.poke(sp, wordsOf(onStack));
    for (let i = 0; i < 13; i++) machine.setRegister(i, i < 4 ? (words[i] ?? 0x1111_1111 * i) : 0x0bad_0000 + i);
    machine.setRegister(13, sp);
    machine.setRegister(14, this.addresses.get(done)! | 1);
    machine.pc = address;
    const reason = machine.run({ cycles });
    if (reason.kind === "bkpt" && reason.immediate === 0) {
      this.#checkCallingConvention(sp);
      return { kind: "value", words: [machine.getRegister(0) | 0, machine.getRegister(1) | 0] };
    }
    const outcome = reason.kind === "bkpt" ? this.#trap() : `${JSON.stringify(reason)} at ${machine.pc.toString(16)}`;
    this.#start();
    return { kind: "trap", trap: outcome };
  }

  #checkCallingConvention(sp: number): void {
    if (this.machine.getRegister(13) !== sp) throw new Error("the function moved SP");
    for (let i = 4; i <= 11; i++)
      if (this.machine.getRegister(i) !== 0x0bad_0000 + i) throw new Error(`the function did not restore r${i}`);
  }

  #trap(): string {
    const report = this.machine.faults.at(-1)!;
    const instruction = this.machine.peek(report.pc & ~1, 2);
    if (instruction[1] === 0xde) return traps[instruction[0]!] ?? `udf ${instruction[0]}`;
    return `${report.words} at ${report.where}\n${report.window.join("\n")}`;
  }

  pages(): number {
    return new DataView(this.machine.peek(this.layout.labels[0]!.address, 4).buffer).getInt32(0, true);
  }

  memory(address: number, bytes: number): Uint8Array {
    return this.machine.peek(this.#place(address), bytes);
  }

  writeMemory(address: number, bytes: Uint8Array): void {
    this.machine.poke(this.#place(address), bytes);
  }

  #place(address: number): number {
    return this.limits.isAbsolute ? address : this.layout.memory + address;
  }

  global(index: number): readonly [number, number] {
    const view = new DataView(this.machine.peek(this.layout.globals + 8 * index, 8).buffer);
    return [view.getInt32(0, true), view.getInt32(4, true)];
  }
}
