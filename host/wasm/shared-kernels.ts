// Layers of one shape share one body: those that call the same kernel with the same arguments but for a few addresses become thunks
// that hand the addresses to a function of its own, specialised for the rest.
//
//   layer_02_conv_2d ─┐                              (func $layer_02_conv_2d (call $kernel_02_conv_2d (i32.const weights 2)))
//   layer_04_conv_2d ─┼─▶ kernel_02_conv_2d(weights) (func $layer_04_conv_2d (call $kernel_02_conv_2d (i32.const weights 4)))
//   layer_06_conv_2d ─┘
//
// Out: what differs, by layer. Sharing is exact whatever the arguments mean; the conditions only keep it from costing time: a call
// and a constant per inference (measured on keyword spotting: 4.3 KB of 8.7 KB of code, 108 of 4.4 million cycles on an M4).

import type { Plan, PlannedCall, PlannedLayer } from "../plan/plan.ts";

export interface SharedKernel {
  readonly name: string;
  /** The first of its layers' calls. */
  readonly call: PlannedCall;
  /** Indices of the arguments that are parameters. */
  readonly parameters: readonly number[];
}

/** Below this many multiplications a thunk's ten cycles are seen. */
const leastMacs = 4096;
/** All in argument registers; more would be registers that the inner loops lack. */
const mostParameters = 3;

/** Layer's name → the kernel that it shares with another layer. */
export function sharedKernels({ layers, objects }: Plan): ReadonlyMap<string, SharedKernel> {
  const isAddress = (value: number): boolean =>
    objects.some(({ address, bytes }) => value >>> 0 >= address >>> 0 && value >>> 0 < (address + bytes) >>> 0);
  const groups: PlannedLayer[][] = [];
  for (const layer of layers) {
    if (layer.calls.length !== 1 || layer.macs < leastMacs) continue;
    const group = groups.find((known) => {
      const differing = differences([...known, layer]);
      return (
        differing && differing.length <= mostParameters && differing.every((i) => allAt(known, layer, i, isAddress))
      );
    });
    if (group) group.push(layer);
    else groups.push([layer]);
  }
  const shared = new Map<string, SharedKernel>();
  for (const group of groups) {
    const [first] = group;
    if (!first || group.length < 2) continue;
    const name = first.name.replace(/^layer_/, "kernel_");
    const kernel: SharedKernel = { name, call: first.calls[0]!, parameters: differences(group)! };
    for (const layer of group) shared.set(layer.name, kernel);
  }
  return shared;
}

function allAt(
  group: readonly PlannedLayer[],
  layer: PlannedLayer,
  i: number,
  is: (value: number) => boolean,
): boolean {
  return [...group, layer].every(({ calls: [call] }) => is(call!.arguments[i]!.value));
}

/** Which arguments differ among the layers' calls; undefined when the kernels do, or anything that is no word. */
function differences(group: readonly PlannedLayer[]): number[] | undefined {
  const [first, ...rest] = group.map(({ calls: [call] }) => call!);
  if (rest.some(({ kernel }) => kernel !== first!.kernel)) return undefined;
  const differing = first!.arguments.flatMap(({ value }, i) =>
    rest.some((call) => !Object.is(call.arguments[i]!.value, value)) ? [i] : [],
  );
  return differing.every((i) => first!.arguments[i]!.type === "i32") ? differing : undefined;
}
