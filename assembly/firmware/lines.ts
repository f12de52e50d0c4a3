// The lines that an app prints: one JSON object each, keys always in this order (host/serial/console.ts reads them).
//
//   {"boot":{"board","app","model","app_hash","clock_hz","reset","permits":[…]}}
//   {"seq","t_us","label","score","mean","detected","window","lag_us","cycles","model","app"[,"late"][,"dropped"]}
//   {"summary":{"t_us","samples","crc","windows","late","missed","sensor_errors","dropped","received_lost","idle_us"}}
//
// Scores are ten-thousandths on the device and decimals in the line. `window` is the number of its last sample. `cycles` is null where
// the machine cannot count.

import { cyclesKnown, timerNow } from "../hal/kinds";
import { begin, decimal, decimal32, end, hexadecimal, padded, put, linesDropped, receivedLost, text } from "./console";
import { bestLabel, detected, meanTenThousandths, scoreTenThousandths } from "./decision";
import { missedSamples, sensorErrors } from "./sampling";
import { sampleCrc, samplesSeen } from "./samples";
import { deviceTime } from "./time";
import { lateWindows, windowStart } from "./windows";

@external("config", "window.samples") declare const length: u32;
@external("config", "permits.raw") declare const permitRaw: i32;
@external("table", "labels") declare const labels: usize;
@external("text", "board") declare const boardName: usize;
@external("text", "app.name") declare const appName: usize;
@external("text", "app.hash") declare const appHash: usize;
@external("text", "model.hash") declare const modelHash: usize;
@external("text", "{\"boot\":{\"board\":\"") declare const bootText: usize;
@external("text", "\",\"app\":\"") declare const appKey: usize;
@external("text", "\",\"model\":\"") declare const modelKey: usize;
@external("text", "\",\"app_hash\":\"") declare const hashKey: usize;
@external("text", "\",\"clock_hz\":") declare const clockKey: usize;
@external("text", ",\"reset\":") declare const resetKey: usize;
@external("text", ",\"permits\":[") declare const permitsKey: usize;
@external("text", "\"raw\"") declare const rawText: usize;
@external("text", "]}}\n") declare const bootEnd: usize;
@external("text", "{\"seq\":") declare const seqKey: usize;
@external("text", ",\"t_us\":") declare const timeKey: usize;
@external("text", ",\"label\":\"") declare const labelKey: usize;
@external("text", "\",\"score\":") declare const scoreKey: usize;
@external("text", ",\"mean\":") declare const meanKey: usize;
@external("text", ",\"detected\":") declare const detectedKey: usize;
@external("text", "null") declare const nullText: usize;
@external("text", ",\"window\":") declare const windowKey: usize;
@external("text", ",\"lag_us\":") declare const lagKey: usize;
@external("text", ",\"cycles\":") declare const cyclesKey: usize;
@external("text", ",\"model\":\"") declare const modelKeyToo: usize;
@external("text", ",\"late\":") declare const lateKey: usize;
@external("text", ",\"dropped\":") declare const droppedKey: usize;
@external("text", "{\"summary\":{\"t_us\":") declare const summaryKey: usize;
@external("text", ",\"samples\":") declare const samplesKey: usize;
@external("text", ",\"crc\":\"") declare const crcKey: usize;
@external("text", "\",\"windows\":") declare const windowsKey: usize;
@external("text", ",\"missed\":") declare const missedKey: usize;
@external("text", ",\"sensor_errors\":") declare const errorsKey: usize;
@external("text", ",\"received_lost\":") declare const lostKey: usize;
@external("text", ",\"idle_us\":") declare const idleKey: usize;
@external("text", "}}\n") declare const summaryEnd: usize;

let seq: u32 = 0;
let lateSaid: u32 = 0;
let droppedSaid: u32 = 0;

export function restartLines(): void {
  seq = 0;
  lateSaid = lateWindows();
}

export function bootLine(cause: i32, hz: u32): void {
  begin();
  text(bootText);
  text(boardName);
  text(appKey);
  text(appName);
  text(modelKey);
  text(modelHash);
  text(hashKey);
  text(appHash);
  text(clockKey);
  decimal32(hz);
  text(resetKey);
  decimal32(cause);
  text(permitsKey);
  if (permitRaw) text(rawText);
  text(bootEnd);
  end();
}

export function resultLine(cycles: u64, started: u64): void {
  begin();
  text(seqKey);
  decimal32(seq++);
  text(timeKey);
  decimal(deviceTime());
  text(labelKey);
  label(bestLabel());
  text(scoreKey);
  tenThousandths(scoreTenThousandths());
  text(meanKey);
  tenThousandths(meanTenThousandths());
  text(detectedKey);
  const found = detected();
  if (found < 0) text(nullText);
  else {
    put(34);
    label(found);
    put(34);
  }
  text(windowKey);
  decimal32(windowStart() + length);
  text(lagKey);
  decimal(timerNow() - started);
  text(cyclesKey);
  if (cyclesKnown()) decimal(cycles);
  else text(nullText);
  text(modelKeyToo);
  text(modelHash);
  text(appKey);
  text(appHash);
  put(34);
  const late = lateWindows();
  if (late != lateSaid) {
    text(lateKey);
    decimal32(late - lateSaid);
  }
  const dropped = linesDropped();
  if (dropped != droppedSaid) {
    text(droppedKey);
    decimal32(dropped - droppedSaid);
  }
  put(125);
  put(10);
  if (!end()) return;
  lateSaid = late;
  droppedSaid = dropped;
}

function label(index: i32): void {
  let at = labels + <u32>load<u16>(labels + (index << 1));
  const behind = labels + <u32>load<u16>(labels + (index << 1) + 2);
  for (; at < behind; at++) put(<u32>load<u8>(at));
}

/** `value` / 10,000, four decimals. */
function tenThousandths(value: i32): void {
  if (value < 0) put(45);
  const size: u32 = value < 0 ? -value : value;
  decimal32(size / 10000);
  put(46);
  padded(size % 10000, 4);
}

export function summaryLine(idle: u64): void {
  begin();
  text(summaryKey);
  decimal(deviceTime());
  text(samplesKey);
  decimal32(samplesSeen());
  text(crcKey);
  hexadecimal(sampleCrc());
  text(windowsKey);
  decimal32(seq);
  text(lateKey);
  decimal32(lateWindows());
  text(missedKey);
  decimal32(missedSamples());
  text(errorsKey);
  decimal32(sensorErrors());
  text(droppedKey);
  decimal32(linesDropped());
  text(lostKey);
  decimal32(receivedLost());
  text(idleKey);
  decimal(idle);
  text(summaryEnd);
  end();
}
