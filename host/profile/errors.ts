import { defineErrors } from "../base/errors.ts";

const list = (rows: readonly { readonly name: string; readonly amount: number }[]) =>
  rows.map(({ name, amount }) => `${name} ${amount}`).join(", ");

export const profileError = defineErrors("profile", {
  "over-budget": {
    exit: 8,
    message: (f: {
      what: string;
      unit: "cycles" | "bytes";
      used: number;
      allowed: number;
      largest: readonly { readonly name: string; readonly amount: number }[];
    }) => `${f.what}: ${f.used} ${f.unit} are used, ${f.allowed} are allowed; largest: ${list(f.largest)}`,
  },
  "no-layer": {
    exit: 2,
    message: (f: { layer: string; layers: readonly string[] }) =>
      `there is no layer ${f.layer}; there are: ${f.layers.join(", ")}`,
    hint: () => "a layer may be named by its number alone: layer_03; `total` is the whole inference",
  },
});
