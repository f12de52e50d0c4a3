// The allocation checker on allocations made by hand: it is silent on right ones, and names what is wrong with each slip that an
// allocator could make. What it proves of the real allocator, all other tests of codegen prove.

import { describe, expect, it } from "vitest";
import { beforeAllocation, checkAllocation } from "../../host/codegen/check-allocation.ts";
import type {
  Instruction,
  MachineBlock,
  MachineEnd,
  MachineFunction,
  Operation,
  Register,
} from "../../host/codegen/machine.ts";

const [a, b, c, d] = [64, 65, 66, 67];
const offset = 0;

type Parts = Partial<Omit<Instruction, "op" | "defs" | "uses" | "offset">>;
const make = (op: Operation, defs: Register[], uses: Register[], parts: Parts = {}): Instruction => ({
  ...{ op, defs, uses, offset },
  ...parts,
});
const constant = (to: Register, imm: number) => make("constant", [to], [], { imm });
const move = (to: Register, from: Register) => make("mov", [to], [from]);
const add = (to: Register, x: Register, y: Register) => make("add", [to], [x, y]);
const call = () => make("call", [0], [0], { symbol: "f", clobbers: [1, 2, 3, 12, 14] });
const spill = (slot: number, from: Register) => make("spill", [], [from], { imm: slot });
const reload = (to: Register, slot: number) => make("reload", [to], [], { imm: slot });
const back = (...uses: Register[]): MachineEnd => ({ kind: "return", uses });

/** On whether the register is 0. */
function branch(register: Register, then: MachineBlock, otherwise: MachineBlock): MachineEnd {
  return { kind: "branch", compare: "cmp", condition: 0, uses: [register], imm: 0, then, otherwise, offset };
}

function block(id: number, code: Instruction[], end: MachineEnd): MachineBlock {
  return { id, code, end, preds: [], frequency: 1 };
}

function functionOf(...blocks: MachineBlock[]): MachineFunction {
  return { name: "f", blocks, classes: Array(8).fill("core"), slots: 2, outgoing: 0, paramWords: 2 };
}

/** Puts registers in the place of registers, as the allocator does: in the instructions themselves. */
function assign(fn: MachineFunction, places: Readonly<Record<Register, Register>>): void {
  const to = (register: Register) => places[register] ?? register;
  for (const { code, end } of fn.blocks) {
    for (const one of code) {
      one.defs = one.defs.map(to);
      one.uses = one.uses.map(to);
    }
    if ("uses" in end) end.uses = end.uses.map(to);
  }
}

/** One block; `after` gets its instructions, with registers assigned, and gives what stands there after allocation. */
function straight(
  code: Instruction[],
  places: Readonly<Record<Register, Register>>,
  after: (code: Instruction[]) => Instruction[] = (same) => same,
  end: MachineEnd = back(0),
): () => void {
  const fn = functionOf(block(0, code, end));
  const before = beforeAllocation(fn);
  assign(fn, places);
  fn.blocks[0]!.code = after(fn.blocks[0]!.code);
  return () => checkAllocation(fn, before);
}

describe("one block", () => {
  const sum = () => [constant(a, 1), constant(b, 2), add(c, a, b), move(0, c)];

  it("is silent on a right allocation, with the last move gone or there", () => {
    expect(straight(sum(), { [a]: 1, [b]: 2, [c]: 0 }, (code) => code.slice(0, 3))).not.toThrow();
    expect(straight(sum(), { [a]: 1, [b]: 2, [c]: 3 })).not.toThrow();
  });

  it("sees two values in one register", () => {
    expect(straight(sum(), { [a]: 1, [b]: 1, [c]: 0 })).toThrow(/add reads 1, which does not hold 64 but 65/);
  });

  it("sees a move that is gone though its sides are apart", () => {
    expect(straight(sum(), { [a]: 1, [b]: 2, [c]: 3 }, (code) => code.slice(0, 3))).toThrow(/the end reads 0/);
  });

  it("sees what has no register yet", () => {
    expect(straight(sum(), { [a]: 1, [b]: 2 })).toThrow(/names virtual register 66/);
  });

  it("sees an operand that nothing has defined", () => {
    expect(straight([add(c, a, b), move(0, c)], { [a]: 1, [b]: 2, [c]: 0 })).toThrow(/add reads 1/);
  });

  it("sees instructions that are gone, put in, or in another order", () => {
    const places = { [a]: 1, [b]: 2, [c]: 0 };
    expect(straight(sum(), places, (code) => code.toSpliced(2, 1))).toThrow(/add is gone/);
    expect(straight(sum(), places, (code) => code.toSpliced(2, 0, add(4, 1, 2)))).toThrow(/add was put in/);
    expect(straight(sum(), places, ([x, y, z]) => [y!, x!, z!])).toThrow(/constant has moved to another place/);
  });

  it("sees tied operands apart, and two results in one place", () => {
    const tied = () => [constant(a, 1), make("mul", [c], [a, a], { tied: [[0, 0]] })];
    expect(straight(tied(), { [a]: 1, [c]: 1 }, undefined, back())).not.toThrow();
    expect(straight(tied(), { [a]: 1, [c]: 2 }, undefined, back())).toThrow(/mul is tied and has two registers/);
    const long = () => [constant(a, 1), make("mulLong", [c, d], [a, a])];
    expect(straight(long(), { [a]: 1, [c]: 2, [d]: 3 }, undefined, back())).not.toThrow();
    expect(straight(long(), { [a]: 1, [c]: 2, [d]: 2 }, undefined, back())).toThrow(/defines one register twice/);
  });

  it("lets parameters arrive in their registers", () => {
    const code = () => [move(a, 0), move(b, 1), add(c, b, a), move(0, c)];
    expect(straight(code(), { [a]: 0, [b]: 1, [c]: 0 }, (all) => [all[2]!])).not.toThrow();
    expect(straight(code(), { [a]: 1, [b]: 0, [c]: 0 }, (all) => [all[2]!])).toThrow(/add reads/);
  });
});

describe("copies", () => {
  const code = () => [constant(a, 7), move(b, a), add(a, a, a), add(c, a, b), move(0, c)];

  it("may share a register until one of them changes", () => {
    expect(straight(code(), { [a]: 1, [b]: 2, [c]: 0 })).not.toThrow();
    const merged = straight(code(), { [a]: 1, [b]: 1, [c]: 0 }, (all) => all.toSpliced(1, 1));
    expect(merged).toThrow(/add reads 1, which does not hold 65/);
  });

  it("count as both names after a move that stays", () => {
    const both = (x: Register, y: Register) =>
      straight(
        [constant(a, 7), move(b, a), add(c, b, a)],
        { [a]: 1, [b]: 2, [c]: 0 },
        (all) => all.with(2, Object.assign(all[2]!, { uses: [x, y] })),
        back(),
      );
    expect(both(2, 1)).not.toThrow();
    expect(both(2, 2)).not.toThrow();
    expect(both(1, 1)).toThrow(/add reads 1, which does not hold 65/);
  });

  it("end when their register is written by what the allocator put in", () => {
    const kept = () => [constant(a, 7), add(c, a, a), move(0, c)];
    const over = (extra: Instruction) => straight(kept(), { [a]: 1, [c]: 0 }, ([x, y]) => [x!, extra, y!]);
    expect(over(move(3, 1))).not.toThrow();
    expect(over(move(1, 3))).toThrow(/add reads 1/);
    expect(over(reload(1, 0))).toThrow(/add reads 1/);
  });

  it("hold at the end of a gap in which several moves went", () => {
    // b and c become names of a; d, moved over c afterwards, must not count as a.
    const chain = () => [constant(a, 1), constant(d, 2), move(b, a), move(c, b), add(c, c, b), move(0, c)];
    expect(
      straight(chain(), { [a]: 1, [b]: 1, [c]: 1, [d]: 2 }, (all) => [all[0]!, all[1]!, all[4]!], back(1)),
    ).toThrow();
    const places = { [a]: 1, [b]: 1, [c]: 0, [d]: 2 };
    expect(straight(chain(), places, (all) => [all[0]!, all[1]!, all[3]!, all[4]!])).not.toThrow();
  });
});

describe("stack slots", () => {
  const code = () => [constant(a, 1), make("clz", [b], [a]), constant(c, 3), add(d, b, c), move(0, d)];
  const places = { [a]: 1, [b]: 1, [c]: 2, [d]: 0 };
  /** b is in r1, goes to a slot, and is read back into r1 after r1 was lost. */
  const spilled = (store: Instruction, load: Instruction) =>
    straight(code(), places, ([w, x, y, z]) => [w!, x!, store, move(1, 5), y!, load, z!]);

  it("carry values, each its own", () => {
    expect(spilled(spill(0, 1), reload(1, 0))).not.toThrow();
    expect(spilled(spill(1, 1), reload(1, 1))).not.toThrow();
    expect(spilled(spill(0, 1), reload(1, 1))).toThrow(/add reads 1, which does not hold 65 but/);
    expect(spilled(spill(0, 2), reload(1, 0))).toThrow(/add reads 1/);
    expect(spilled(spill(0, 1), reload(2, 0))).toThrow(/add reads/);
  });

  it("are told from registers", () => {
    expect(spilled(spill(1, 1), move(1, 1))).toThrow(/add reads 1/);
  });

  it("work for floats", () => {
    const code = () => [make("vconstant", [a], [], { imm: 0 }), make("vneg", [b], [a]), make("vabs", [c], [b])];
    const float = (slot: number) => {
      const around = [make("vspill", [], [16], { imm: 0 }), make("vreload", [17], [], { imm: slot })];
      const after = ([x, y, z]: Instruction[]) => [x!, y!, ...around, Object.assign(z!, { uses: [17] })];
      return straight(code(), { [a]: 18, [b]: 16, [c]: 20 }, after, back());
    };
    expect(float(0)).not.toThrow();
    expect(float(1)).toThrow(/vabs reads 17/);
  });
});

describe("constants", () => {
  const code = () => [constant(a, 5), make("clz", [b], [a]), add(c, a, b), move(0, c)];
  const places = { [a]: 1, [b]: 2, [c]: 0 };
  const remade = (again: Instruction) =>
    straight(code(), places, ([, y, z]) => [constant(1, 5), y!, move(1, 6), again, z!]);

  it("may be made again where they are read", () => {
    expect(remade(constant(1, 5))).not.toThrow();
  });

  it("must be the same ones", () => {
    expect(remade(constant(1, 6))).toThrow(/add reads 1/);
    expect(remade(make("address", [1], [], { imm: 5 }))).toThrow(/add reads 1/);
    expect(remade(make("constant", [1], [], { imm: 5, symbol: "x" }))).toThrow(/add reads 1/);
    expect(remade(constant(3, 5))).toThrow(/add reads 1/);
  });

  it("have their kept definition as a place too", () => {
    expect(straight(code(), places, ([x, y, z]) => [x!, y!, move(1, 6), constant(1, 5), z!])).not.toThrow();
  });

  it("are forgotten when their register is given another value", () => {
    const twice = () => [constant(a, 5), make("clz", [a], [a]), add(c, a, a), move(0, c)];
    expect(straight(twice(), { [a]: 1, [c]: 0 }, ([x, y, z]) => [x!, y!, constant(1, 5), z!])).toThrow(/add reads 1/);
  });
});

describe("calls", () => {
  const code = () => [move(a, 1), call(), add(c, a, 0), move(0, c)];

  it("destroy what the callee may use", () => {
    expect(straight(code(), { [a]: 4, [c]: 0 })).not.toThrow();
    expect(straight(code(), { [a]: 3, [c]: 0 })).toThrow(/add reads 3, which does not hold 64 but $/);
    expect(straight(code(), { [a]: 0, [c]: 0 })).toThrow(/call reads 0|add reads 0/);
  });

  it("destroy values, not only places: a copy brings none back", () => {
    // r1 as it was before the call is kept in r4; what is read after the call is another r1
    const after = ([x, y]: Instruction[]) => [move(4, 1), x!, move(1, 4), y!];
    expect(straight([call(), move(b, 1)], { [b]: 5 }, after, back())).toThrow(/mov reads 1/);
  });

  it("define no register that they destroy", () => {
    const wrong = make("call", [b], [], { symbol: "f", clobbers: [1, 2] });
    expect(straight([wrong], { [b]: 2 }, undefined, back())).toThrow(/call defines a register that it destroys/);
  });
});

describe("joins", () => {
  /** if (r0) a = 1 else a = 2; then a + a. `otherwise`: where a is on that way. */
  function diamond(places: Readonly<Record<Register, Register>>, otherwise: Register): () => void {
    const join = block(3, [add(c, a, a), move(0, c)], back(0));
    const to = (): MachineEnd => ({ kind: "jump", to: join });
    const [one, other] = [block(1, [constant(a, 1)], to()), block(2, [constant(a, 2)], to())];
    const fn = functionOf(block(0, [], branch(0, one, other)), one, other, join);
    const before = beforeAllocation(fn);
    assign(fn, places);
    other.code[0]!.defs = [otherwise];
    return () => checkAllocation(fn, before);
  }

  it("need a value in one place on all ways", () => {
    expect(diamond({ [a]: 4, [c]: 0 }, 4)).not.toThrow();
    expect(diamond({ [a]: 4, [c]: 0 }, 5)).toThrow(/block 3: add reads 4/);
  });

  /** a = 1, b = 2; do { b = b + a; lost } while (b); return a */
  function loop(lost: Register): () => void {
    const leave = block(2, [move(0, a)], back(0));
    const round = block(1, [add(b, b, a), constant(c, 9), make("str", [], [c, b], { imm: 0 })], back());
    round.end = branch(b, leave, round);
    const fn = functionOf(block(0, [constant(a, 1), constant(b, 2)], { kind: "jump", to: round }), round, leave);
    const before = beforeAllocation(fn);
    assign(fn, { [a]: 4, [b]: 5, [c]: lost });
    return () => checkAllocation(fn, before);
  }

  it("are loops too: what the round destroys is missing in the next", () => {
    expect(loop(6)).not.toThrow();
    expect(loop(4)).toThrow(/block 1: add reads 4, which does not hold 64/);
    expect(loop(5)).toThrow(/reads 5/);
  });

  it("reach through blocks of a switch", () => {
    const cases = [1, 2, 3].map((id) => block(id, [make("clz", [c], [a]), move(0, c)], back(0)));
    const fn = functionOf(
      block(0, [constant(a, 1), constant(b, 0)], { kind: "switch", uses: [b], targets: cases, offset }),
      ...cases,
    );
    const before = beforeAllocation(fn);
    assign(fn, { [a]: 4, [b]: 5, [c]: 0 });
    expect(() => checkAllocation(fn, before)).not.toThrow();
    cases[2]!.code[0]!.uses = [5];
    expect(() => checkAllocation(fn, before)).toThrow(/block 3: clz reads 5/);
  });
});
