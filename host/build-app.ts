// An app for a board: its declaration becomes constants of the firmware, its model the layers, its sensor a driver.
//
//   app.json ─ parseApp ─▶ App ─┐
//   model    ─ importModel ─▶ Graph ─ checkApp ─ firmwareConstants ─▶ buildFirmware ─▶ image
//
// A board without the hardware that the sensor hangs on runs the app all the same: its samples come by replay.

import { type App, type AppModel, appModel, checkApp, findSensor, firmwareConstants, sensorOn } from "./app/app.ts";
import { invariant } from "./base/errors.ts";
import { type Board, coreOf, withConsole, withMicrophone } from "./board/board.ts";
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
  on: Board,
  options: BuildFirmwareOptions = {},
): Promise<BuiltApp> {
  const sensor = findSensor(sensorOn(app.sensor, on.name).driver);
  invariant(sensor, "a checked app names a known sensor");
  const board = withMicrophone(app.console ? withConsole(on, app.console) : on, sensor.microphone);
  const model = appModel(graph, modelHash);
  checkApp(app, model);
  const { config, tables, texts } = firmwareConstants(app, model, board);
  const replayOnly = sensor.bus === "none" || board.hal?.[sensor.bus] === undefined;
  const drivers: Readonly<Record<string, string>> =
    sensor.bus === "audio"
      ? { sensor: "microphone", tick: "listening", sound: "listening" }
      : { sensor: sensor.name, tick: "sampling" };
  const built = await buildFirmware(
    {
      title: app.name,
      main: "app_main",
      fault: "firmware_fault",
      drivers: {
        ...(replayOnly ? { sensor: "absent", tick: "sampling" } : drivers),
        // without the permit there is no code in the image by which a sample could leave
        capture: app.permits.includes("raw") ? "capture" : "no_capture",
      },
      config: {
        ...config,
        "fault.registers": cores[coreOf(board.chip)].features.has("v7m") ? 1 : 0,
      },
      tables,
      texts,
      graph,
    },
    board,
    options,
  );
  return { ...built, app, appModel: model, replayOnly };
}
