// App + model + board → the numbers, tables and texts that firmware imports as `config.*`, `table.*`, `text.*`. Pure: the host runs the
// same front end and decision with the same constants (run.ts).
//
//   config   sensor.*    channels periodUs periodFraction (2^−16 µs) rateMilliHz range gyroRange address
//                       stuckSamples saturatedSamples railLow railHigh
//            window.*    samples hop values capacity ringBytes sampleBytes               (front-end-constants.ts: input.*)
//            decision.*  kind labels average refractorySamples …                         (decision-constants.ts: score.*, anomaly.*)
//            permits.raw watchdog.ms
//   tables   labels      u16 offset[labels + 1] from the table's start, then each label as it stands in a JSON string, UTF-8
//            input_scale thresholds releases
//            crc      u32[16]: CRC-32 of a half byte
//   texts    app.name app.hash model.hash

import { invariant } from "../base/errors.ts";
import type { Board } from "../board/board.ts";
import type { App, AppModel, FirmwareConstants } from "./app-types.ts";
import { decisionConstants, labelsOf } from "./decision-constants.ts";
import { frontEndConstants } from "./front-end-constants.ts";
import { hashOfApp } from "./hash.ts";
import { findSensor, rangeOf, type SensorRow, sensorChannels, sensorOn } from "./sensors.ts";

/** A sensor is called stuck when nothing changes for this long, and saturated when a channel stays at an end; ten samples at least. */
const stuckSeconds = 0.5;
const saturatedSeconds = 0.4;

/** `app` has passed checkApp with this model and board. */
export function firmwareConstants(app: App, model: AppModel, board?: Pick<Board, "name">): FirmwareConstants {
  const sensor = sensorOn(app.sensor, board?.name);
  const row = findSensor(sensor.driver);
  const channels = sensorChannels(sensor);
  invariant(row && channels, "firmwareConstants wants a checked app");
  const { rateHz } = sensor;
  const [railLow, railHigh] = row.rails;
  const periodUs = 1e6 / rateHz;
  const lasting = (seconds: number) => Math.max(10, Math.round(seconds * rateHz));
  const frontEnd = frontEndConstants(app.frontEnd, channels, model.input);
  const decision = decisionConstants(app.decision, model, rateHz);
  return {
    config: {
      "sensor.channels": channels.length,
      "sensor.periodUs": Math.floor(periodUs),
      "sensor.periodFraction": Math.round((periodUs % 1) * 65536) % 65536,
      "sensor.rateMilliHz": Math.round(1000 * rateHz),
      "sensor.range": fullScale(row, sensor, 0),
      "sensor.gyroRange": channels.length > row.groups[0]!.channels ? fullScale(row, sensor, 1) : 0,
      "sensor.address": sensor.address ?? row.addresses[0] ?? 0,
      "sensor.stuckSamples": lasting(stuckSeconds),
      "sensor.saturatedSamples": lasting(saturatedSeconds),
      ...{ "sensor.railLow": railLow, "sensor.railHigh": railHigh },
      ...frontEnd.config,
      ...decision.config,
      "permits.raw": app.permits.includes("raw") ? 1 : 0,
      "watchdog.ms": app.watchdogMs,
    },
    tables: { labels: labelTable(labelsOf(app.decision)), crc: crcTable(), ...frontEnd.tables, ...decision.tables },
    texts: { "app.name": inJson(app.name), "app.hash": hashOfApp(app), "model.hash": model.hash },
  };
}

function fullScale(row: SensorRow, sensor: App["sensor"], group: number): number {
  return Math.round(rangeOf(sensor, group, row.groups[group]!.steps));
}

/** Between the quotes of a JSON string. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Reflected, polynomial 0x04C11DB7 (base/crc.ts). */
function crcTable(): Uint8Array {
  const table = Uint32Array.from({ length: 16 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 4; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  return new Uint8Array(table.buffer);
}

function labelTable(labels: readonly string[]): Uint8Array {
  const encoded = labels.map((label) => new TextEncoder().encode(inJson(label)));
  const head = 2 * (labels.length + 1);
  const offsets = new Uint16Array(labels.length + 1);
  encoded.forEach(({ length }, i) => {
    offsets[i + 1] = (i === 0 ? head : offsets[i]!) + length;
  });
  offsets[0] = head;
  const table = new Uint8Array(offsets[labels.length]!);
  const view = new DataView(table.buffer);
  offsets.forEach((offset, i) => void view.setUint16(2 * i, offset, true));
  encoded.forEach((bytes, i) => void table.set(bytes, offsets[i]!));
  return table;
}
