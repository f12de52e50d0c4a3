// Which files of the compiler are mutated, by the part of it that they are. Tables of rows (host/isa/thumb, host/isa/cores) are data: every
// bit of theirs is held against objdump and the manuals by test/isa.

export const parts = {
  encoder: [
    "host/isa/encode.ts",
    "host/isa/operands.ts",
    "host/isa/immediates.ts",
    "host/isa/bind.ts",
    "host/isa/table.ts",
    "host/codegen/assembler.ts",
    "host/codegen/emit.ts",
    "host/codegen/emit-data.ts",
    "host/codegen/emit-dsp.ts",
    "host/codegen/emit-frame.ts",
    "host/codegen/emit-memory.ts",
  ],
  allocator: [
    "host/codegen/allocate.ts",
    "host/codegen/interference.ts",
    "host/codegen/spill.ts",
    "host/codegen/liveness.ts",
    "host/codegen/check-allocation.ts",
  ],
  selector: [
    "host/codegen/select.ts",
    "host/codegen/select-alu.ts",
    "host/codegen/select-flags.ts",
    "host/codegen/select-memory.ts",
    "host/codegen/select-multiply.ts",
    "host/codegen/select-saturate.ts",
    "host/codegen/select-shift.ts",
    "host/codegen/select-value.ts",
    "host/codegen/target.ts",
    "host/codegen/legalise.ts",
    "host/codegen/post-increment.ts",
    "host/codegen/sink-counters.ts",
    "host/codegen/high-slots.ts",
    "host/codegen/high-adds.ts",
    "host/codegen/thread-jumps.ts",
  ],
} as const;

export type Part = keyof typeof parts;
export const partNames = Object.keys(parts) as Part[];
