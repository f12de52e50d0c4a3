// One script on one simulated core: every assertion about what code does is claimed, but for f64, exhaustion of the stack (recursion has no
// bound here and is an error before the program runs) and linking between modules. Those are skipped and counted by reason.
//
// Functions that use f64 (or more results than registers) are replaced by `unreachable`, so that the others of their module run; a
// trap from one of them is a skip.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../host/base/errors.ts";
import { buildSsa } from "../../host/codegen/build-ssa.ts";
import { readModule } from "../../host/codegen/codegen.ts";
import { Reader } from "../../host/codegen/cursor.ts";
import type { Outcome, TestBoard, TestModule } from "../codegen/machine.ts";
import { namesOf } from "../wasm/webassembly.ts";
import type { Action, Command, Constant, Script } from "./scripts.ts";

export interface ScriptResult {
  passed: number;
  readonly failures: string[];
  readonly skips: Record<string, number>;
}

interface Current {
  readonly module: TestModule;
  /** Some of its functions were replaced; once one has run, memory and globals may not be what is expected. */
  readonly hasStubs: boolean;
  stubRan: boolean;
}

/** 666 and 666.6 as the scripts' host module `spectest` has them. */
const spectest: Readonly<Record<string, readonly [number, number]>> = {
  global_i32: [666, 0],
  global_i64: [666, 0],
  global_f32: [0x4426a666, 0],
};

export function runScript(board: TestBoard, script: Script): ScriptResult {
  return new ScriptRunner(board, script).run();
}

class ScriptRunner {
  readonly #result: ScriptResult = { passed: 0, failures: [], skips: {} };
  #current: Current | string = "no module";
  readonly #names = new Map<string, string>();
  #currentName = "";

  constructor(
    readonly board: TestBoard,
    readonly script: Script,
  ) {}

  run(): ScriptResult {
    for (const command of this.script.commands) this.#command(command);
    return this.#result;
  }

  #skip(reason: string): void {
    this.#result.skips[reason] = (this.#result.skips[reason] ?? 0) + 1;
  }

  #command(command: Command): void {
    switch (command.type) {
      case "module":
        this.#currentName = command.name ?? "";
        this.#current = this.#load(command.filename!);
        if (typeof this.#current === "string") this.#names.set(this.#currentName, this.#current);
        return;
      case "register":
        return;
      case "action":
        return void this.#act(command.action!);
      case "assert_return":
      case "assert_trap":
        return this.#assert(command);
      case "assert_exhaustion":
        return this.#skip("exhaustion");
      default:
        return this.#skip(command.type);
    }
  }

  #load(file: string): Current | string {
    const bytes = new Uint8Array(readFileSync(join(this.script.folder, file)));
    try {
      const { bytes: kept, stubs } = withoutUnsupported(bytes);
      const parsed = readModule(kept);
      if (namesOf(kept).imports.some((name) => !name.startsWith("spectest."))) return "linking";
      if ((parsed.memory?.min ?? 0) > this.board.reservePages) return "memory beyond the reserve";
      const module = this.board.load(kept, { imports: ({ field }) => spectest[field] ?? [0, 0] });
      return { module, hasStubs: stubs > 0, stubRan: false };
    } catch (error) {
      if (error instanceof UserError) return error.code === "codegen/unsupported-type" ? "types" : error.message;
      throw error;
    }
  }

  #assert(command: Command): void {
    const { action, expected = [], text = "" } = command;
    const outcome = this.#act(action!);
    if (typeof outcome === "string") return this.#skip(outcome);
    const current = this.#current as Current;
    const wanted = command.type === "assert_trap" ? `trap ${text}` : expected.map(textOf).join(" ");
    const ok = command.type === "assert_trap" ? isTrap(outcome, text) : isValue(outcome, expected);
    if (ok) this.#result.passed++;
    else if (expected.some(({ type }) => type === "f64")) this.#skip("f64");
    else if (current.stubRan) this.#skip("after a function with f64 or several results");
    else {
      const said = outcome.kind === "trap" ? `trap ${outcome.trap}` : outcome.words.map((word) => word >>> 0).join(" ");
      this.#result.failures.push(`${this.script.name}:${command.line} ${action!.field}: ${said}, not ${wanted}`);
    }
  }

  /** Or why it cannot be done. */
  #act({ type, field, module, args = [] }: Action): Outcome | string {
    if (typeof this.#current === "string") return this.#current;
    if (module !== undefined && module !== this.#currentName) return "linking";
    const loaded = this.#current.module;
    const found = loaded.module.exports.find(({ name }) => name === field);
    if (!found) return "no such export";
    if (type === "get") return { kind: "value", words: loaded.global(found.index) };
    if (args.some(({ type: t }) => t === "f64")) return "f64";
    if (args.some(({ type: t }) => !["i32", "i64", "f32"].includes(t))) return "types";
    const outcome = loaded.call(found.index, args.flatMap(wordsOf));
    if (this.#current.hasStubs && outcome.kind === "trap" && outcome.trap === "unreachable")
      this.#current.stubRan = true;
    return outcome;
  }
}

function wordsOf({ type, value }: Constant): number[] {
  const bits = BigInt(value!.startsWith("nan") ? 0x7fc00000 : value!);
  const low = Number(BigInt.asIntN(32, bits));
  return type === "i64" ? [low, Number(BigInt.asIntN(32, bits >> 32n))] : [low];
}

const textOf = ({ type, value }: Constant): string => `${type} ${value}`;

function isValue(outcome: Outcome, expected: readonly Constant[]): boolean {
  if (outcome.kind !== "value") return false;
  const words = [...outcome.words];
  return expected.every((constant) => {
    if (constant.type === "f64") return false;
    if (constant.value?.startsWith("nan")) return (words.shift()! & 0x7fc00000) === 0x7fc00000;
    return wordsOf(constant).every((word) => words.shift() === word);
  });
}

/** Ours by theirs; an empty table entry has no type, a number that does not fit an integer is an invalid conversion. */
const ours: Readonly<Record<string, readonly string[]>> = {
  "integer overflow": ["integer overflow", "invalid conversion to integer"],
  "uninitialized element": ["indirect call type mismatch"],
  undefined: ["undefined element", "indirect call type mismatch"],
  indirect: ["indirect call type mismatch"],
};

function isTrap(outcome: Outcome, text: string): boolean {
  if (outcome.kind !== "trap") return false;
  const known = Object.keys(ours).find((key) => text.startsWith(key) && !text.startsWith("undefined element"));
  return (known ? ours[known]! : [text]).some((words) => outcome.trap.startsWith(words));
}

/** Bodies of functions that use what has no machine code become `unreachable`. */
function withoutUnsupported(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly stubs: number } {
  const module = readModule(bytes);
  const changed = bytes.slice();
  const bodies = bodyRanges(bytes);
  const imported = module.functions.filter((fn) => fn.imported).length;
  let stubs = 0;
  for (const fn of module.functions.slice(imported)) {
    try {
      buildSsa(module, fn, { memory: "sandbox", fpu: false, unaligned: true });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const [start, end] = bodies[fn.index - imported]!;
      // no locals, unreachable, nops, end
      changed.fill(0x01, start, end);
      changed.set([0x00, 0x00], start);
      changed[end - 1] = 0x0b;
      stubs++;
    }
  }
  return { bytes: changed, stubs };
}

function bodyRanges(bytes: Uint8Array): (readonly [number, number])[] {
  const reader = new Reader(bytes, 8, bytes.length);
  while (reader.at < reader.end) {
    const id = reader.byte();
    const end = reader.u32() + reader.at;
    if (id === 10)
      return reader.list(() => {
        const size = reader.u32();
        const range = [reader.at, reader.at + size] as const;
        reader.at += size;
        return range;
      });
    reader.at = end;
  }
  return [];
}
