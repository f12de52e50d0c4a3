// CMSDK timer, watchdog and reset information, register by register (DDI 0479D 4.1, 4.4).

import { expect, test } from "vitest";
import { IdleMachine } from "../idle-machine.ts";

const timer = 0x40001000;
const watchdog = 0x40008000;
const info = 0x4001f010;

test("the timer counts down at 25 MHz, interrupts at 0, and goes on from RELOAD", () => {
  const board = new IdleMachine("mps2-an386");
  board.write(timer + 8, 24_999);
  board.write(timer + 4, 50_000);
  board.write(timer, 9);
  board.pass(1e-3);
  const value = board.read(timer + 4);
  expect(value).toBeGreaterThan(24_900);
  expect(value).toBeLessThanOrEqual(25_000);
  expect(board.read(timer + 0xc)).toBe(0);
  board.pass(1.01e-3);
  expect(board.read(timer + 0xc)).toBe(1);
  expect(board.read(timer + 4)).toBeGreaterThan(24_000);
  board.write(timer + 0xc, 1);
  expect(board.read(timer + 0xc)).toBe(0);
  board.pass(0.98e-3);
  expect(board.read(timer + 0xc)).toBe(0);
  board.pass(0.02e-3);
  expect(board.read(timer + 0xc)).toBe(1);
});

test("without RELOAD it stops at 0; stopped it keeps its value; without the interrupt bit nothing is raised", () => {
  const board = new IdleMachine("mps2-an386");
  board.write(timer + 4, 1000);
  board.write(timer, 9);
  board.pass(100e-6);
  expect([board.read(timer + 4), board.read(timer + 0xc)]).toEqual([0, 1]);
  board.write(timer + 0xc, 1);
  board.write(timer, 1);
  board.write(timer + 4, 1000);
  board.pass(20e-6);
  board.write(timer, 0);
  const kept = board.read(timer + 4);
  board.pass(100e-6);
  expect(board.read(timer + 4)).toBe(kept);
  board.write(timer, 1);
  board.pass(100e-6);
  expect([board.read(timer + 4), board.read(timer + 0xc)]).toEqual([0, 0]);
});

test("the watchdog is locked, fed, raises its interrupt, then resets, and the reset is remembered until it is cleared", () => {
  const board = new IdleMachine("mps2-an386");
  const causes: string[] = [];
  const entered: number[] = [];
  board.machine.onReset = (cause) => causes.push(cause);
  board.machine.onException = (number, enters) => enters && entered.push(number);
  board.write(watchdog, 25_000);
  board.write(watchdog + 8, 3);
  board.write(watchdog + 0xc00, 0);
  expect(board.read(watchdog + 0xc00)).toBe(1);
  board.write(watchdog + 8, 0); // locked: no effect
  expect(board.read(watchdog + 8)).toBe(3);
  board.pass(0.9e-3);
  board.write(watchdog + 0xc00, 0x1acce551);
  board.write(watchdog + 0xc, 1);
  board.pass(0.9e-3);
  expect([board.read(watchdog + 0x10), entered.length]).toEqual([0, 0]);
  board.pass(0.2e-3);
  expect([board.read(watchdog + 0x10), board.read(watchdog + 0x14)]).toEqual([1, 1]);
  expect(entered).toEqual([2]);
  board.pass(1e-3);
  expect(causes).toEqual(["watchdog"]);
  expect(board.read(info)).toBe(2);
  board.write(info, 2);
  expect(board.read(info)).toBe(0);
});

test("SSE-200 keeps reasons until zeros are written, and the power-on bit is one of them", () => {
  const board = new IdleMachine("mps2-an505");
  expect(board.read(0x50021100)).toBe(1);
  board.write(0x50021100, 0);
  board.machine.reset("lockup");
  expect(board.read(0x50021100)).toBe(64);
  board.machine.reset("software");
  expect(board.read(0x50021100)).toBe(80);
});
