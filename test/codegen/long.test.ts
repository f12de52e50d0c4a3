// Functions that are too large for the short forms: literals beyond a pool's reach, branches beyond ±256 bytes and ±2 KB in both
// directions, jump tables over all that, and frames with more slots than a load reaches. V8 says what is right.

import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { TestBoard } from "./machine.ts";

function assembled(text: string): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(binaryen.Features.MVP);
    return new Uint8Array(module.emitBinary());
  } finally {
    module.dispose();
  }
}

const times = (count: number, text: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => text(i)).join("\n");
/** Constants that no instruction holds. */
const odd = (i: number): number => (Math.imul(i + 1, 0x9e3779b1) | 0x10101) >>> 0;
const mix = (i: number) => `(local.set 1 (i32.xor (i32.add (local.get 1) (local.get 0)) (i32.const ${odd(i)})))`;

/** Instructions enough for about `bytes` of code on both cores. */
const block = (bytes: number, from = 0) => times(Math.ceil(bytes / 8), (i) => mix(i + from));

/** if, loop and switch around code of a size; the results depend on every constant in it. */
const around = (bytes: number): string => `(module (memory 1)
  (func (export "if") (param i32 i32) (result i32)
    (if (i32.gt_s (local.get 0) (i32.const 5)) (then ${block(bytes)}) (else ${block(bytes, 7)}))
    (local.get 1))
  (func (export "loop") (param i32 i32) (result i32)
    (loop $again ${block(bytes)}
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $again (i32.gt_s (local.get 0) (i32.const 0))))
    (local.get 1))
  (func (export "leave") (param i32 i32) (result i32)
    (block $out
      (loop $again
        (br_if $out (i32.eqz (local.get 0)))
        ${block(bytes)}
        (local.set 0 (i32.shr_u (local.get 0) (i32.const 1)))
        (br $again)))
    (i32.mul (local.get 1) (i32.const 3)))
  (func (export "switch") (param i32 i32) (result i32)
    (block $c (block $b (block $a
      (br_table $a $b $c $b (local.get 0)))
      ${block(bytes)}
      (br $c))
      ${block(bytes, 3)})
    (local.get 1)))`;

/** Values, all alive at once over a call: words or floats. */
const wide = (type: "i32" | "f32", count: number): string => `(module (memory (export "memory") 1)
  (func $next (param i32) (result i32) (i32.mul (local.get 0) (i32.const 77)))
  (func (export "f") (param i32 i32) (result i32) (local ${`${type} `.repeat(count)})
    ${times(count, (i) => `(local.set ${i + 2} (${type}.add (${type}.load (i32.const ${4 * i})) ${added[type]}))`)}
    (local.set 1 (call $next (local.get 1)))
    ${times(count, (i) => `(${type}.store (i32.const ${4 * i}) (local.get ${count + 1 - i}))`)}
    (local.get 1)))`;
const added = { i32: "(i32.mul (local.get 0) (i32.const 3))", f32: "(f32.convert_i32_s (local.get 0))" } as const;

/** Small numbers as floats, so that no bit pattern is a NaN. */
const numbers = new Uint8Array(new Float32Array(512).map((_, i) => i * 0.75).buffer);

const cores = { "cortex-m4": ["f32", 290], "cortex-m0plus": ["i32", 262] } as const;

describe.each(Object.keys(cores) as (keyof typeof cores)[])("on %s", (core) => {
  const board = new TestBoard(core);
  const calls = ["if", "loop", "leave", "switch"].flatMap((name) =>
    [0, 1, 3, 9].map((a) => [name, a, 0x1234] as const),
  );

  it.each([240, 2040])("branches over about %i bytes", (bytes) => {
    const wasm = assembled(around(bytes));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
    const names = Object.keys(exports);
    const loaded = board.load(wasm);
    for (const [name, a, b] of calls) {
      const done = loaded.call(names.indexOf(name), [a, b]);
      expect(done, `${name}(${a})`).toMatchObject({ kind: "value" });
      expect(done.kind === "value" && done.words[0], `${name}(${a})`).toBe((exports[name] as CallableFunction)(a, b));
    }
  });

  it("keeps more values over a call than a load from the frame reaches", () => {
    const wasm = assembled(wide(cores[core][0], cores[core][1]));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
    const loaded = board.load(wasm);
    const host = new Uint8Array((exports["memory"] as { readonly buffer: ArrayBuffer }).buffer);
    host.set(numbers);
    loaded.writeMemory(0, numbers);
    const wanted = (exports["f"] as CallableFunction)(5, 9);
    expect(loaded.call(1, [5, 9])).toMatchObject({ kind: "value", words: [wanted, expect.anything()] });
    expect(Buffer.compare(loaded.memory(0, 2048), host.slice(0, 2048))).toBe(0);
  });
});
