// Room sim: an Image on a Board → a running Machine.

export type { Width } from "./bus.ts";
export { type Coverage, recordCoverage } from "./coverage.ts";
export { simError } from "./errors.ts";
export { type FaultReport, formatFault } from "./fault-report.ts";
export { type GdbEnd, GdbStub } from "./gdb/stub.ts";
export { Machine, type MachineOptions, type RunOptions } from "./machine.ts";
export type { Op } from "./op.ts";
export type { Tracer } from "./runner.ts";
export type { StopReason } from "./stop-reason.ts";
export type { Watchpoint, WriteListener } from "./watch.ts";
