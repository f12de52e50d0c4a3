// Random valid WASM for the differential fuzz, from a seed: trees of every instruction that this compiler claims, over locals, globals, a
// small memory, a table and calls of earlier functions, with the idioms that instruction selection looks for mixed in.
//
// Every loop ends: it has a counter of its own that nothing else assigns. What a NaN looks like is never seen: floats are made one
// NaN where their bits become visible. In absolute memory addresses lie in a window of the device's RAM, aligned.

import {
  constantTree,
  type FunctionTree,
  type ModuleTree,
  type NumberType,
  opTree,
  type Tree,
  type TreeType,
  unsigned,
} from "./module-bytes.ts";

export interface Random {
  /** 0 ≤ n < below. */
  below(bound: number): number;
  word(): number;
}

/** xorshift32. */
export function randomFrom(seed: number): Random {
  let state = (seed * 2654435761 + 1) | 0 || 1;
  const word = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
  for (let i = 0; i < 8; i++) word();
  return { word, below: (bound) => (word() >>> 0) % bound };
}

/** Where absolute modules have their memory window. */
export const windowBase = 0x00808000;
export const windowBytes = 4096;

const types: readonly NumberType[] = ["i32", "i32", "i32", "i64", "f32"];
const i32Constants = [
  0, 1, -1, 2, 3, 4, 5, 7, 8, 16, 24, 31, 32, 33, 63, 127, 128, -128, 255, 256, 1000, 4095, 4096, 65535, 65536, -32768,
  0x7fffffff, -0x80000000, 0x12345678, 0x00ff00ff, -2, -255, -4096,
];
const i32Binary = [0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78];
const i32Compare = [0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f];
const i64Binary = [0x7c, 0x7d, 0x7e, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a];
const i64Compare = [0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a];
const f32Binary = [0x92, 0x93, 0x94, 0x95, 0x96, 0x97];
const f32Compare = [0x5b, 0x5c, 0x5d, 0x5e, 0x5f, 0x60];
const f32Unary = [0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x91];

export function randomModule(seed: number, absolute: boolean): ModuleTree {
  const random = randomFrom(seed);
  const globals = (["i32", "i64", "f32", "i32"] as const).map((type) => ({
    type,
    init: BigInt(type === "f32" ? 0x3f800000 : random.word()),
  }));
  const functions: (FunctionTree & { readonly cost: number })[] = [];
  const count = 4 + random.below(5);
  const table = Array.from({ length: 6 }, () => (random.below(5) ? random.below(count) : -1));
  for (let i = 0; i < count; i++)
    functions.push(
      new FunctionMaker(
        random,
        absolute,
        functions,
        globals.map(({ type }) => type),
        table,
      ).make(),
    );
  const bytes = Uint8Array.from({ length: 256 }, () => random.below(256));
  const data = [{ address: (absolute ? windowBase : 0) + 4 * random.below(200), bytes }];
  return { functions, pages: absolute ? (windowBase >>> 16) + 1 : 1, globals, table, data };
}

class FunctionMaker {
  readonly #locals: NumberType[] = [];
  readonly #params: NumberType[];
  readonly #assignable: number;
  #nextLabel = 0;
  #labels: number[] = [];
  #loops = 0;
  #budget: number;
  /** Instructions that a call may run, roughly. */
  cost = 100;

  constructor(
    readonly random: Random,
    readonly absolute: boolean,
    readonly earlier: readonly (FunctionTree & { readonly cost: number })[],
    readonly globals: readonly NumberType[],
    readonly table: readonly number[],
  ) {
    this.#params = Array.from({ length: random.below(7) }, () => this.#pick(types));
    this.#locals.push(...this.#params, "f32", "i32", "i64", "f32", "i32");
    for (let i = random.below(6); i > 0; i--) this.#locals.push(this.#pick(types));
    this.#assignable = this.#locals.length;
    this.#budget = 10 + random.below(random.below(4) ? 60 : 300);
  }

  make(): FunctionTree & { readonly cost: number } {
    const result: TreeType = this.random.below(8) ? this.#pick(types) : "void";
    const body = this.#statements(2 + this.random.below(8));
    if (result !== "void")
      body.push(result === "f32" ? this.#canonical(this.#value("f32", 4)) : this.#value(result, 5));
    return { params: this.#params, result, locals: this.#locals.slice(this.#params.length), body, cost: this.cost };
  }

  // --- choices ------------------------------------------------------------------------------------------------------

  #pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)]!;
  }

  #chance(outOf: number): boolean {
    return this.random.below(outOf) === 0;
  }

  #localOf(type: NumberType, assignable: boolean): number {
    const end = assignable ? this.#assignable : this.#locals.length;
    const fitting = Array.from({ length: end }, (_, i) => i).filter(
      (i) => this.#locals[i] === type && (type !== "f32" || i !== this.#params.length),
    );
    return this.#pick(fitting);
  }

  #newLocal(type: NumberType): number {
    return this.#locals.push(type) - 1;
  }

  #get(local: number): Tree {
    return opTree(this.#locals[local]!, [0x20, ...unsigned(local)]);
  }

  #set(local: number, value: Tree): Tree {
    return opTree("void", [0x21, ...unsigned(local)], value);
  }

  #i32(value: number): Tree {
    return constantTree("i32", BigInt(value));
  }

  // --- statements -----------------------------------------------------------------------------------------------------

  #statements(count: number): Tree[] {
    return Array.from({ length: count }, () => this.#statement());
  }

  #statement(): Tree {
    if (this.#budget-- <= 0) return opTree("void", [0x01]);
    switch (this.random.below(this.#loops < 2 ? 20 : 13)) {
      case 0:
      case 1:
        return this.#store();
      case 2: {
        const index = this.random.below(this.globals.length);
        const type = this.globals[index]!;
        const value = this.#value(type, 3);
        return opTree("void", [0x24, index], type === "f32" ? this.#canonical(value) : value);
      }
      case 3:
        return this.#if("void");
      case 4:
        return this.#block();
      case 5:
        return this.#branch();
      case 6:
        return this.#labels.length && this.#chance(2) ? this.#switch() : this.#if("void");
      case 7: {
        const type = this.#pick(types);
        return opTree("void", [0x1a], this.#value(type, 3));
      }
      case 8:
        if (this.#chance(30)) return opTree("void", [0x00]);
        return this.absolute || !this.#chance(6) ? this.#store() : this.#bulk();
      case 13:
      case 14:
      case 15:
        return this.#loop();
      case 16:
      case 17:
        return this.#pointerLoop();
      case 18:
      case 19:
        return this.#skippingLoop();
      default: {
        const type = this.#pick(types);
        return this.#set(this.#localOf(type, true), this.#value(type, 4));
      }
    }
  }

  /** A label of a block with a value takes a value: branches to it are not made. */
  #if(type: TreeType): Tree {
    const label = this.#nextLabel++;
    const args = [this.#condition()] as const;
    const labels = this.#labels;
    this.#labels = type === "void" ? [...labels, label] : [];
    const arm = (): Tree[] => {
      const body = this.#statements(this.random.below(4));
      return type === "void" ? body : [...body, this.#value(type, 2)];
    };
    const consequent = arm();
    const otherwise = type !== "void" || this.#chance(2) ? arm() : [];
    this.#labels = labels;
    return { kind: "if", type, label, args, consequent, otherwise };
  }

  #block(): Tree {
    const label = this.#nextLabel++;
    this.#labels.push(label);
    const body = this.#statements(1 + this.random.below(4));
    this.#labels.pop();
    return { kind: "block", type: "void", label, body };
  }

  #branch(): Tree {
    if (!this.#labels.length) return this.#if("void");
    const args = this.#chance(4) ? [] : [this.#condition()];
    return { kind: "branch", type: "void", args, labels: [this.#pick(this.#labels)], table: false };
  }

  #switch(): Tree {
    const labels = Array.from({ length: 1 + this.random.below(6) }, () => this.#pick(this.#labels));
    const index = this.#chance(3) ? this.#value("i32", 2) : opTree("i32", [0x71], this.#value("i32", 2), this.#i32(7));
    const table: Tree = { kind: "branch", type: "void", args: [index], labels, table: true };
    return this.#chance(3)
      ? table
      : {
          kind: "if",
          type: "void",
          label: this.#nextLabel++,
          args: [this.#condition()],
          consequent: [table],
          otherwise: [],
        };
  }

  /** block { loop { if (--counter < 0) leave; body; again } }: `br` to the loop's label is a continue. Or do { body } while (--counter). */
  #loop(): Tree {
    const counter = this.#newLocal("i32");
    const [outer, inner] = [this.#nextLabel++, this.#nextLabel++];
    const down = opTree("i32", [0x22, ...unsigned(counter)], opTree("i32", [0x6b], this.#get(counter), this.#i32(1)));
    const simple = this.#chance(2);
    this.#loops++;
    const labels = this.#labels;
    this.#labels = simple ? [] : [...labels, outer, inner];
    const body = this.#statements(1 + this.random.below(5));
    this.#labels = labels;
    this.#loops--;
    const start = this.#set(counter, this.#i32(1 + this.random.below(5)));
    const again = (args: readonly Tree[]): Tree => ({
      kind: "branch",
      type: "void",
      args,
      labels: [inner],
      table: false,
    });
    const leave: Tree = {
      kind: "branch",
      type: "void",
      args: [opTree("i32", [0x48], down, this.#i32(0))],
      labels: [outer],
      table: false,
    };
    const loop: Tree = {
      kind: "loop",
      type: "void",
      label: inner,
      body: simple ? [...body, again([down])] : [leave, ...body, again([])],
    };
    return { kind: "block", type: "void", label: outer, body: [start, loop] };
  }

  /** loop { ++counter; part of the body; some turns: if (counter >= n) leave; the rest; again }: odd counters always ask. */
  #skippingLoop(): Tree {
    const counter = this.#newLocal("i32");
    const [outer, inner] = [this.#nextLabel++, this.#nextLabel++];
    const labels = this.#labels;
    this.#loops++;
    this.#labels = [];
    const early = this.#statements(this.random.below(3));
    const late = this.#statements(1 + this.random.below(3));
    const other = this.#value("i32", 2);
    this.#labels = labels;
    this.#loops--;
    const to = (label: number, args: readonly Tree[]): Tree => ({
      ...{ kind: "branch", type: "void", args, labels: [label], table: false },
    });
    const step = this.#set(counter, opTree("i32", [0x6a], this.#get(counter), this.#i32(1)));
    const asked = opTree("i32", [0x71], opTree("i32", [0x72], other, this.#get(counter)), this.#i32(1));
    const leave = to(outer, [opTree("i32", [0x4e], this.#get(counter), this.#i32(1 + this.random.below(4)))]);
    const around = this.#nextLabel++;
    const test: Tree = { kind: "if", type: "void", label: around, args: [asked], consequent: [leave], otherwise: [] };
    const loop: Tree = {
      kind: "loop",
      type: "void",
      label: inner,
      body: [step, ...early, test, ...late, to(inner, [])],
    };
    return { kind: "block", type: "void", label: outer, body: [this.#set(counter, this.#i32(0)), loop] };
  }

  /** p from a start, a few accesses at [p], p += step, as kernels walk. */
  #pointerLoop(): Tree {
    const [pointer, counter] = [this.#newLocal("i32"), this.#newLocal("i32")];
    const [label, around] = [this.#nextLabel++, this.#nextLabel++];
    const step = this.#pick([1, 2, 4, 4, 4, 8, 12, 64]);
    const bytes = Math.min(step & -step, 4) as 1 | 2 | 4;
    const base = (this.absolute ? windowBase : 0) + 4 * this.random.below(500);
    const accumulator = this.#localOf("i32", true);
    const loadCode = { 1: this.#pick([0x2c, 0x2d]), 2: this.#pick([0x2e, 0x2f]), 4: 0x28 }[bytes];
    const storeCode = { 1: 0x3a, 2: 0x3b, 4: 0x36 }[bytes];
    const hint = Math.log2(bytes);
    const offset = () => unsigned(bytes * this.random.below(this.#pick([1, 4, 40])));
    const load = () => opTree("i32", [loadCode, hint, ...offset()], this.#get(pointer));
    const body: Tree[] = [];
    for (let i = 1 + this.random.below(3); i > 0; i--) {
      const mixed = opTree("i32", [this.#pick(i32Binary)], this.#get(accumulator), load());
      body.push(
        this.#chance(3)
          ? opTree("void", [storeCode, hint, ...offset()], this.#get(pointer), mixed)
          : this.#set(accumulator, mixed),
      );
    }
    body.splice(
      this.random.below(body.length + 1),
      0,
      this.#set(pointer, opTree("i32", [0x6a], this.#get(pointer), this.#i32(step))),
    );
    if (this.#chance(3)) body.push(this.#set(accumulator, opTree("i32", [0x6a], load(), this.#get(accumulator))));
    const n = 1 + this.random.below(6);
    const up = this.#chance(2);
    const next = opTree(
      "i32",
      [0x22, ...unsigned(counter)],
      opTree("i32", [0x6a], this.#get(counter), this.#i32(up ? 1 : -1)),
    );
    const again: Tree = {
      kind: "branch",
      type: "void",
      args: [up ? opTree("i32", [this.#pick([0x48, 0x49, 0x47])], next, this.#i32(n)) : next],
      labels: [label],
      table: false,
    };
    const start = [this.#set(pointer, this.#i32(base)), this.#set(counter, this.#i32(up ? 0 : n))];
    return {
      kind: "block",
      type: "void",
      label: around,
      body: [...start, { kind: "loop", type: "void", label, body: [...body, again] }],
    };
  }

  // --- memory ---------------------------------------------------------------------------------------------------------

  /** An address, and an offset to go with it. */
  #address(bytes: number): { readonly base: Tree; readonly tail: number[] } {
    const hint = Math.min(Math.log2(bytes), this.absolute ? 2 : this.random.below(4));
    const align = this.absolute ? 4 : 1;
    const offset = align * this.random.below(this.#pick([1, 3, 30, 250]));
    const tail = [Math.min(hint, Math.log2(bytes)), ...unsigned(offset)];
    const index = this.#value("i32", 2);
    if (this.absolute) {
      const masked = opTree("i32", [0x71], index, this.#i32(this.#pick([0x7fc, 0x3fc, 0x1c])));
      const scaled = opTree("i32", [0x74], opTree("i32", [0x71], index, this.#i32(0xff)), this.#i32(2));
      return {
        base: opTree("i32", [0x6a], ...this.#shuffled(this.#i32(windowBase), this.#chance(2) ? masked : scaled)),
        tail,
      };
    }
    if (this.#chance(12)) return { base: index, tail };
    return { base: opTree("i32", [0x71], index, this.#i32(this.#pick([0xff, 0x3ff, 0x3fc, 0xffff]))), tail };
  }

  #shuffled(a: Tree, b: Tree): [Tree, Tree] {
    return this.#chance(2) ? [a, b] : [b, a];
  }

  #store(): Tree {
    const [code, type, bytes] = this.#pick([
      [0x36, "i32", 4],
      [0x36, "i32", 4],
      [0x3a, "i32", 1],
      [0x3b, "i32", 2],
      [0x37, "i64", 8],
      [0x3c, "i64", 1],
      [0x3d, "i64", 2],
      [0x3e, "i64", 4],
      [0x38, "f32", 4],
    ] as const);
    const { base, tail } = this.#address(bytes);
    const value = this.#value(type, 3);
    return opTree("void", [code, ...tail], base, type === "f32" ? this.#canonical(value) : value);
  }

  #load(type: NumberType): Tree {
    const rows = {
      i32: [
        [0x28, 4],
        [0x28, 4],
        [0x2c, 1],
        [0x2d, 1],
        [0x2e, 2],
        [0x2f, 2],
      ],
      i64: [
        [0x29, 8],
        [0x30, 1],
        [0x31, 1],
        [0x32, 2],
        [0x33, 2],
        [0x34, 4],
        [0x35, 4],
      ],
      f32: [[0x2a, 4]],
    } as const;
    const [code, bytes] = this.#pick<readonly [number, number]>(rows[type]);
    const { base, tail } = this.#address(bytes);
    return opTree(type, [code, ...tail], base);
  }

  #bulk(): Tree {
    const masked = (mask: number) => opTree("i32", [0x71], this.#value("i32", 2), this.#i32(mask));
    const mask = this.#chance(10) ? -1 : 0x3f;
    if (this.#chance(2)) return opTree("void", [0xfc, 0x0a, 0, 0], masked(0x1ff), masked(0x1ff), masked(mask));
    return opTree("void", [0xfc, 0x0b, 0], masked(0x1ff), this.#value("i32", 1), masked(mask));
  }

  // --- values ---------------------------------------------------------------------------------------------------------

  #condition(): Tree {
    switch (this.random.below(6)) {
      case 0:
        return this.#value("i32", 2);
      case 1:
        return opTree("i32", [0x45], this.#value("i32", 2));
      case 2:
        return opTree("i32", [0x71], this.#value("i32", 1), this.#i32(this.#pick(i32Constants)));
      case 3:
        return this.#compare("i64");
      case 4:
        return this.#compare("f32");
      default:
        return this.#compare("i32");
    }
  }

  #compare(type: NumberType): Tree {
    const codes = { i32: i32Compare, i64: i64Compare, f32: f32Compare }[type];
    return opTree("i32", [this.#pick(codes)], this.#value(type, 2), this.#value(type, 1));
  }

  #value(type: NumberType, depth: number): Tree {
    if (depth <= 0 || this.#budget <= 0 || this.#chance(5)) return this.#leaf(type);
    this.#budget--;
    switch (this.random.below(12)) {
      case 0:
        return this.#load(type);
      case 1:
        return opTree(type, [0x1b], this.#value(type, depth - 1), this.#value(type, depth - 1), this.#condition());
      case 2:
        return this.#callTo(type, depth) ?? this.#leaf(type);
      case 3: {
        if (this.#loops || !this.#chance(3)) return this.#operator(type, depth);
        return this.#if(type);
      }
      case 4: {
        const local = this.#localOf(type, true);
        return opTree(type, [0x22, ...unsigned(local)], this.#value(type, depth - 1));
      }
      case 5:
        return this.#idiom(type, depth) ?? this.#operator(type, depth);
      default:
        return this.#operator(type, depth);
    }
  }

  #leaf(type: NumberType): Tree {
    if (this.#chance(3)) {
      if (type === "f32")
        return constantTree(
          "f32",
          BigInt(
            this.#pick([
              0, 0x80000000, 0x3f800000, 0xbf800000, 0x40490fdb, 0x4f000000, 0xcf000000, 0x7f800000, 0x7fc00000, 1,
              0x00800000, 0x4b000001, 0x3f000000, 0x7f7fffff,
            ]),
          ),
        );
      const value = BigInt(this.#chance(4) ? this.random.word() : this.#pick(i32Constants));
      return constantTree(
        type,
        type === "i64" && this.#chance(3) ? (value << 32n) | BigInt(this.random.word() >>> 0) : value,
      );
    }
    if (this.#chance(8)) {
      const fitting = this.globals.flatMap((t, i) => (t === type ? [i] : []));
      return opTree(type, [0x23, this.#pick(fitting)]);
    }
    return this.#get(this.#localOf(type, false));
  }

  #operator(type: NumberType, depth: number): Tree {
    const value = (t: NumberType) => this.#value(t, depth - 1);
    if (type === "f32") return this.#floatOperator(value);
    const [binary, unary, compare] =
      type === "i32"
        ? [i32Binary, [0x67, 0x68, 0x69, 0x45, 0xc0, 0xc1], true]
        : [i64Binary, [0x79, 0x7a, 0x7b, 0xc2, 0xc3, 0xc4], false];
    switch (this.random.below(14)) {
      case 0: {
        const code = this.#pick(unary);
        return opTree(type, [code], value(type));
      }
      case 1:
        if (compare) return this.#compare(this.#pick(types));
        return opTree("i64", [this.#pick([0xac, 0xad])], value("i32"));
      case 2:
        if (type === "i32") return opTree("i32", [0xa7], value("i64"));
        return opTree("i64", [this.#pick([0xac, 0xad])], value("i32"));
      case 3: {
        const code = (type === "i32" ? 0x6d : 0x7f) + this.random.below(4);
        const divisor = value(type);
        const one = constantTree(type, 1n);
        return opTree(
          type,
          [code],
          value(type),
          this.#chance(6) ? divisor : opTree(type, [type === "i32" ? 0x72 : 0x84], divisor, one),
        );
      }
      case 4: {
        const saturating = [0xfc, (type === "i32" ? 0 : 4) + this.random.below(2)];
        const trapping = [(type === "i32" ? 0xa8 : 0xae) + this.random.below(2)];
        return opTree(type, this.#chance(8) ? trapping : saturating, value("f32"));
      }
      case 5:
        return type === "i32"
          ? opTree("i32", [0xbc], this.#canonical(value("f32")))
          : opTree(type, [this.#pick(binary)], value(type), value(type));
      case 6:
      case 7:
        return opTree(type, [this.#pick(binary)], value(type), constantTree(type, BigInt(this.#pick(i32Constants))));
      default:
        return opTree(type, [this.#pick(binary)], value(type), value(type));
    }
  }

  #floatOperator(value: (type: NumberType) => Tree): Tree {
    switch (this.random.below(10)) {
      case 0:
      case 1:
        return opTree("f32", [this.#pick(f32Unary)], value("f32"));
      case 2:
        return opTree("f32", [this.#pick([0xb2, 0xb3])], value("i32"));
      case 3:
        return opTree("f32", [this.#pick([0xb4, 0xb5])], value("i64"));
      case 4:
        return opTree("f32", [0xbe], value("i32"));
      case 5:
        return opTree("f32", [0x98], value("f32"), this.#canonical(value("f32")));
      default:
        return opTree("f32", [this.#pick(f32Binary)], value("f32"), value("f32"));
    }
  }

  /** One NaN for all, through the local that is set aside for it. */
  #canonical(value: Tree): Tree {
    const local = this.#params.length;
    const again = () => opTree("f32", [0x20, ...unsigned(local)]);
    const tee = opTree("f32", [0x22, ...unsigned(local)], value);
    return opTree("f32", [0x1b], tee, constantTree("f32", 0x7fc00000n), opTree("i32", [0x5b], again(), again()));
  }

  /** What selection has patterns for. */
  #idiom(type: NumberType, depth: number): Tree | undefined {
    const x = () => this.#value("i32", depth - 1);
    if (type === "i64") {
      const extend = () => opTree("i64", [this.#pick([0xac, 0xac, 0xad])], x());
      const product = opTree("i64", [0x7e], extend(), extend());
      const shift = constantTree("i64", BigInt(this.random.below(64)));
      return this.#pick([
        product,
        opTree("i64", [0x7c], product, this.#value("i64", 1)),
        opTree("i64", [0x87], opTree("i64", [0x7c], product, constantTree("i64", 1n << 30n)), shift),
      ]);
    }
    if (type === "f32") return undefined;
    const small = () => this.#i32(this.random.below(32));
    switch (this.random.below(6)) {
      case 0:
        return opTree("i32", [this.#pick([0x75, 0x76])], opTree("i32", [0x74], x(), small()), small());
      case 1:
        return this.#clamp(x());
      case 2:
        return opTree("i32", [this.#pick([0x6a, 0x6b])], ...this.#shuffled(x(), opTree("i32", [0x6c], x(), x())));
      case 3:
        return opTree(
          "i32",
          [this.#pick([0x6a, 0x6b, 0x71, 0x72, 0x73])],
          ...this.#shuffled(x(), opTree("i32", [this.#pick([0x74, 0x75, 0x76])], x(), small())),
        );
      case 4:
        return opTree(
          "i32",
          [0x71],
          opTree("i32", [this.#pick([0x75, 0x76])], x(), small()),
          this.#i32(2 ** (1 + this.random.below(30)) - 1),
        );
      default:
        return opTree(
          "i32",
          [0xa7],
          opTree(
            "i64",
            [0x88],
            opTree("i64", [0x7e], opTree("i64", [0xac], x()), opTree("i64", [0xac], x())),
            constantTree("i64", BigInt(this.#pick([31, 32, 33]))),
          ),
        );
    }
  }

  #clamp(value: Tree): Tree {
    const bits = this.random.below(20);
    const low = this.#chance(2) ? 0 : -(2 ** bits) + this.random.below(8 > bits ? 1 : 2);
    const limits = this.#shuffled(this.#i32(2 ** bits - 1), this.#i32(low)).map((limit, i) => ({
      limit,
      above: i === 0,
    }));
    const local = this.#newLocal("i32");
    let tree = value;
    for (const { limit } of limits) {
      const kept = opTree("i32", [0x22, ...unsigned(local)], tree);
      const isLow = limit === limits.at(-1)!.limit;
      const code = this.#pick(isLow ? [0x4a, 0x4e, 0x4a, 0x48] : [0x48, 0x4c, 0x48, 0x4a]);
      tree = opTree("i32", [0x1b], kept, limit, opTree("i32", [code], this.#get(local), limit));
    }
    return tree;
  }

  #callTo(type: NumberType, depth: number): Tree | undefined {
    const fitting = this.earlier.flatMap((fn, i) => (fn.result === type ? [i] : []));
    if (!fitting.length || this.#loops > 0) return undefined;
    const callee = this.#pick(fitting);
    if (this.cost + this.earlier[callee]!.cost > 5000) return undefined;
    this.cost += this.earlier[callee]!.cost;
    const args = this.earlier[callee]!.params.map((param) => this.#value(param, depth - 2));
    const entry = this.table.indexOf(callee);
    if (entry < 0 || this.#chance(2)) return opTree(type, [0x10, ...unsigned(callee)], ...args);
    const index = this.#chance(20) ? this.#i32(this.random.below(8)) : this.#i32(entry);
    return opTree(type, [0x11, ...unsigned(callee), 0], ...args, index);
  }
}
