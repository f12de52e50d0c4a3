// An independent small proof of a plan, by running it symbolically: memory is a list of byte ranges, each holding the
// value of a tensor. Inputs are put in place; each layer must find its operands' values whole, then its scratch and
// outputs overwrite what was there; at the end every output must still be whole. It shares no code with the planner.
//
// Also: every object inside its region, aligned, apart from every other; every address an operand has inside its object.
// Answers the problems found, as text.

import { byteLength } from "../graph/graph.ts";
import type { MemoryRange, Plan, PlannedLayer, PlannedObject, PlannedTensor } from "./plan-types.ts";

interface Held {
  readonly start: number;
  readonly end: number;
  /** Tensors whose bytes these are: several after an alias. */
  readonly tensors: ReadonlySet<number>;
}

export function checkPlan(plan: Plan): string[] {
  return [...checkObjects(plan), ...checkAddresses(plan), ...checkRun(plan)];
}

function checkObjects({ objects, map }: Plan): string[] {
  const problems: string[] = [];
  const sorted = [...objects].filter(({ bytes }) => bytes > 0).sort((a, b) => a.address - b.address);
  sorted.forEach((object, i) => {
    const { name, address, bytes, align, region, init } = object;
    const range = region === "const" ? map.flash : map.ram;
    if (!inside(object, range)) problems.push(`${name} lies outside ${region === "const" ? "flash" : "RAM"}`);
    if (address % align !== 0) problems.push(`${name} at ${address} is not aligned to ${align}`);
    if (init.kind === "data" && init.data.length !== bytes)
      problems.push(`${name} has ${init.data.length} bytes of data`);
    const next = sorted[i + 1];
    if (next && next.address < address + bytes) problems.push(`${name} overlaps ${next.name}`);
  });
  return problems;
}

/** Every tensor inside an object of its region, and aligned to the target's word. */
function checkAddresses({ tensors, objects, target, layers, arenaAddress, arenaBytes }: Plan): string[] {
  const align = target.form === "simd" ? 16 : 4;
  const arena = { base: arenaAddress, bytes: arenaBytes };
  const problems = tensors
    .filter((tensor) => tensor.address % align !== 0 || !objects.some((object) => holds(object, tensor)))
    .map(({ tensor, address }) => `tensor ${tensor} at ${address} is misplaced`);
  for (const { name, scratchAddress, scratchBytes } of layers) {
    if (scratchBytes === 0) continue;
    if (scratchAddress % 16 !== 0 || !inside({ address: scratchAddress, bytes: scratchBytes }, arena))
      problems.push(`scratch of ${name} at ${scratchAddress} is misplaced`);
  }
  return problems;
}

function checkRun(plan: Plan): string[] {
  const places = new Map(plan.tensors.map((tensor) => [tensor.tensor, tensor]));
  const problems: string[] = [];
  let memory: Held[] = [];
  const arena = (tensor: number): PlannedTensor | undefined => {
    const place = places.get(tensor);
    if (place) return place.region === "arena" ? place : undefined;
    const { data, state } = plan.graph.tensors[tensor] ?? {};
    if (tensor >= 0 && !data && !state) problems.push(`tensor ${tensor} is used and has no place`);
    return undefined;
  };
  const find = (tensor: number): Held | undefined => {
    const place = arena(tensor);
    return place && memory.find((held) => held.start === place.address && held.tensors.has(tensor));
  };
  const expect = (tensor: number, who: string): void => {
    const place = arena(tensor);
    if (place && place.bytes > 0 && !find(tensor)) problems.push(`${who} finds tensor ${tensor} overwritten`);
  };
  const write = (start: number, bytes: number, tensors: ReadonlySet<number>): void => {
    memory = memory.filter((held) => held.end <= start || held.start >= start + bytes);
    if (bytes > 0) memory.push({ start, end: start + bytes, tensors });
  };
  const put = (tensor: number, others: Iterable<number> = []): void => {
    const place = arena(tensor);
    if (place) write(place.address, place.bytes, new Set([tensor, ...others]));
  };

  for (const tensor of new Set(plan.graph.inputs)) put(tensor);
  for (const tensor of plan.graph.inputs) expect(tensor, "the first layer");
  for (const layer of plan.layers) {
    for (const tensor of layer.inputs) if (tensor >= 0) expect(tensor, layer.name);
    problems.push(...checkOverlaps(plan, layer, arena));
    if (layer.scratchBytes > 0) write(layer.scratchAddress, layer.scratchBytes, new Set());
    const alias = layer.calls.length === 0 ? find(layer.inputs[0] ?? -1)?.tensors : undefined;
    for (const tensor of layer.outputs) put(tensor, alias);
    for (const tensor of layer.outputs) expect(tensor, `${layer.name}, having run,`);
  }
  for (const { tensor, address } of plan.outputs) {
    expect(tensor, "the reader of the outputs");
    if (arena(tensor)?.address !== address) problems.push(`output ${tensor} is not in the arena`);
  }
  return problems;
}

/** While a layer runs: scratch apart from operands; an output on an input only where the kernel allows it, exactly. */
function checkOverlaps(
  { graph }: Plan,
  { name, inputs, outputs, inPlace, calls, scratchAddress, scratchBytes }: PlannedLayer,
  arena: (tensor: number) => PlannedTensor | undefined,
): string[] {
  const problems: string[] = [];
  const scratch = { address: scratchAddress, bytes: scratchBytes };
  for (const tensor of [...inputs, ...outputs]) {
    const place = arena(tensor);
    if (place && overlap(place, scratch)) problems.push(`scratch of ${name} lies on tensor ${tensor}`);
  }
  outputs.forEach((output, o) => {
    const to = arena(output);
    if (to && to.bytes !== byteLength(graph.tensors[output]!)) problems.push(`tensor ${output} has a wrong size`);
    inputs.forEach((input, i) => {
      const from = arena(input);
      if (!from || !to || !overlap(from, to)) return;
      const exact = from.address === to.address && from.bytes === to.bytes;
      const allowed = calls.length === 0 || inPlace.some((pair) => pair.input === i && pair.output === o);
      if (!exact || !allowed) problems.push(`${name} writes output ${o} over input ${i}`);
    });
  });
  return problems;
}

type Extent = Pick<PlannedObject, "address" | "bytes">;

function overlap(a: Extent, b: Extent): boolean {
  return a.bytes > 0 && b.bytes > 0 && a.address < b.address + b.bytes && b.address < a.address + a.bytes;
}

function inside({ address, bytes }: Extent, range: MemoryRange): boolean {
  return address >= range.base && address + bytes <= range.base + range.bytes;
}

function holds(object: PlannedObject, { address, bytes, region }: PlannedTensor): boolean {
  return object.region === region && address >= object.address && address + bytes <= object.address + object.bytes;
}
