// What a verb runs: a file, whose kind its content decides, and the board it runs on. An image as it is; a model is built into one.

import { extname } from "node:path";
import { type Board, coreOf, findBoard, parseBoard } from "../board/board.ts";
import { type BuiltApp, buildApp } from "../build-app.ts";
import { findSymbol, type Image, type ImageFormat, readImage, sniffImage } from "../image/image.ts";
import { cores } from "../isa/isa.ts";
import { build } from "../pipeline.ts";
import { Machine } from "../sim/sim.ts";
import { type SimulatedApp, simulateApp } from "../simulate-app.ts";
import { feedsOf, loadApp } from "./app-file.ts";
import type { Arguments } from "./command.ts";
import { error } from "./errors.ts";
import { readBytes, readText } from "./files.ts";
import { listOf, loadModel, within, withinAsync } from "./model.ts";
import type { Terminal } from "./terminal.ts";

/** A known board's name or alias, or a JSON file of a user's own board. */
export function boardFor(name: string): Board {
  if (!name.endsWith(".json")) return findBoard(name);
  const json = readText(name);
  return within(name, () => parseBoard(json));
}

export type FileKind = "image" | "model" | "app" | "binary";

export function kindOfFile(bytes: Uint8Array): FileKind {
  if (sniffImage(bytes)) return "image";
  const magic = new TextDecoder("latin1").decode(bytes.subarray(4, 8));
  if (magic === "TFL3") return "model";
  const first = bytes.subarray(0, 64).find((byte) => byte > 32);
  return first === 0x7b ? "app" : "binary";
}

const promised: Readonly<Record<string, ImageFormat>> = { ".hex": "hex", ".ihex": "hex", ".uf2": "uf2", ".elf": "elf" };

/** By the content; a name that promises a format keeps a damaged file from being taken for a raw binary. */
export function formatOf(file: string, bytes: Uint8Array): ImageFormat | undefined {
  return sniffImage(bytes) ?? promised[extname(file).toLowerCase()];
}

/** The image in a file, checked to be for this board's core. A raw binary lies at `base`, by default where the board starts. */
export function imageFor(file: string, board: Board, base = board.image.start): Image {
  const bytes = readBytes(file);
  const kind = kindOfFile(bytes);
  if (kind === "model" || kind === "app") throw error("not-an-image", { file, kind });
  const image = within(file, () =>
    readImage(bytes, { base, uf2Family: board.chip.uf2Family, format: formatOf(file, bytes) }),
  );
  within(file, () => checkCore(image, board));
  return image;
}

export function checkCore(image: Image, board: Board): void {
  const core = cores[coreOf(board.chip)];
  const named = image.target.core as keyof typeof cores | undefined;
  const needs: readonly string[] = named && named in cores ? [...cores[named].features] : (image.target.needs ?? []);
  const lacking = needs.filter((feature) => !core.features.has(feature as never));
  if (lacking.length > 0) throw error("wrong-core", { lacking, core: core.name, board: board.name });
}

/** `0x…` or decimal. */
export function numberOf(text: string, option: string): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isInteger(value) || value > 0xffffffff)
    throw error("usage", { problem: `${option} ${text}: an address like 0x08000000 is expected` });
  return value;
}

/** For every verb that runs an image on a board. */
export function openMachine(file: string, args: Arguments): { readonly machine: Machine; readonly image: Image } {
  const board = boardFor(String(args["board"]));
  const base = args["base"] === undefined ? undefined : numberOf(String(args["base"]), "--base");
  const image = imageFor(file, board, base);
  const machine = new Machine(board, { memoryTiming: args["memory-timing"] !== false });
  machine.load(image);
  return { machine, image };
}

export interface Program {
  readonly machine: Machine;
  readonly image: Image;
  /** Set where the file was an app. */
  readonly app?: { readonly built: BuiltApp; readonly simulated: SimulatedApp };
}

/**
 * As openMachine; a model is built for the board first: its image runs one inference and stops at thumbelina_done. So is an app: it runs
 * until it is stopped, its sensor fed by --feed.
 */
export async function openProgram(file: string, args: Arguments, terminal: Terminal): Promise<Program> {
  const kind = kindOfFile(readBytes(file));
  if (kind === "app") return openApp(file, args, terminal);
  if (kind !== "model") return openMachine(file, args);
  const board = boardFor(String(args["board"]));
  const { linked } = await withinAsync(file, () => build(loadModel(file), board));
  const machine = new Machine(board, { memoryTiming: args["memory-timing"] !== false });
  machine.load(linked.image);
  return { machine, image: linked.image };
}

async function openApp(file: string, args: Arguments, terminal: Terminal): Promise<Program> {
  const board = boardFor(String(args["board"]));
  const loaded = loadApp(file);
  // what is wrong with a feed is said before anything is built
  const feeds = feedsOf(args, loaded.app, terminal);
  const { input } = loaded.app.sensor;
  if (!feeds[input]) terminal.note(`nothing is fed to ${input}, so there is nothing to sense: --feed ${input}=FILE`);
  const built = await withinAsync(file, () => buildApp(loaded, board));
  const simulated = simulateApp(built, feeds, { memoryTiming: args["memory-timing"] !== false });
  return { machine: simulated.machine, image: built.linked.image, app: { built, simulated } };
}

/** Addresses of --until and --break. */
export function stopsOf(args: Arguments, image: Image, file: string): number[] {
  const symbols = listOf(args["until"]).map((name) => {
    const symbol = findSymbol(image, name);
    if (!symbol) throw error("no-symbol", { name, near: [] }, { file });
    return symbol.address & ~1;
  });
  return [...symbols, ...listOf(args["break"]).map((text) => numberOf(text, "--break") & ~1)].map((at) => at >>> 0);
}
