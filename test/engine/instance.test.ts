// Engines over a compiled module: inputs in, outputs and original tensors out, state kept and reset, the plan asserted.

import { describe, expect, it } from "vitest";
import type { UserError } from "../../host/base/errors.ts";
import { wasmEngine } from "../../host/engine/engine.ts";
import type { Plan, PlannedLayer } from "../../host/plan/plan.ts";
import { loadKernels, wasm } from "../../host/wasm/wasm.ts";
import { addresses, call, pattern, sampleLayers, samplePlan } from "../wasm/sample-plan.ts";

const kernels = await loadKernels();
const engineOf = async (plan: Plan, guard = true) => wasmEngine(plan, await wasm(plan, kernels), { guard });
const input = Uint8Array.from({ length: 16 }, (_, i) => i * 7);

/** The sample plan with other calls in its second layer. */
function withSecondLayer(...calls: PlannedLayer["calls"]): Plan {
  return samplePlan([sampleLayers[0]!, { ...sampleLayers[1]!, calls }]);
}

describe("an engine over a module", () => {
  for (const guard of [true, false])
    it(`gives the outputs ${guard ? "with" : "without"} the guard`, async () => {
      const engine = await engineOf(samplePlan(), guard);
      expect(engine.invoke([input])).toEqual({ outputs: [Uint8Array.of(...input, ...pattern)] });
      expect(engine.invoke([pattern]).outputs).toEqual([Uint8Array.of(...pattern, ...pattern)]);
    });

  it("captures the original tensors after the layer that completes them", async () => {
    const engine = await engineOf(samplePlan());
    const { tensors } = engine.invoke([input], { tensors: true });
    const middle = Uint8Array.of(...input, ...pattern);
    expect([...tensors!]).toEqual([
      [0, input],
      [3, pattern],
      [1, middle],
      [2, middle],
    ]);
  });

  it("puts removed channels back", async () => {
    const plan = samplePlan();
    // the 32 bytes of `middle` hold channels 3 and 1 of 16 pixels with 4 channels
    const original = { ...plan.original, tensors: plan.original.tensors.slice() };
    original.tensors[1] = { name: "middle", dtype: "int8", shape: [1, 16, 4] };
    const recovery = plan.recovery.slice();
    recovery[1] = { kind: "channels", address: addresses.middle, after: 0, map: [3, 1], fill: [-128, 0, 9, 0] };
    const engine = await engineOf({ ...plan, original, recovery });
    const middle = engine.invoke([input], { tensors: true }).tensors!.get(1)!;
    const packed = Uint8Array.of(...input, ...pattern);
    expect([...middle]).toEqual(
      Array.from({ length: 16 }, (_, p) => [128, packed[2 * p + 1], 9, packed[2 * p]]).flat(),
    );
  });

  it("keeps state between inferences until reset", async () => {
    // output[0..4) = state; then the state becomes the input's first bytes
    const plan = withSecondLayer(
      call("fill_bytes", addresses.output, 0, 32),
      call("copy_bytes", addresses.output, addresses.state, 4),
      call("copy_bytes", addresses.state, addresses.input, 4),
    );
    const engine = await engineOf(plan);
    const first = () => [...engine.invoke([input]).outputs[0]!.slice(0, 4)];
    expect(first()).toEqual([128, 128, 128, 128]);
    expect(first()).toEqual([0, 7, 14, 21]);
    engine.reset();
    expect(first()).toEqual([128, 128, 128, 128]);
  });

  it("runs two models side by side", async () => {
    const [one, other] = [await engineOf(samplePlan()), await engineOf(withSecondLayer())];
    const expected = one.invoke([input]).outputs;
    other.invoke([pattern]);
    expect(one.invoke([input]).outputs).toEqual(expected);
  });
});

describe("the guard", () => {
  const run = async (plan: Plan) => (await engineOf(plan)).invoke([input]);

  it("catches a write beyond the arena, between objects and to a constant", async () => {
    const beyond = withSecondLayer(call("fill_bytes", addresses.output, 1, 33));
    await expect(run(beyond)).rejects.toThrow("layer_01_fill wrote to 0x20000080, outside the plan");
    const between = withSecondLayer(call("fill_bytes", addresses.state, 1, 41));
    await expect(run(between)).rejects.toThrow("layer_01_fill wrote to 0x20000028, outside the plan");
    const constant = withSecondLayer(call("fill_bytes", addresses.pattern + 4, 1, 1));
    await expect(run(constant)).rejects.toThrow("layer_01_fill changed constant pattern at byte 4");
  });

  it("makes bytes that nobody wrote differ from run to run", async () => {
    const engine = await engineOf(withSecondLayer(call("fill_bytes", addresses.output, 1, 31)));
    const last = () => engine.invoke([input]).outputs[0]!.at(-1);
    expect(last()).not.toBe(last());
  });
});

describe("inputs", () => {
  const failure = async (plan: Plan, inputs: readonly Uint8Array[]): Promise<UserError> => {
    const engine = await engineOf(plan);
    try {
      engine.invoke(inputs);
    } catch (cause) {
      return cause as UserError;
    }
    throw new Error("accepted");
  };
  const withInput = (dtype: "float32" | "bool", shape: number[]): Plan => {
    const plan = samplePlan();
    const tensors = plan.original.tensors.slice();
    tensors[0] = { name: "in", dtype, shape };
    return { ...plan, original: { ...plan.original, tensors } };
  };

  it("of a wrong number are refused", async () => {
    const error = await failure(samplePlan(), []);
    expect(error).toMatchObject({ code: "engine/input-count", exit: 2, facts: { given: 0, expected: 1 } });
    expect(error.message).toBe("the model has 1 input, 0 given");
  });

  it("of a wrong size are refused with both numbers", async () => {
    const error = await failure(samplePlan(), [new Uint8Array(15)]);
    expect(error).toMatchObject({ code: "engine/input-size", exit: 2 });
    expect(error.message).toBe("input 0 (in) is 15 bytes, expected 16 (int8[1, 16])");
  });

  it("with NaN are refused", async () => {
    const bytes = new Uint8Array(Float32Array.of(0, 1, Number.NaN, Number.POSITIVE_INFINITY).buffer);
    const error = await failure(withInput("float32", [4]), [bytes]);
    expect(error).toMatchObject({ code: "engine/input-nan", exit: 2 });
    expect(error.message).toBe("input 0 (in) holds NaN at element 2 of 4");
  });

  it("that are bool are 0 or 1", async () => {
    const bytes = new Uint8Array(16);
    bytes[5] = 2;
    const error = await failure(withInput("bool", [16]), [bytes]);
    expect(error).toMatchObject({ code: "engine/input-bool", exit: 2 });
    expect(error.message).toBe("input 0 (in) is bool, element 5 is 2: expected 0 or 1");
  });
});
