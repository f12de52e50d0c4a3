// Room isa: the Thumb instruction set as rows, and what follows from them. In: halfwords; out: decoded instructions, text,
// effects, cycle costs, and back to halfwords. Rows are in thumb/, cores in cores/; the nouns in row.ts, effect.ts, core.ts.
//
//   decoderFor(thumbRows, core).decode(h1, h2, inIT) -> Decoded      disassemble(decoded, place) -> text as objdump prints it
//   encode(row, operands) -> halfwords                              cycleCost(core, row.cycles) -> cycles and their source
//   bind(row.effect, operands) -> the effect of this instruction    evaluate(decoded, state, environment): runs it, the reference

export { bind, condition } from "./bind.ts";
export type { Core, CoreName, CycleClass, CycleCost, Feature, Pipeline } from "./core.ts";
export { coreNames, cycleClasses, cycleCost } from "./core.ts";
export { cores } from "./cores/cores.ts";
export type { Decoder } from "./decode.ts";
export { decoderFor, isWide, makeDecoder } from "./decode.ts";
export { disassemble } from "./disassemble.ts";
export type { Access, BranchKind, Bytes, Effect, Expr, Flag, SystemAction, Target } from "./effect.ts";
export type { Halfwords } from "./encode.ts";
export { encode } from "./encode.ts";
export type { Environment, State } from "./evaluate.ts";
export { evaluate } from "./evaluate.ts";
export { applyFloat } from "./float-operators.ts";
export type { FloatOperator, IntegerOperator, Operator } from "./operators.ts";
export { isIntegerOperator, operators } from "./operators.ts";
export type { Decoded, Field, Operands, Row, TextPart } from "./row.ts";
export { thumbRows } from "./thumb/thumb.ts";
