// One WASM function → SSA. WASM's control is structured, so one pass suffices: the operand stack holds Values, each local
// holds its current Value, a loop header gets a phi for every local that the loop assigns, and the end of a block gets
// phis where its incoming edges differ. Trivial phis are removed at the end.
//
// Edges that would be critical (from a two-way branch to a merge) are given a block of their own here, so that no later
// stage meets one. Code that cannot be reached is not built.
//
// An i64 is two Values (low, high) all the way: an Operand is the list of an operand's words.

import { invariant } from "../base/errors.ts";
import type { Block, SsaFunction, Trap, Value } from "./ir.ts";
import { newBlock, newValue, pruneTrivialPhis } from "./ir-build.ts";
import { type Module, type WasmFunction, wordsOf } from "./module-types.ts";
import { assignedInLoops, blockSignature, skipInstruction } from "./scan.ts";
import type { Frame } from "./ssa-frame.ts";
import { type BuildOptions, type Operand, SsaState } from "./ssa-state.ts";
import { translatePlain } from "./translate.ts";

/** Throws codegen/unsupported-… with function and byte offset for what has no machine form. */
export function buildSsa(module: Module, wasm: WasmFunction, options: BuildOptions): SsaFunction {
  const builder = new SsaBuilder(module, wasm, options);
  return builder.build();
}

class SsaBuilder extends SsaState {
  readonly #frames: Frame[] = [];
  #reachable = true;

  build(): SsaFunction {
    const { params, results } = this.wasm.signature;
    let index = 0;
    for (const type of params) {
      const words = Array.from({ length: wordsOf(type) }, () => this.value("param", [], index++));
      this.locals.push(type === "f32" && this.options.fpu ? [this.value("f32FromBits", words, 0, "f32")] : words);
    }
    for (const type of this.wasm.locals) this.locals.push(this.zero(type));
    const exit = newBlock(this.function);
    this.#frames.push({ kind: "function", signature: { params: [], results }, height: 0, target: exit, edges: [] });
    const assigned = assignedInLoops(this.module.bytes, this.wasm);
    while (this.#frames.length) this.#instruction(assigned);
    pruneTrivialPhis(this.function);
    return this.function;
  }

  /** Ends the block with a trap; what follows until the frame's end is not reachable. */
  trap(trap: Trap): void {
    this.block.end = { kind: "trap", trap, offset: this.at };
    this.#reachable = false;
  }

  // --- control ----------------------------------------------------------------------------------------------------

  #instruction(assigned: ReadonlyMap<number, ReadonlySet<number>>): void {
    this.at = this.reader.at;
    const opcode = this.reader.byte();
    if (!this.#reachable) return this.#skip(opcode);
    switch (opcode) {
      case 0x00:
        return this.trap(this.options.unreachable ?? "unreachable");
      case 0x01:
        return;
      case 0x02:
        return this.#enterBlock();
      case 0x03:
        return this.#enterLoop(assigned.get(this.at) ?? new Set());
      case 0x04:
        return this.#enterIf();
      case 0x05:
        return this.#else();
      case 0x0b:
        return this.#end();
      case 0x0c:
        return this.#branch(this.reader.u32());
      case 0x0d:
        return this.#branchIf(this.reader.u32());
      case 0x0e:
        return this.#branchTable();
      case 0x0f:
        return this.#branch(this.#frames.length - 1);
      default:
        return translatePlain(this, opcode);
    }
  }

  /** Unreachable code up to the end (or else) of the present frame; nested frames are skipped whole. */
  #skip(opcode: number): void {
    if (opcode === 0x05) return this.#else();
    if (opcode === 0x0b) return this.#end();
    this.reader.at = this.at;
    skipInstruction(this.reader, this.wasm);
  }

  #frame(depth: number): Frame {
    return this.#frames[this.#frames.length - 1 - depth]!;
  }

  #enterBlock(): void {
    const signature = blockSignature(this.reader, this.module);
    const height = this.stack.length - signature.params.length;
    this.#frames.push({ kind: "block", signature, height, target: newBlock(this.function), edges: [] });
  }

  #enterLoop(assigned: ReadonlySet<number>): void {
    const signature = blockSignature(this.reader, this.module);
    const header = newBlock(this.function);
    this.#jump(header);
    this.block = header;
    const params = this.#take(signature.params.length).map((operand) => this.#phisFor(header, operand));
    const locals = new Map([...assigned].map((local) => [local, this.#phisFor(header, this.locals[local]!)]));
    this.stack.push(...params);
    for (const [local, phi] of locals) this.locals[local] = phi;
    const height = this.stack.length - params.length;
    this.#frames.push({ kind: "loop", signature, height, target: header, edges: [], phis: { locals, params } });
  }

  #enterIf(): void {
    const signature = blockSignature(this.reader, this.module);
    const [condition] = this.pop();
    const then = newBlock(this.function);
    const otherwise = newBlock(this.function);
    this.#fork(condition!, then, otherwise);
    const params = this.stack.slice(this.stack.length - signature.params.length);
    this.#frames.push({
      kind: "if",
      signature,
      height: this.stack.length - signature.params.length,
      target: newBlock(this.function),
      edges: [],
      otherwise: { block: otherwise, locals: [...this.locals], params },
    });
    this.block = then;
  }

  #else(): void {
    const frame = this.#frames.pop()!;
    invariant(frame.otherwise, "else without if in a validated module");
    if (this.#reachable) this.#leave(frame);
    this.block = frame.otherwise.block;
    this.locals = [...frame.otherwise.locals];
    this.stack.length = frame.height;
    this.stack.push(...frame.otherwise.params);
    this.#reachable = true;
    this.#frames.push({ ...frame, kind: "else", otherwise: undefined });
  }

  #end(): void {
    if (this.#frames.at(-1)!.otherwise) this.#else();
    const frame = this.#frames.pop()!;
    if (frame.kind === "loop") return; // falling out of a loop is no edge
    if (this.#reachable) this.#leave(frame);
    this.#reachable = frame.edges.length > 0;
    this.stack.length = frame.height;
    if (!this.#reachable) return;
    this.block = frame.target;
    this.#merge(frame);
    if (frame.kind === "function") {
      const values = this.#take(frame.signature.results.length).flat();
      if (values.length > 2) throw this.unsupportedResults();
      this.block.end = {
        kind: "return",
        values: values.map((v) => (v.type === "f32" ? this.value("bitsFromF32", [v]) : v)),
      };
    }
  }

  /** Falls through the end of a frame. */
  #leave(frame: Frame): void {
    frame.edges.push({
      from: this.block,
      locals: [...this.locals],
      results: this.#top(frame.signature.results.length),
    });
    this.#jump(frame.target);
  }

  #branch(depth: number): void {
    this.#edgeTo(this.#frame(depth));
    this.#reachable = false;
  }

  #branchIf(depth: number): void {
    const [condition] = this.pop();
    const taken = newBlock(this.function);
    const next = newBlock(this.function);
    this.#fork(condition!, taken, next);
    this.block = taken;
    this.#edgeTo(this.#frame(depth));
    this.block = next;
  }

  #branchTable(): void {
    const depths = this.reader.list(() => this.reader.u32());
    depths.push(this.reader.u32());
    const [index] = this.pop();
    const from = this.block;
    const arms = new Map<number, Block>();
    for (const depth of depths) {
      if (arms.has(depth)) continue;
      const arm = newBlock(this.function);
      arm.preds.push(from);
      arms.set(depth, arm);
      this.block = arm;
      this.#edgeTo(this.#frame(depth));
    }
    from.end = { kind: "switch", index: index!, targets: depths.map((depth) => arms.get(depth)!) };
    this.#reachable = false;
  }

  #edgeTo(frame: Frame): void {
    if (frame.phis) {
      const params = this.#top(frame.signature.params.length);
      for (const [i, phi] of frame.phis.params.entries()) appendEdge(phi, params[i]!);
      for (const [local, phi] of frame.phis.locals) appendEdge(phi, this.locals[local]!);
    } else
      frame.edges.push({
        from: this.block,
        locals: [...this.locals],
        results: this.#top(frame.signature.results.length),
      });
    this.#jump(frame.target);
  }

  #jump(to: Block): void {
    this.block.end = { kind: "jump", to };
    to.preds.push(this.block);
  }

  #fork(condition: Value, then: Block, otherwise: Block): void {
    this.block.end = { kind: "branch", condition, then, otherwise };
    then.preds.push(this.block);
    otherwise.preds.push(this.block);
  }

  #top(count: number): Operand[] {
    return this.stack.slice(this.stack.length - count);
  }

  #take(count: number): Operand[] {
    return this.stack.splice(this.stack.length - count, count);
  }

  /** At the end of a frame: phis for what differs between the edges. */
  #merge(frame: Frame): void {
    const { edges, target } = frame;
    this.locals = this.locals.map((_, local) =>
      this.#join(
        target,
        edges.map((edge) => edge.locals[local]!),
      ),
    );
    const results = frame.signature.results.map((_, i) =>
      this.#join(
        target,
        edges.map((edge) => edge.results[i]!),
      ),
    );
    this.stack.push(...results);
  }

  #join(block: Block, incoming: readonly Operand[]): Operand {
    const [first] = incoming;
    return first!.map((word, i) => {
      if (incoming.every((operand) => operand[i] === word)) return word;
      return this.#phi(
        block,
        incoming.map((operand) => operand[i]!),
      );
    });
  }

  #phisFor(header: Block, initial: Operand): Operand {
    return initial.map((word) => this.#phi(header, [word]));
  }

  #phi(block: Block, args: Value[]): Value {
    const phi = newValue(this.function, block, {
      op: "phi",
      args,
      imm: 0,
      type: args[0]!.type,
      symbol: "",
      offset: this.at,
    });
    block.phis.push(phi);
    return phi;
  }
}

function appendEdge(phi: Operand, operand: Operand): void {
  phi.forEach((word, i) => void word.args.push(operand[i]!));
}
