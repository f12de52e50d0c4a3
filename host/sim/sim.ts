// Room sim: an Image on a Board → a running Machine.

export type { Width } from "./bus.ts";
export { type Coverage, recordCoverage } from "./coverage.ts";
export { simError } from "./errors.ts";
export { type FaultReport, formatFault } from "./fault-report.ts";
export { type FeedWish, fromFirstUse, type Recording, readFeed, sampled } from "./feeds/feeds.ts";
export type { FlashOperation } from "./flash-array.ts";
export { type GdbEnd, GdbStub } from "./gdb/stub.ts";
export { Machine } from "./machine.ts";
export type { MachineNote, MachineOptions, RunOptions } from "./machine-options.ts";
export type { Op } from "./op.ts";
export type { Peripheral, PeripheralPorts, ResetCause } from "./peripherals/peripheral.ts";
export type { Tracer } from "./runner-ports.ts";
export { type SensorFault, type SensorPorts, type SimulatedSensor, simulatedSensors } from "./sensors/sensors.ts";
export type { StopReason } from "./stop-reason.ts";
export type { Watchpoint, WriteListener } from "./watch.ts";
export type { Feed, I2cBus, I2cTarget, World } from "./world.ts";
