import { defineErrors } from "../base/errors.ts";

const hex = (n: number) => `0x${n.toString(16).padStart(2, "0")}`;

export const error = defineErrors("codegen", {
  "invalid-module": {
    exit: 3,
    message: (f: { bytes: number }) => `these ${f.bytes} bytes are not a valid WebAssembly module`,
  },
  "unsupported-opcode": {
    exit: 3,
    message: (f: { opcode: number; function: string }) =>
      `opcode ${hex(f.opcode)} in ${f.function} has no machine code`,
    hint: () => "supported: the integer MVP, sign extension, memory.copy/fill, saturating conversions and f32",
  },
  "unsupported-type": {
    exit: 3,
    message: (f: { byte: number }) => `values of type ${hex(f.byte)} (vectors, references) do not exist on this core`,
  },
  "unsupported-feature": {
    exit: 3,
    message: (f: { feature: string }) => `${f.feature} has no form on a microcontroller`,
  },
  "unsupported-f64": {
    exit: 3,
    message: (f: { function: string }) => `${f.function} computes with f64, which the device does not have`,
  },
});
