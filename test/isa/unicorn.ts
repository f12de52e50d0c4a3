// Unicorn as the judge of semantics: single instructions on random states, run by lockstep.py (a Python process spoken to over
// pipes) and by evaluate.ts, and compared register by register, flag by flag and byte by byte of RAM.

import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import {
  type Core,
  type CoreName,
  cores,
  type Decoded,
  decoderFor,
  evaluate,
  type Row,
  type State,
  thumbRows,
} from "../../host/isa/isa.ts";
import {
  codeAddress,
  copyState,
  environmentOf,
  Fault,
  type Random,
  ramBytes,
  random,
  randomBits,
  randomState,
  unpredictable,
} from "./states.ts";

export interface Case {
  readonly decoded: Decoded;
  /** 0, or the ITSTATE that an IT instruction before it makes. */
  readonly itstate: number;
  readonly start: number;
  readonly before: State;
  readonly after: State;
  readonly ram: Uint8Array;
}

export interface Batch {
  readonly core: Core;
  /** lockstep.py's number: double precision runs on an A-profile model. */
  readonly model: number;
  readonly code: Uint8Array;
  readonly ram: Uint8Array;
  readonly cases: readonly Case[];
}

const models: readonly CoreName[] = ["cortex-m0", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33"];
/** On which core a row is tried: the smallest that has it, among Unicorn's models. */
export function modelOf(row: Row): { core: Core; model: number } {
  if (row.feature === "dp" || row.feature === "dp5") return { core: cores["cortex-m7"], model: 5 };
  const name = models.find((name) => cores[name].features.has(row.feature)) ?? "cortex-m33";
  return { core: cores[name], model: models.indexOf(name) };
}

/** Rows whose effect is the machine's, not the core's: nothing to compare here. */
export const isMachines = (row: Row): boolean =>
  /^(udf|undefined|svc|bkpt|yield|wf[ei]|cps\w+|msr|mrs|cdp|sg|bl?xns|tt\w*)\b/.test(row.name);

/** Branches land anywhere near: their cases lie a page apart, so that none runs into another. */
const strideOf = (row: Row): number => (/branch|call|-pc/.test(row.cycles) ? 4096 : 16);

const mayBeInIT = (row: Row, core: Core): boolean =>
  core.features.has("v7m") && row.name !== "it" && !/^(cbn?z|b<)/.test(row.text);

function place(code: DataView, at: number, bits: number, size: number): void {
  if (size === 2) code.setUint16(at, bits, true);
  else {
    code.setUint16(at, bits >>> 16, true);
    code.setUint16(at + 2, bits & 0xffff, true);
  }
}

/** Up to `count` cases of one row: those that the manual defines, that do not fault, and that end where it is safe to stop. */
export function makeBatch(row: Row, count: number, seed: number): Batch {
  const { core, model } = modelOf(row);
  const decoder = decoderFor(thumbRows, core);
  const next = random(seed);
  const ram = Uint8Array.from({ length: ramBytes }, () => next());
  const stride = strideOf(row);
  const code = new Uint8Array(count * stride).fill(0xde);
  const view = new DataView(code.buffer);
  const drafts: Omit<Case, "after" | "ram">[] = [];
  for (let tries = 0; drafts.length < count && tries < count * 40; tries++) {
    const bits = randomBits(row, next);
    const itstate = mayBeInIT(row, core) && (next() & 3) === 0 ? ((next() % 14) << 4) | 8 : 0;
    const decoded = decoder.decode(row.size === 2 ? bits : bits >>> 16, bits & 0xffff, itstate !== 0);
    if (decoded?.row !== row || unpredictable(decoded)) continue;
    const at = drafts.length * stride;
    if (itstate) place(view, at, 0xbf00 | itstate, 2);
    place(view, at + (itstate ? 2 : 0), bits, row.size);
    drafts.push({ decoded, itstate, start: codeAddress + at, before: randomState(row, core, next) });
  }
  const cases = drafts.flatMap((draft): Case[] => {
    const after = copyState(draft.before);
    const own = ram.slice();
    after.r[15] = draft.start + (draft.itstate ? 2 : 0);
    after.itstate = draft.itstate;
    const sequential = (after.r[15] ?? 0) + row.size;
    try {
      evaluate(draft.decoded, after, environmentOf(code, own));
    } catch (error) {
      if (error instanceof Fault) return [];
      throw error;
    }
    const end = after.r[15] ?? 0;
    const intoOther =
      end !== sequential && end >= codeAddress - stride && end < codeAddress + code.length && end % stride < 16;
    return intoOther ? [] : [{ ...draft, after, ram: own }];
  });
  return { core, model, code, ram, cases };
}

export interface Answer {
  readonly status: number;
  readonly state: State;
  readonly ram: Uint8Array;
}

const inBytes = 51 * 4;
const outBytes = 51 * 4;
const hex = (x: number | undefined): string => ((x ?? 0) >>> 0).toString(16);

/** What differs between evaluate.ts and an answer, in words. */
export function differences({ after, before, ram }: Case, answer: Answer, hasFloat: boolean): string[] {
  const found: string[] = [];
  const compare = (name: string, mine?: number, theirs?: number, was?: number): void => {
    if (mine !== theirs) found.push(`${name}: ours ${hex(mine)}, Unicorn ${hex(theirs)}, before ${hex(was)}`);
  };
  for (let i = 0; i < 16; i++) compare(`r${i}`, after.r[i], answer.state.r[i], before.r[i]);
  compare("APSR", after.apsr, answer.state.apsr, before.apsr);
  compare("ITSTATE", after.itstate, answer.state.itstate);
  if (hasFloat) {
    compare("FPSCR", after.fpscr, answer.state.fpscr, before.fpscr);
    for (let i = 0; i < 32; i++) compare(`s${i}`, after.s[i], answer.state.s[i], before.s[i]);
  }
  if (Buffer.compare(ram, answer.ram) !== 0) found.push("RAM");
  // an error after the instruction (a branch to where there is no code) is not about the instruction
  return found.length > 0 && answer.status !== 0 ? [`Unicorn ended with error ${answer.status}`, ...found] : found;
}

function readAnswer(bytes: Buffer): Answer {
  const words = Array.from({ length: 51 }, (_, i) => bytes.readInt32LE(i * 4));
  const [status = 0] = words;
  const psr = words[17] ?? 0;
  const r = Int32Array.from(words.slice(1, 17));
  r[15] = (r[15] ?? 0) & ~1;
  return {
    status,
    state: {
      r,
      s: Int32Array.from(words.slice(19)),
      apsr: psr & 0xf80f0000,
      fpscr: words[18] ?? 0,
      itstate: ((psr >>> 8) & 0xfc) | ((psr >>> 25) & 3),
    },
    ram: bytes.subarray(outBytes),
  };
}

export function hasUnicorn(): boolean {
  try {
    execFileSync("python3", ["-c", "import unicorn"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export class Unicorn {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  #chunks: Buffer[] = [];
  #have = 0;
  #wake: () => void = () => undefined;

  constructor() {
    const script = fileURLToPath(new URL("lockstep.py", import.meta.url));
    this.#process = spawn("python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#have += chunk.length;
      this.#wake();
    });
    this.#process.on("exit", () => this.#wake());
  }

  async #read(bytes: number): Promise<Buffer> {
    while (this.#have < bytes) {
      if (this.#process.exitCode !== null) throw new Error("lockstep.py has ended");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all.subarray(bytes)];
    this.#have = all.length - bytes;
    return all.subarray(0, bytes);
  }

  async run({ model, code, ram, cases }: Batch): Promise<Answer[]> {
    const header = Buffer.from(Uint32Array.of(model, cases.length, code.length, ram.length).buffer);
    const words = new Int32Array((cases.length * inBytes) / 4);
    cases.forEach(({ start, before, after }, i) => {
      const { r, s, apsr, fpscr } = before;
      words.set([start, after.r[15] ?? 0, ...r.subarray(0, 15), apsr, fpscr, ...s], i * 51);
    });
    this.#process.stdin.write(Buffer.concat([header, code, ram, Buffer.from(words.buffer)]));
    const size = outBytes + ram.length;
    const bytes = await this.#read(cases.length * size);
    return cases.map((_, i) => readAnswer(bytes.subarray(i * size, (i + 1) * size)));
  }

  close(): void {
    this.#process.stdin.end();
  }
}

export type { Random };
