// Binding changes the form of an effect and not its meaning: for every row, random operands and states, the effect as the row has it and
// the bound one (which interpreter and translator run) leave the same registers, flags and memory, or refuse alike.

import { expect, test } from "vitest";
import { bind, cores, type Decoded, evaluate, type State, thumbRows } from "../../host/isa/isa.ts";
import { codeAddress, copyState, environmentOf, Fault, ramBytes, random, randomBits, randomState } from "./states.ts";
import { decoderOfAll } from "./text.ts";

function outcome(decoded: Decoded, before: State, memory: Uint8Array): unknown {
  const [state, ram] = [copyState(before), memory.slice()];
  state.r[15] = codeAddress;
  try {
    evaluate(decoded, state, environmentOf(new Uint8Array(64), ram));
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return "refused";
  }
  const { r, s, apsr, fpscr, itstate } = state;
  return [...r, ...s, apsr, fpscr, itstate, Buffer.from(ram).toString("base64")].join(" ");
}

test("bound effects do what the rows' do", () => {
  const next = random(11);
  const wrong: string[] = [];
  for (const row of thumbRows)
    for (let i = 0; i < 24; i++) {
      const bits = randomBits(row, next);
      const decoded = decoderOfAll.decode(row.size === 2 ? bits : bits >>> 16, bits & 0xffff, false);
      if (!decoded) continue;
      const bound = { ...decoded, row: { ...decoded.row, effect: bind(decoded.row.effect, decoded.operands) } };
      const state = randomState(decoded.row, cores["cortex-m7"], next);
      const memory = Uint8Array.from({ length: ramBytes }, () => next());
      if (outcome(decoded, state, memory) !== outcome(bound, state, memory))
        wrong.push(`${decoded.row.text} ${bits.toString(16)}`);
    }
  expect(wrong).toEqual([]);
});

test.each([
  [2, 0, 1, false],
  [3, 0, 1, true],
  [2, 1, 0x80000001 | 0, false],
])("MOVS.W Rd, Rm, RRX of %i, C = %i (DDI 0403E A2.2.1)", (x, carry, rotated, carryOut) => {
  const decoded = decoderOfAll.decode(0xea5f, 0x0131, false)!;
  const bound = { ...decoded, row: { ...decoded.row, effect: bind(decoded.row.effect, decoded.operands) } };
  for (const one of [decoded, bound]) {
    const r = new Int32Array(16);
    r[1] = x;
    const state = { r, s: new Int32Array(32), apsr: carry << 29, fpscr: 0, itstate: 0 };
    evaluate(one, state, environmentOf(new Uint8Array(0), new Uint8Array(0)));
    expect([state.r[1], ((state.apsr >>> 29) & 1) === 1]).toEqual([rotated, carryOut]);
  }
});
