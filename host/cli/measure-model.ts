// One inference of a built model on its simulated board, counted: from reset to `thumbelina_done`, on the very image that is flashed.

import { invariant } from "../base/errors.ts";
import { imageSpace } from "../board/board.ts";
import { checkInputs } from "../engine/engine.ts";
import { findSymbol } from "../image/image.ts";
import type { Built } from "../pipeline.ts";
import { describePlan } from "../plan/plan.ts";
import { type ModelFacts, type ModelReport, modelReport, profile } from "../profile/profile.ts";
import { formatFault, Machine } from "../sim/sim.ts";

const pattern = 0xa5;

export interface MeasureOptions {
  readonly memoryTiming?: boolean;
}

/** `inputs`: raw tensors in the model's order, of the right size. */
export function measureModel(built: Built, inputs: readonly Uint8Array[], options: MeasureOptions = {}): ModelReport {
  const { plan, linked, board } = built;
  const { image, stackBytes } = linked;
  checkInputs(plan.original, inputs);
  const machine = new Machine(board, options);
  machine.load(image);
  const top = imageSpace(board).ram.base + imageSpace(board).ram.bytes;
  machine.poke(top - stackBytes, new Uint8Array(stackBytes).fill(pattern));
  for (const [i, bytes] of inputs.entries()) machine.poke(plan.inputs[i]!.address, bytes);
  const recording = profile(machine);
  const stop = machine.run({ cycles: 1e9 + 2000 * plan.layers.reduce((sum, { macs }) => sum + macs, 0) });
  recording.stop();
  const done = findSymbol(image, "thumbelina_done")!;
  const fault = machine.faults.at(-1);
  const ended = `the simulated image ended by ${JSON.stringify(stop)}${fault ? `\n${formatFault(fault)}` : ""}`;
  invariant(stop.kind === "bkpt" && (stop.address & ~1) === (done.address & ~1), ended);
  const stack = machine.peek(top - stackBytes, stackBytes);
  const untouched = stack.findIndex((byte) => byte !== pattern);
  return modelReport(recording.report(), image, modelFacts(built, untouched < 0 ? 0 : stackBytes - untouched));
}

/** `stackSeen`: 0 where nothing ran. */
export function modelFacts(
  { plan, linked, board }: Pick<Built, "plan" | "linked" | "board">,
  stackSeen: number,
): ModelFacts {
  const { flash, ram } = imageSpace(board);
  const described = describePlan(plan);
  const { flashBytes, codeBytes, ramBytes, stackBytes, stackPath } = linked;
  const { constBytes, arenaBytes, stateBytes, arenaAddress, peakLayer } = plan;
  return {
    model: plan.original.name,
    layers: described.layers.map(({ name, kind, macs, outputShape, flashBytes: weightsBytes }) => {
      return { name, kind, macs, outputShape, weightsBytes };
    }),
    memory: {
      ...{ flashBytes, flashAvailable: flash.bytes, codeBytes, constBytes },
      ...{ ramBytes: ramBytes + stackBytes, ramAvailable: ram.bytes, arenaBytes, stateBytes },
      ...{ stackBytes, stackSeen, stackPath, peakLayer },
      tensors: described.tensors,
      scratch: plan.layers.flatMap(({ scratchAddress, scratchBytes }, layer) =>
        scratchBytes ? [{ layer, offset: scratchAddress - arenaAddress, bytes: scratchBytes }] : [],
      ),
    },
  };
}
