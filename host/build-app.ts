// An app for a board: its declaration becomes constants of the firmware, its model the layers, its sensor a driver.
//
//   app.json ─ parseApp ─▶ App ─┐
//   model    ─ importModel ─▶ Graph ─ checkApp ─ firmwareConstants ─▶ buildFirmware ─▶ image
//
// A board without the hardware that the sensor hangs on runs the app all the same: its samples come by replay.

import { type App, type AppModel, appModel, checkApp, findSensor, firmwareConstants, sensorOn } from "./app/app.ts";
import { invariant } from "./base/errors.ts";
import { type Board, coreOf } from "./board/board.ts";
import { type BuildFirmwareOptions, type BuiltFirmware, buildFirmware } from "./build-firmware.ts";
import type { Graph } from "./graph/graph.ts";
import { cores } from "./isa/isa.ts";

export interface BuiltApp extends BuiltFirmware {
  readonly app: App;
  readonly appModel: AppModel;
  /** Samples come by replay only. */
  readonly replayOnly: boolean;
}

/** `modelHash`: hashOf(the model file's bytes). */
export async function buildApp(
  { app, graph, modelHash }: { readonly app: App; readonly graph: Graph; readonly modelHash: string },
  board: Board,
  options: BuildFirmwareOptions = {},
): Promise<BuiltApp> {
  const model = appModel(graph, modelHash);
  checkApp(app, model);
  const { config, tables, texts } = firmwareConstants(app, model, board);
  const sensor = findSensor(sensorOn(app.sensor, board.name).driver);
  invariant(sensor, "a checked app names a known sensor");
  const replayOnly = sensor.bus === "none" || board.hal?.[sensor.bus] === undefined;
  const driver = sensor.name.replaceAll("-", "_");
  const periodUs = 1e9 / config["sensor.rateMilliHz"]!;
  const built = await buildFirmware(
    {
      title: app.name,
      main: "app_main",
      fault: "firmware_fault",
      drivers: { sensor: replayOnly ? "absent" : driver, tick: "sampling", sound: "sampling" },
      config: {
        ...config,
        "sensor.periodUs": Math.floor(periodUs),
        "sensor.periodFraction": Math.round((periodUs % 1) * 65536),
        "fault.registers": cores[coreOf(board.chip)].features.has("v7m") ? 1 : 0,
      },
      tables: { ...tables, crc: crcNibbles },
      texts,
      graph,
    },
    board,
    options,
  );
  return { ...built, app, appModel: model, replayOnly };
}

/** CRC-32 (reflected, polynomial EDB88320), four bits at a time. */
const crcNibbles = new Uint8Array(
  Uint32Array.from({ length: 16 }, (_, i) => {
    let crc = i;
    for (let bit = 0; bit < 4; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  }).buffer,
);
