// The exact figures of an image: what `build` and `inspect --board` say.

import type { Board } from "../board/board.ts";
import type { Linked } from "../link/link.ts";
import type { Plan } from "../plan/plan.ts";

interface Sized {
  readonly plan: Plan;
  readonly linked: Linked;
}

export function sizeFacts({ plan, linked }: Sized) {
  const { flashBytes, codeBytes, ramBytes, stackBytes, stackPath, image } = linked;
  const { arenaBytes, stateBytes, constBytes } = plan;
  return {
    ...{ flashBytes, codeBytes, constBytes, ramBytes, arenaBytes, stateBytes, stackBytes, stackPath },
    layers: image.layers.map(({ name, bytes }) => ({ name, codeBytes: bytes })),
  };
}

export function sizeText({ plan, linked, board }: Sized & { readonly board: Board }): string {
  const { flashBytes, codeBytes, ramBytes, stackBytes } = linked;
  const state = plan.stateBytes ? `, state ${plan.stateBytes}` : "";
  return [
    `flash ${flashBytes} bytes (constants ${plan.constBytes}, code ${codeBytes})`,
    `RAM ${ramBytes + stackBytes} bytes (arena ${plan.arenaBytes}${state}, stack ${stackBytes})`,
    `for ${board.name}`,
  ].join(", ");
}
