// A user's board file: JSON of the shape of Board, where `chip` may also be the name of a known chip. The file is untrusted:
// every field is checked by the schema below before the rules of check-board.ts see it; unknown fields are an error.

import { Problems } from "../base/errors.ts";
import {
  type Board,
  bootProtocols,
  bootStageBytes,
  type Chip,
  chipCores,
  foreignCores,
  halKinds,
  microphoneKinds,
  uartModels,
} from "./board-types.ts";
import { checkBoard } from "./check-board.ts";
import { boardError } from "./errors.ts";

type Schema =
  | { readonly kind: "text" | "count" | "number" | "truth" | "scalar" }
  | { readonly kind: "word"; readonly of: readonly string[] }
  | { readonly kind: "list"; readonly of: Schema; readonly most: number }
  | { readonly kind: "map"; readonly of: Schema }
  | { readonly kind: "record"; readonly fields: Readonly<Record<string, Schema>>; readonly optional: readonly string[] }
  | { readonly kind: "either"; readonly tag: string; readonly of: Readonly<Record<string, Schema>> };

const text: Schema = { kind: "text" };
const count: Schema = { kind: "count" };
const truth: Schema = { kind: "truth" };
const word = (...of: readonly string[]): Schema => ({ kind: "word", of });
const list = (of: Schema, most = 64): Schema => ({ kind: "list", of, most });
/** Any names. */
const map = (of: Schema): Schema => ({ kind: "map", of });
const record = (fields: Readonly<Record<string, Schema>>, ...optional: string[]): Schema => ({
  kind: "record",
  fields,
  optional,
});

const range = { name: text, base: count, bytes: count };
const timing: Schema = {
  kind: "either",
  tag: "kind",
  of: {
    "wait-states": record({
      kind: text,
      waits: count,
      lineBytes: count,
      prefetch: truth,
      instructionLines: count,
      dataLines: count,
      source: text,
    }),
    "xip-cache": record({
      kind: text,
      cacheBytes: count,
      ways: count,
      lineBytes: count,
      clockDivider: count,
      setupClocks: count,
      clocksPerByte: count,
      source: text,
    }),
  },
};
const memory = record(
  {
    ...range,
    kind: word("flash", "ram", "rom"),
    aliases: list(count),
    timing,
    sectors: list(record({ bytes: count, count })),
    writeBytes: count,
  },
  ...["aliases", "timing", "sectors", "writeBytes"],
);
const chipSchema = record(
  {
    name: text,
    title: text,
    core: word(...chipCores, ...foreignCores),
    memories: list(memory),
    uarts: list(
      record({ name: text, model: word(...uartModels), base: count, irq: count, transmitIrq: count }, "transmitIrq"),
    ),
    peripherals: list(record({ base: count, bytes: count })),
    fixed: list(record({ address: count, value: count, why: text })),
    devices: list(
      record(
        { name: text, model: text, base: count, interrupts: list(count), options: map({ kind: "scalar" }) },
        ...["interrupts", "options"],
      ),
    ),
    interrupts: count,
    priorityBits: count,
    mpuRegions: count,
    sysTick: truth,
    vtor: truth,
    security: truth,
    uf2Family: count,
    bootId: count,
    bootIdMask: count,
  },
  ...["fixed", "devices", "security", "uf2Family", "bootId", "bootIdMask"],
);
const number: Schema = { kind: "number" };
const driverUse = record({ driver: text, interrupts: map(number), config: map(number) }, "interrupts", "config");
const line = { uart: text, baud: count, pins: record({ transmit: count, receive: count }) };
const otherLine = record({ ...line, driver: driverUse }, "pins");
const boardSchema = record(
  {
    name: text,
    title: text,
    chip: chipSchema,
    clockHz: { kind: "number" },
    clockAssumed: truth,
    console: record(line, "pins"),
    consoles: record({ uart: otherLine, usb: otherLine }, "uart", "usb"),
    usb: record({ vendorId: count, productId: count, manufacturer: text, serial: truth }, "serial"),
    hal: record(Object.fromEntries(halKinds.map((kind) => [kind, driverUse])), ...halKinds),
    microphone: word(...microphoneKinds),
    microphones: record(Object.fromEntries(microphoneKinds.map((kind) => [kind, driverUse])), ...microphoneKinds),
    image: record(
      { start: count, bootStage: word(...(Object.keys(bootStageBytes) as (keyof typeof bootStageBytes)[])) },
      "bootStage",
    ),
    boot: record(
      {
        protocol: word(...bootProtocols),
        drive: record({ labels: list(text), ids: list(text) }),
        softDevices: list(count),
        samBa: record({ origin: count, buffer: count }),
        qemu: text,
      },
      ...["drive", "softDevices", "samBa", "qemu"],
    ),
    reserved: list(record(range)),
    flashOnly: truth,
    aliases: list(text),
  },
  ...["clockAssumed", "console", "consoles", "usb", "hal", "microphone", "microphones", "flashOnly", "aliases"],
);

export function readBoard(json: string, chips: readonly Chip[]): Board {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw boardError("shape", { path: "the file", problem: "not JSON" });
  }
  const named = isRecord(value) && typeof value["chip"] === "string" ? value["chip"] : undefined;
  if (named !== undefined) {
    const chip = chips.find((candidate) => candidate.name === named);
    if (!chip) throw boardError("shape", { path: "chip", problem: `no chip is named ${named}` });
    value = { ...(value as object), chip };
  }
  const problems = new Problems();
  checkShape(value, boardSchema, "board", problems);
  problems.done();
  return checkBoard(value as Board);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function checkShape(value: unknown, schema: Schema, path: string, problems: Problems): void {
  const fail = (problem: string) => problems.add(boardError("shape", { path, problem }));
  switch (schema.kind) {
    case "text":
      return typeof value === "string" && value.length <= 1000 ? undefined : fail("a text is expected");
    case "truth":
      return typeof value === "boolean" ? undefined : fail("true or false is expected");
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? undefined : fail("a number is expected");
    case "scalar":
      return typeof value === "string" || Number.isFinite(value) ? undefined : fail("a number or a text is expected");
    case "count":
      return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff
        ? undefined
        : fail("an integer from 0 to 4294967295 is expected");
    case "word":
      return schema.of.includes(value as string) ? undefined : fail(`one of ${schema.of.join(", ")} is expected`);
    case "list":
      if (!Array.isArray(value) || value.length > schema.most)
        return fail(`a list of at most ${schema.most} is expected`);
      return value.forEach((item, i) => void checkShape(item, schema.of, `${path}[${i}]`, problems));
    case "map":
      if (!isRecord(value) || Object.keys(value).length > 64) return fail("an object of at most 64 fields is expected");
      for (const [key, item] of Object.entries(value)) checkShape(item, schema.of, `${path}.${key}`, problems);
      return;
    case "either": {
      const tag = isRecord(value) ? value[schema.tag] : undefined;
      const chosen = typeof tag === "string" && Object.hasOwn(schema.of, tag) ? schema.of[tag] : undefined;
      if (!chosen) return fail(`${schema.tag} must be one of ${Object.keys(schema.of).join(", ")}`);
      return checkShape(value, chosen, path, problems);
    }
    case "record":
      if (!isRecord(value)) return fail("an object is expected");
      for (const key of Object.keys(value)) if (!Object.hasOwn(schema.fields, key)) fail(`unknown field ${key}`);
      for (const [key, field] of Object.entries(schema.fields)) {
        const present = Object.hasOwn(value, key) && value[key] !== undefined;
        if (present) checkShape(value[key], field, `${path}.${key}`, problems);
        else if (!schema.optional.includes(key)) fail(`field ${key} is missing`);
      }
  }
}
