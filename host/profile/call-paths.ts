// Who called whom, followed while the program runs. A tree of call paths, and stacks of where we are in it. Nothing is taken
// from frame pointers or unwind tables:
//
//   BL, BLX          push: return address, SP
//   BX, POP {pc} …   to the return address of a frame, SP not below its: pop to there; else a switch table or a tail call
//   B to another function, or falling into it: the top frame becomes that function (tail call)
//   exceptions       a stack of their own under a root named after the exception; on return the interrupted stack goes on,
//                    found by PC and SP, so that an RTOS's switches go to the right thread
//
// Control in the middle of a function further up, with SP where its callee was entered or above, means that frames died
// (longjmp). Depth and tree are bounded; what does not fit is charged
// to the deepest node there is, so that totals stay exact.

import { noCounts, type Tally } from "./counts.ts";

export interface PathNode {
  /** Symbol number; −1 for roots that only name an exception. */
  readonly symbol: number;
  readonly name: string;
  readonly parent: PathNode | undefined;
  readonly children: Map<number, PathNode>;
  readonly self: Tally;
  calls: number;
}

interface Names {
  readonly nameOf: (symbol: number) => string;
  readonly startOf: (symbol: number) => number | undefined;
}

interface Frame {
  readonly node: PathNode;
  readonly returnAddress: number;
  readonly sp: number;
}

interface Context {
  readonly root: PathNode;
  frames: Frame[];
  pc: number;
  sp: number;
}

const deepest = 256;
const mostNodes = 100_000;
const mostContexts = 64;
const noAddress = -1;

export class CallPaths {
  readonly root: PathNode;
  readonly #names: Names;
  #nodes = 1;
  #context: Context;
  readonly #suspended: Context[] = [];
  #resuming = false;

  constructor(names: Names) {
    this.#names = names;
    this.root = { symbol: -1, name: "all", parent: undefined, children: new Map(), self: noCounts(), calls: 0 };
    this.#context = { root: this.root, frames: [], pc: 0, sp: 0 };
  }

  get node(): PathNode {
    return this.#context.frames.at(-1)?.node ?? this.#context.root;
  }

  /** A BL or BLX went to `symbol` (−1: nobody knows). */
  call(symbol: number, returnAddress: number, sp: number): void {
    const { frames } = this.#context;
    if (frames.length >= deepest) return this.#replaceTop(symbol);
    const node = this.#child(this.node, symbol);
    node.calls++;
    frames.push({ node, returnAddress, sp: sp >>> 0 });
  }

  /** Control is at `pc` in `symbol`, not by a call; `indirect`: by an instruction that may be a return. */
  arrive(symbol: number, pc: number, sp: number, indirect: boolean): void {
    const { frames } = this.#context;
    if (indirect) {
      for (let i = frames.length - 1; i >= 0; i--) {
        const frame = frames[i]!;
        if (frame.returnAddress !== pc || frame.sp > sp >>> 0) continue;
        frames.length = i;
        break;
      }
    }
    if (symbol < 0 || this.node.symbol === symbol) return;
    const atStart = pc === this.#names.startOf(symbol);
    const back = atStart ? -1 : frames.findLastIndex((frame) => frame.node.symbol === symbol);
    if (back >= 0 && frames[back + 1]!.sp <= sp >>> 0) {
      frames.length = back + 1;
      return;
    }
    while (frames.length > 1 && frames.at(-1)!.sp < sp >>> 0) frames.pop();
    if (this.node.symbol !== symbol) this.#replaceTop(symbol);
    if (atStart) this.node.calls++;
  }

  /** The program stood at `pc` when exception `name` was taken. */
  enterException(number: number, name: string, pc: number, sp: number): void {
    if (!this.#resuming) {
      this.#context.pc = pc;
      this.#context.sp = sp >>> 0;
      this.#suspended.push(this.#context);
      if (this.#suspended.length > mostContexts) this.#suspended.shift();
    }
    this.#resuming = false;
    let root = this.root.children.get(-2 - number);
    if (!root) {
      root = { symbol: -1, name, parent: this.root, children: new Map(), self: noCounts(), calls: 0 };
      this.root.children.set(-2 - number, root);
    }
    root.calls++;
    this.#context = { root, frames: [], pc: 0, sp: 0 };
  }

  leaveException(): void {
    this.#resuming = true;
  }

  /** The first instruction after an exception's return. */
  resume(symbol: number, pc: number, sp: number): void {
    if (!this.#resuming) return;
    this.#resuming = false;
    const fits = (exact: boolean) =>
      this.#suspended.findLastIndex((context) => context.sp === sp >>> 0 && (!exact || context.pc === pc));
    let index = fits(true);
    if (index < 0) index = fits(false);
    const [found] = index < 0 ? [] : this.#suspended.splice(index, 1);
    this.#context = found ?? { root: this.root, frames: [], pc: 0, sp: 0 };
    this.arrive(symbol, pc, sp, false);
  }

  get resuming(): boolean {
    return this.#resuming;
  }

  #replaceTop(symbol: number): void {
    if (symbol < 0) return;
    const { frames, root } = this.#context;
    const top = frames.pop();
    const node = this.#child(frames.at(-1)?.node ?? root, symbol);
    frames.push({ node, returnAddress: top?.returnAddress ?? noAddress, sp: top?.sp ?? 0xffffffff });
  }

  #child(parent: PathNode, symbol: number): PathNode {
    const known = parent.children.get(symbol);
    if (known) return known;
    if (this.#nodes >= mostNodes) return parent;
    this.#nodes++;
    const name = this.#names.nameOf(symbol);
    const node = { symbol, name, parent, children: new Map<number, PathNode>(), self: noCounts(), calls: 0 };
    parent.children.set(symbol, node);
    return node;
  }
}
