// What the compiler refuses, by code, with function and offset.

import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { codegen } from "../../host/codegen/codegen.ts";
import { cores } from "../../host/isa/isa.ts";

function refusal(text: string | Uint8Array): UserError {
  try {
    codegen(typeof text === "string" ? assembled(text) : text, cores["cortex-m4"]);
  } catch (cause) {
    if (cause instanceof UserError) return cause;
    throw cause;
  }
  throw new Error("it compiled");
}

function assembled(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(binaryen.Features.All);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

describe("codegen refuses", () => {
  it("bytes that are no module", () => {
    expect(refusal(new Uint8Array([0, 97, 115, 109, 9, 0, 0, 0]))).toMatchObject({
      code: "codegen/invalid-module",
      exit: 3,
    });
    expect(refusal(new Uint8Array(0)).code).toBe("codegen/invalid-module");
  });

  it("f64", () => {
    const error = refusal(
      '(module (func $half (export "f") (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5))))',
    );
    expect(error).toMatchObject({ code: "codegen/unsupported-f64", at: { symbol: "f" } });
  });

  it("vectors", () => {
    const error = refusal(
      '(module (memory 1) (func (export "f") (result i32) (i32x4.extract_lane 0 (v128.load (i32.const 0)))))',
    );
    expect(["codegen/unsupported-opcode", "codegen/unsupported-type"]).toContain(error.code);
    expect(error.at?.byte).toBeGreaterThan(8);
  });

  it("passive segments' instructions, by opcode", () => {
    const text =
      '(module (memory 1) (data $d "abc") (func (export "f") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 3))))';
    expect(refusal(text).code).toBe("codegen/unsupported-opcode");
  });

  it("what has no form on a microcontroller", () => {
    expect(refusal("(module (memory 1 1 shared))").code).toBe("codegen/unsupported-feature");
    expect(refusal("(module (table 1 externref))").code).toBe("codegen/unsupported-feature");
  });
});
