// The kernel build refuses what must not reach a device. Each case is a small module of AssemblyScript, linted and compiled
// as assembly/build.mjs compiles the kernels.

import { describe, expect, it } from "vitest";
// @ts-expect-error: plain JavaScript, run by node before any TypeScript is compiled
import { compileModule } from "../../assembly/build.mjs";
// @ts-expect-error: as above
import { checkModule, splitModule } from "../../assembly/check.mjs";
// @ts-expect-error: as above
import { lint } from "../../assembly/lint.mjs";

const file = "assembly/kernels/device.ts";
const lintOf = (source: string): string[] => lint(file, source);
const textOf = (source: string): Promise<string> => compileModule("device", new Map([[file, source]]));
const checkOf = async (source: string): Promise<string[]> => checkModule(await textOf(source), "device");

describe("lint", () => {
  it.each([
    ["load<i8>(p) * 2", "load<i8> takes its context's type; write <i32>load<i8>"],
    ["let x: i8 = load<i8>(p);", "load<i8> takes its context's type"],
    ["f(load<u8>(p))", "load<u8> takes its context's type"],
    ["<i32>(load<i16>(p))", "load<i16> takes its context's type"],
    ["let x = 0.5;", "0.5 is an f64 literal"],
    ["x * 1e-3", "1e-3 is an f64 literal"],
    ["let y: f64 = x;", "f64 is double precision"],
    ["Mathf.exp(x)", "Mathf is double precision"],
  ])("refuses %s", (line, words) => {
    const problems = lintOf(`// one\n\n${line}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${file}:3: ${words}`);
  });

  it("accepts what says its type, and comments and strings", () => {
    const source = [
      "const a = <i32>load<i8>(p) * <i32>load<u8>(p, 4) + load<i32>(p);",
      "const b: f32 = -0.5; const c = x * <f32>1.5e-3 + <f32> -0.25;",
      "// load<i8>(p) and 0.5 and f64",
      "/* load<u8>(q)\n 0.25 */ import { a1e5 } from './0.5';",
      "const d = 0x1e5 + 12 + v128.splat<i8>(3);",
    ].join("\n");
    expect(lintOf(source)).toEqual([]);
  });
});

describe("check", () => {
  it.each([
    [
      "allocation",
      "class A { x: i32 = 0 } export function f(n: i32): i32 { const a = new A(); a.x = n; return a.x + changetype<i32>(a) }",
      /runtime|global/,
    ],
    [
      "a data segment",
      "export function f(i: i32): i32 { return load<i32>(memory.data<i32>([1, 2, 3]) + i); }",
      /data segment/,
    ],
    ["a mutable global", "let n = 0; export function f(): i32 { return n++; }", /a global: kernels have no state/],
    ["f64", "export function f(x: i32): i32 { return <i32>(<f64>x * 1.5); }", /^assembly\/kernels\/device.ts:1: f64/],
    [
      "an unknown import",
      '@external("env", "log") declare function log(x: i32): void; export function f(): void { log(1) }',
      /unknown import env.log/,
    ],
    ["growing memory", "export function f(): i32 { return memory.grow(1); }", /memory.grow/],
    [
      "a function table",
      "let g = (x: i32): i32 => x * 3; export function set(): void { g = (x: i32): i32 => x + 1; } export function f(): i32 { return g(1); }",
      /table|indirect/,
    ],
    ["i32 / 2", "\nexport function f(x: i32): i32 { return x / 2; }", /device.ts:2: i32.div_s by 2/],
    [
      "i32 % a named 16",
      "const n = 16;\n\nexport function f(x: i32): i32 { return (x + 1) % n; }",
      /device.ts:3: i32.rem_s by 16/,
    ],
    ["i64 / 2^31", "export function f(x: i64): i64 { return x / (<i64>1 << 31); }", /i64.div_s by 2147483648/],
  ])("refuses %s", async (_, source, words) => {
    const problems = await checkOf(source);
    expect(
      problems.some((problem) => words.test(problem)),
      problems.join("\n"),
    ).toBe(true);
  });

  it("accepts integer and f32 code, shifts and other divisions", async () => {
    const source = `
      export function f(x: i32, n: i32): i32 { return (x >> 1) + x / 3 + 8 / n + <i32>(<u32>x / 4); }
      export function g(x: f32): f32 { return x * <f32>0.5; }`;
    expect(await checkOf(source)).toEqual([]);
  });

  it("says file and line of a file that does not compile", async () => {
    await expect(textOf("export function f(x: i32): i32 { return y; }")).rejects.toThrow(
      "assembly/kernels/device.ts(1,",
    );
  });
});

describe("split", () => {
  it("cuts a module into functions with their parameters, callees and positions", async () => {
    const source = `
      // @ts-ignore: decorator
      @external("thumb", "smlad") declare function smlad(n: i32, m: i32, a: i32): i32;
      function inner(x: i32): i32 { return x > 0 ? inner(x - 1) + 1 : smlad(x, x, x); }
      export function outer(p: usize, x: f32): void { store<i32>(p, inner(<i32>x)); }`;
    const text = await textOf(source);
    const library = splitModule(text, { positions: true });
    const [outer, inner] = ["outer", "inner"].map((name) => `assembly/kernels/device/${name}`);
    expect(library.exports).toEqual({ outer });
    expect(library.functions[outer!].params).toEqual(["i32", "f32"]);
    expect(library.functions[outer!].calls).toEqual([inner]);
    expect(library.functions[inner!].calls.sort()).toEqual([inner, "thumb/smlad"]);
    expect(library.functions[inner!].text).toContain("(call $thumb/smlad");
    expect(library.imports["thumb/smlad"].name).toBe("smlad");
    expect(library.files).toEqual([file]);
    expect(library.functions[outer!].text).toContain("\n;;@ 0:5:1\n");
  });

  it("leaves positions out and names the functions of a second form apart", async () => {
    const source =
      "function f(x: i32): i32 { return x > 0 ? f(x - 1) + 1 : 0; } export function g(n: i32): i32 { return f(n) + f(n + 4); }";
    const library = splitModule(await textOf(source), { positions: false, prefix: "simd/" });
    const [f, g] = ["f", "g"].map((name) => `simd/assembly/kernels/device/${name}`);
    expect(library.exports).toEqual({ g });
    expect(library.functions[g!].calls).toEqual([f]);
    expect(library.functions[f!].text).toContain(`(func $${f}`);
    expect(library.functions[f!].text).not.toContain(";;@");
    expect(library.files).toEqual([]);
  });
});
