// An always-on image: firmware from the library, and the layers of a model where there is one, linked for a board.
//
//   layOutFirmware   what board and app need of the library; flash for its tables, RAM for its objects       wasm
//   plan, wasm       the model as ever, behind what firmware took                                            pipeline
//   firmware         one module, optimised for size, every number a constant                                 wasm
//   codegen          both modules                                                                            codegen
//   link             handlers into the vector table, stacks added up                                         link
//
//   RAM   kept (fault record) │ firmware │ state │ arena │ …  stack ◄ top

import { invariant } from "./base/errors.ts";
import { type Board, coreOf, imageSpace } from "./board/board.ts";
import {
  addressCall,
  addressCallCode,
  bootStageCode,
  codegen,
  firmwareStartup,
  type GlobalVariable,
  runtimePrefix,
} from "./codegen/codegen.ts";
import type { Graph } from "./graph/graph.ts";
import { cores } from "./isa/isa.ts";
import { type Linked, type LinkLabel, link } from "./link/link.ts";
import { type CompiledModel, compileForBoard, labelsOf } from "./pipeline.ts";
import {
  type FirmwareLayout,
  type FirmwareRequest,
  firmware,
  layOutFirmware,
  loadFirmware,
  loadRuntime,
  loadRuntimeLines,
  usbTable,
} from "./wasm/wasm.ts";

/** What a main function of the library needs beside the board's drivers. */
export interface FirmwareParts {
  /** In messages. */
  readonly title: string;
  /** Exported names; both never return. */
  readonly main: string;
  readonly fault: string;
  /** Kinds that the app chooses: sensor, front end. */
  readonly drivers?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, number>>;
  readonly tables?: Readonly<Record<string, Uint8Array>>;
  readonly texts?: Readonly<Record<string, string>>;
  readonly graph?: Graph;
}

export interface BuiltFirmware {
  readonly board: Board;
  readonly layout: FirmwareLayout;
  readonly model: CompiledModel | undefined;
  readonly linked: Linked;
}

export interface BuildFirmwareOptions {
  /** Check the compiler's work between its passes: tests do. */
  readonly check?: boolean;
}

export async function buildFirmware(
  parts: FirmwareParts,
  board: Board,
  { check }: BuildFirmwareOptions = {},
): Promise<BuiltFirmware> {
  const core = cores[coreOf(board.chip)];
  const library = await loadFirmware();
  const request = requestOf(parts, board);
  const space = imageSpace(board);
  const from = { flash: space.flash.base + space.flashReserved, ram: space.ram.base };
  const layout = layOutFirmware(library, request, from);
  const model =
    parts.graph && (await compileForBoard(parts.graph, board, { flashEnd: layout.flashEnd, ramEnd: layout.ramEnd }));
  const slices = model?.plan.layers.map(({ name }) => name) ?? [];
  const module = await firmware(layout, library, { config: { ...request.config, ...modelConfig(model) }, slices });
  const runtime = await loadRuntime();
  const own = codegen(module.bytes, core, { runtime, favour: "size", check });
  const regions = model?.module.regions;
  const layers = model ? codegen(model.module.bytes, core, { runtime, regions, check }).functions : [];
  // both may bring functions of the runtime: the same name is the same code
  const functions = [...new Map([...own.functions, ...layers].map((code) => [code.name, code])).values()];
  const usesFloat = functions.some((code) => code.usesFloat);
  const startup = [
    ...firmwareStartup(core, { usesFloat, vtor: board.chip.vtor, main: parts.main, fault: parts.fault }),
    ...(functions.some(({ calls }) => calls.includes(addressCall)) ? [addressCallCode(core)] : []),
  ];
  const runtimeLines = await loadRuntimeLines();
  const mine = new Set(own.functions.map(({ name }) => name));
  const linesOf = (name: string) =>
    name.startsWith(runtimePrefix) ? runtimeLines : mine.has(name) ? module.lines : (model?.module.lines ?? []);
  const linked = link(
    {
      functions: [...functions, ...startup],
      objects: [...layout.objects, ...(model?.plan.objects ?? [])],
      labels: [...variableLabels(own.globals, layout), ...objectLabels(layout), ...(model ? labelsOf(model.plan) : [])],
      layers: model?.module.layers ?? [],
      ...{ entry: "thumbelina_start", fault: "thumbelina_fault" },
      handlers: new Map([...layout.handlers].map(([name, number]) => [number, name])),
      positions: new Map(functions.map(({ name }) => [name, linesOf(name)])),
      ...(board.image.bootStage === "rp2040" ? { bootStage: bootStageCode(core) } : {}),
    },
    board,
  );
  return { board, layout, model, linked };
}

function requestOf(parts: FirmwareParts, board: Board): FirmwareRequest {
  const uses = Object.entries(board.hal ?? {});
  const usb = usbTable(board);
  const config: Record<string, number> = { "board.clockHz": board.clockHz, ...parts.config };
  if (board.console) config["console.baud"] ??= board.console.baud;
  for (const [kind, use] of uses)
    for (const [name, value] of Object.entries(use.config ?? {})) config[`${kind}.${name}`] ??= value;
  return {
    title: `${parts.title} on ${board.name}`,
    drivers: { ...Object.fromEntries(uses.map(([kind, { driver }]) => [kind, driver])), ...parts.drivers },
    roots: [parts.main, parts.fault],
    handlers: Object.fromEntries(
      uses.map(([kind, { driver, interrupts = {} }]) => [
        kind,
        Object.fromEntries(Object.entries(interrupts).map(([name, number]) => [`${driver}_${name}`, number])),
      ]),
    ),
    config,
    tables: { ...(usb ? { usb } : {}), ...parts.tables },
    texts: { board: board.name, ...parts.texts },
    generated: ["app.slice", "app.reset"],
  };
}

function modelConfig(model: CompiledModel | undefined): Readonly<Record<string, number>> {
  if (!model) return {};
  const { inputs, outputs, layers } = model.plan;
  return {
    "model.input": inputs[0]!.address,
    "model.inputBytes": inputs[0]!.bytes,
    "model.output": outputs[0]!.address,
    "model.outputBytes": outputs[0]!.bytes,
    "model.slices": layers.length,
  };
}

/** Mutable globals, in the order in which codegen met them, inside the object that the layout kept for them. */
function variableLabels(globals: readonly GlobalVariable[], { variables }: FirmwareLayout): LinkLabel[] {
  let at = variables.address;
  const labels = globals.map(({ symbol, words }) => {
    const label = { name: symbol, address: at, bytes: words.length * 4 };
    at += label.bytes;
    return label;
  });
  invariant(at <= variables.address + variables.bytes, "more variables than the library said");
  return labels;
}

const objectLabels = ({ objects }: FirmwareLayout): LinkLabel[] =>
  objects.flatMap(({ name, address, bytes, region }) =>
    region === "const" ? [] : [{ name: `firmware_${name}`, address, bytes }],
  );
