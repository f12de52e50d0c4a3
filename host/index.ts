// The public API: everything that the command line does, as typed functions over plain data. Nothing here reads files,
// prints or exits, and nothing is kept between calls.
//
//   import { importModel, engineFor } from "thumbelina";
//   const graph = importModel(await readFile("kws.tflite"));
//   const engine = await engineFor("host", graph);
//   const { outputs } = engine.invoke([input]);
//
//   const { linked } = await build(graph, findBoard("pico"));
//   await writeFile("kws.uf2", writeImage(linked.image, "uf2"));
//
//   const built = await buildApp({ app: parseApp(json), graph, modelHash: hashOf(bytes) }, findBoard("pico"));
//   const { machine } = simulateApp(built, { accelerometer: readFeed(csv) });
//
//   const port = await openPort("/dev/ttyACM0", { baud: 115200 }, await nodeOpeners());
//   for await (const { label, score } of resultsOf(attach(port))) show(label, score);

export { type App, hashOf, parseApp } from "./app/app.ts";
export { openAppSession } from "./app-session.ts";
export { type Place, UserError } from "./base/errors.ts";
export { type Board, findBoard, knownBoards, parseBoard } from "./board/board.ts";
export { type BuiltApp, buildApp } from "./build-app.ts";
export {
  type Difference,
  type Engine,
  type Invocation,
  type MemoryUse,
  type SimEngine,
  type Verification,
  verify,
} from "./engine/engine.ts";
export { exportTflite } from "./export/export.ts";
export type { Attributes, DType, Graph, Operator, Quantization, Shape, Tensor } from "./graph/graph.ts";
export { type Image, type ImageFormat, readImage, writeImage } from "./image/image.ts";
export { importModel } from "./import/import.ts";
export type { Linked } from "./link/link.ts";
export {
  type Built,
  build,
  buildPortable,
  type CompiledModel,
  type CompileOptions,
  compileModel,
  type EngineName,
  type EngineOptions,
  engineFor,
  planModel,
  simulate,
} from "./pipeline.ts";
export {
  type DescribedLayer,
  describePlan,
  drawPlan,
  type MemoryMap,
  type Plan,
  type PlanDescription,
} from "./plan/plan.ts";
export { profile, type Report } from "./profile/profile.ts";
export { quantize, type Sample } from "./quantize/quantize.ts";
export {
  type Attached,
  attach,
  CaptureReader,
  type ConsoleItem,
  ConsoleReader,
  type Flashed,
  type FlashListener,
  flash,
  formatter,
  listPorts,
  nodeOpeners,
  openPort,
  openWebSerial,
  type Port,
  type Reach,
  type Result,
  replay,
  resultsOf,
  type StreamEvent,
  type StreamFormat,
  smpCommands,
  startCapture,
  stream,
  type WebSerial,
  type WebSerialPort,
  wallClock,
  webSerialOpener,
} from "./serial/serial.ts";
export { type Feed, fromFirstUse, Machine, readFeed } from "./sim/sim.ts";
export { type SimulatedApp, simulateApp } from "./simulate-app.ts";
export { simulatedOpeners } from "./simulated-port.ts";
export {
  type Activation,
  type Dataset,
  type Layer,
  normal,
  type Random,
  randomFrom,
  type Trained,
  type TrainOptions,
  train,
} from "./train/train.ts";
export type { PortableModule, SourceLine, WasmLayer, WasmModule } from "./wasm/wasm.ts";
