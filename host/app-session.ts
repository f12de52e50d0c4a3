// An app on this computer: what of the firmware's library needs no hardware (assembly/firmware/session.ts), with the app's constants, as a
// WebAssembly module, and an engine for its model.
//
//   App, Graph ─ firmwareConstants ─ layOutFirmware ─ firmware ─▶ module ─ openSession ─▶ Session        samples in, results out

import {
  type App,
  type AppModel,
  appModel,
  checkApp,
  firmwareConstants,
  labelsOf,
  openSession,
  type Session,
  type SessionModule,
  sensorChannels,
  sensorOn,
} from "./app/app.ts";
import { invariant } from "./base/errors.ts";
import type { Board } from "./board/board.ts";
import type { Graph } from "./graph/graph.ts";
import { type EngineName, engineFor } from "./pipeline.ts";
import { firmware, layOutFirmware, loadFirmware } from "./wasm/wasm.ts";

export interface SessionOptions {
  /** What runs the model. Default: host. */
  readonly engine?: EngineName;
  /** Whose sensor the app uses, where boards differ. */
  readonly board?: Board;
}

/** `modelHash`: hashOf(the model file's bytes). */
export async function openAppSession(
  { app, graph, modelHash }: { readonly app: App; readonly graph: Graph; readonly modelHash: string },
  { engine: name = "host", board }: SessionOptions = {},
): Promise<Session> {
  const model = appModel(graph, modelHash);
  checkApp(app, model);
  const engine = await engineFor(name, graph);
  return openSession(await sessionModule(app, model, board), {
    labels: labelsOf(app.decision),
    channels: sensorChannels(sensorOn(app.sensor, board?.name))!.length,
    invoke(input) {
      const [output] = engine.invoke([input]).outputs;
      invariant(output, "an app's model has an output");
      return output;
    },
  });
}

const functions = ["restart", "slot", "written", "decide", "label", "score", "mean", "crc", "signal"];
const ramFrom = 65536;
const elementBytes = { int8: 1, uint8: 1, int16: 2, float32: 4 } as const;

/** `app` has passed checkApp with this model. */
export async function sessionModule(app: App, model: AppModel, board?: Board): Promise<SessionModule> {
  const { config, tables, texts } = firmwareConstants(app, model, board);
  const library = await loadFirmware();
  const layout = layOutFirmware(
    library,
    {
      ...{ title: `${app.name} on this computer`, config, tables, texts },
      roots: functions.map((name) => `session_${name}`),
      ...{ drivers: {}, handlers: {}, generated: [] },
    },
    { flash: 16, ram: ramFrom },
  );
  invariant(layout.flashEnd <= ramFrom, `the app's tables take ${layout.flashEnd} bytes`);
  const input = { address: layout.ramEnd, bytes: model.input.elements * elementBytes[model.input.dtype] };
  const output = {
    address: Math.ceil((input.address + input.bytes) / 16) * 16,
    bytes: model.output.elements * elementBytes[model.output.dtype],
  };
  const places = { "model.input": input.address, "model.output": output.address };
  const { bytes } = await firmware(layout, library, { config: { ...config, ...places }, slices: [] });
  const constants = layout.objects.flatMap(({ address, init }) =>
    init.kind === "data" ? [{ address, data: init.data }] : [],
  );
  return { ...{ bytes, constants, input, output }, memoryBytes: output.address + output.bytes };
}
