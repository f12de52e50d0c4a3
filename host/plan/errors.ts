// What the plan room refuses: rows of UserErrors (base/errors.ts). Sizes always say both numbers, and what takes the most.

import { defineErrors } from "../base/errors.ts";

export interface Contributor {
  readonly name: string;
  readonly bytes: number;
}

export interface DoesNotFit {
  /** flash: constants behind what is reserved; RAM: state + arena. Code and stack come on top and are known to link. */
  readonly memory: "flash" | "RAM";
  readonly neededBytes: number;
  readonly availableBytes: number;
  /** Largest first; for RAM, what is alive at the peak. */
  readonly largest: readonly Contributor[];
}

const rows = {
  "does-not-fit": {
    exit: 8,
    message: ({ memory, neededBytes, availableBytes }: DoesNotFit) =>
      `the model needs ${neededBytes} bytes of ${memory}, but ${availableBytes} are available`,
    hint: ({ memory, largest }: DoesNotFit) => {
      if (largest.length === 0) return undefined;
      const list = largest.map(({ name, bytes }) => `${name} (${bytes})`).join(", ");
      return memory === "RAM" ? `at the peak, the largest are ${list}` : `the largest are ${list}`;
    },
  },
} as const;

export const error = defineErrors("plan", rows);
