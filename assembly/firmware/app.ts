// The always-on loop. Nothing here waits: each turn does one small thing of what there is to do, and sleeps when there is nothing.
//
//   alarm's handler   sample → ring                                                         sampling.ts
//   main loop         window complete? → front end → a layer a turn → decision → result line
//                     console: bytes in → management, lines out at the driver's pace
//                     four times a second: watchdog, supervise.ts; every ten seconds: a summary
//
// A window whose samples were overwritten before it could be read, or that a later one has overtaken, is counted as late in the next
// line. The watchdog is fed here only, and only while inference moves on: a layer that hangs, or a handler, bites.

import { cpsid, cpsie, wfi } from "../cpu";
import {
  clockHz,
  clockStart,
  consolePoll,
  consoleStart,
  cyclesNow,
  cyclesStart,
  resetCause,
  resetNow,
  timerNow,
  timerStart,
  watchdogFeed,
  watchdogStart,
} from "../hal/kinds";
import { captureFollow, captureRestart } from "./capturing";
import { consoleCuts, greeted, nextReceived, receivedAny } from "./console";
import { decide, restartDecision } from "./decision";
import { recordBite, reportCrash, setSlice } from "./fault";
import { fillInput } from "./front-end";
import { guardLoop, loopAlive } from "./hang";
import { watch } from "./health";
import { enableInterrupts } from "./interrupts";
import { bootLine, restartLines, resultLine, summaryLine } from "./lines";
import { replayComplete, replayEnd, replaying, replayStarts } from "./replay";
import { clearSamples, followCrc } from "./samples";
import { stopSampling } from "./sampling";
import { clearSignal, followSignal } from "./signal";
import { smpByte } from "./smp";
import { resetDue, smpBusy, smpContinue } from "./smp-commands";
import { goLive, retryClock, samplesBad, supervise, superviseClock } from "./supervise";
import { restartWindows, windowDue, windowLost, windowStart, windowUsed, windowWhole } from "./windows";

@external("app", "reset") declare function modelReset(): void;
@external("app", "slice") declare function slice(index: i32): void;
@external("config", "model.slices") declare const slices: i32;
@external("config", "watchdog.ms") declare const watchdogMs: u32;
@external("text", "console cut") declare const cutWords: usize;

/** A condition of its own (health.ts); the others are supervise.ts's. */
const CUT: u32 = 1 << 30;
const LOOK: u64 = 250_000;
const SUMMARY: u64 = 10_000_000;

/** −1: no inference runs; else the layer that is next. */
let next: i32 = 0;
let cause: i32 = 0;
let cutsSaid: u32 = 0;
let windowTime: u64 = 0;
let cycles: u64 = 0;
let idle: u64 = 0;
let lastLook: u64 = 0;
let lastSummary: u64 = 0;

export function app_main(): void {
  const clock = clockStart();
  timerStart();
  cyclesStart();
  consoleStart();
  enableInterrupts();
  cpsie();
  cause = resetCause();
  recordBite(cause);
  greet();
  superviseClock(clock);
  restart();
  goLive();
  watchdogStart(watchdogMs);
  guardLoop(watchdogMs);
  for (;;) turn();
}

/** Who listens hears first what happened before; on a UART that is once, at the start. */
function greet(): void {
  if (!greeted()) return;
  reportCrash();
  bootLine(cause, clockHz());
  if (consoleCuts() == cutsSaid) return;
  cutsSaid = consoleCuts();
  watch(CUT, true, cutWords, cutsSaid);
  watch(CUT, false, cutWords, 0);
}

/** State as after power-on: what a replay starts from, so that its results are always the same. */
function restart(): void {
  stopSampling();
  next = -1;
  setSlice(-1);
  clearSamples();
  restartWindows();
  restartDecision();
  restartLines();
  captureRestart();
  clearSignal();
  modelReset();
}

function turn(): void {
  consolePoll();
  greet();
  takeBytes();
  if (replayStarts()) restart();
  followCrc();
  followSignal();
  captureFollow();
  if (next >= 0) infer();
  else if (windowDue()) beginWindow();
  else if (replayComplete()) {
    summaryLine(idle);
    replayEnd();
    restart();
    goLive();
  } else rest();
  smpContinue();
  const now = timerNow();
  retryClock(now);
  if (now - lastLook >= LOOK) {
    lastLook = now;
    watchdogFeed();
    loopAlive();
    supervise(next >= 0);
  }
  if (now - lastSummary >= SUMMARY && !replaying()) {
    lastSummary = now;
    summaryLine(idle);
  }
  if (resetDue(now)) resetNow();
}

function takeBytes(): void {
  while (!smpBusy()) {
    const byte = nextReceived();
    if (byte < 0) return;
    smpByte(byte);
  }
}

function beginWindow(): void {
  if (samplesBad()) return windowUsed();
  windowTime = timerNow();
  cycles = 0;
  const before = cyclesNow();
  fillInput(windowStart());
  cycles = cyclesNow() - before;
  if (!windowWhole()) return windowLost();
  next = 0;
}

function infer(): void {
  const before = cyclesNow();
  setSlice(next);
  slice(next);
  setSlice(-1);
  cycles += cyclesNow() - before;
  if (++next < slices) return;
  next = -1;
  decide(windowStart());
  resultLine(cycles, windowTime);
  windowUsed();
}

/** Sleeps until an interrupt, unless one has come since the last look: PRIMASK holds it pending, WFI wakes all the same. */
function rest(): void {
  const from = timerNow();
  cpsid();
  if (!receivedAny() && !windowDue()) wfi();
  cpsie();
  idle += timerNow() - from;
}
