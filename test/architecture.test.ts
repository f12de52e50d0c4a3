// The walls of the house: who may import whom (ARCHITECTURE.md, "Rooms"), as data, held against every import statement.
// Also: rooms are entered through their room file only, no knots, no `node:` where a browser must run, no printing or
// exiting outside the cli, and a list of the files that are longer than they should be, which may only get shorter.

import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** room → rooms it may import; `types` marks imports that must be `import type`. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  isa: ["base"],
  board: ["base", "isa:types", "boards"],
  image: ["base"],
  graph: ["base"],
  import: ["base", "graph"],
  export: ["base", "graph"],
  quantize: ["base", "graph"],
  train: ["base", "graph"],
  app: ["base", "graph:types", "board:types"],
  plan: ["base", "graph", "board", "isa"],
  wasm: ["base", "plan:types", "app:types", "board:types"],
  codegen: ["base", "isa", "wasm:types"],
  link: ["base", "board", "image", "codegen:types"],
  sim: ["base", "isa", "board", "image"],
  profile: ["base", "image", "sim:types"],
  engine: ["base", "graph", "plan", "wasm:types", "image:types", "sim"],
  update: ["base", "image"],
  serial: ["base", "board", "image"],
  boards: ["board:types"],
};
/** Above the rooms: pipeline.ts, index.ts and the cli may import every room. */
const above = new Set([
  "pipeline",
  "build-firmware",
  "build-app",
  "app-session",
  "simulate-app",
  "paced-machine",
  "board-surroundings",
  "simulated-port",
  "index",
  "cli",
]);
const mayUseNode = new Set(["cli", "train", "serial/node"]);

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
  /** Loaded when the line is reached. */
  readonly lazy?: boolean;
}

const files = ["host", "boards"]
  .flatMap((folder) => list(folder))
  .filter((file) => !file.startsWith("host/wasm/built/"));
const source = new Map(files.map((file) => [file, readFileSync(posix.join(root, file), "utf8")]));

function list(folder: string): string[] {
  try {
    return readdirSync(posix.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? list(path) : path.endsWith(".ts") ? [path] : [];
    });
  } catch {
    return [];
  }
}

function roomOf(file: string): string {
  if (file.startsWith("boards/")) return "boards";
  const [, second = ""] = file.split("/");
  return second.replace(/\.ts$/, "");
}

/** `host/graph/graph.ts` for room graph: the only file that other rooms may name. */
function isRoomFile(file: string): boolean {
  const room = roomOf(file);
  return room === "boards" || file === `host/${room}/${room}.ts` || file === `host/${room}.ts`;
}

/** Static imports and re-exports, and dynamic `import("…")`, with comments left out. */
function importsOf(file: string): Import[] {
  const text = (source.get(file) ?? "").replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const found: Import[] = [];
  for (const match of text.matchAll(/\b(?:import|export)\s+(type\s)?(?:[^"';()]*?\sfrom\s+)?["']([^"']+)["']/g))
    found.push({ file, target: resolve(file, match[2]!), typeOnly: match[1] !== undefined });
  for (const match of text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g))
    found.push({ file, target: resolve(file, match[1]!), typeOnly: false, lazy: true });
  return found;
}

function resolve(file: string, specifier: string): string {
  return specifier.startsWith(".") ? posix.normalize(posix.join(posix.dirname(file), specifier)) : specifier;
}

const imports = files.flatMap(importsOf);
const local = imports.filter(({ target }) => target.startsWith("host/") || target.startsWith("boards/"));

describe("architecture", () => {
  it("knows every room", () => {
    const rooms = new Set(files.map(roomOf));
    expect([...rooms].filter((room) => !above.has(room) && !(room in mayImport))).toEqual([]);
  });

  it("lets rooms import only what the table allows", () => {
    const breaches = local.filter(({ file, target, typeOnly }) => {
      const [from, to] = [roomOf(file), roomOf(target)];
      if (from === to || above.has(from)) return false;
      const allowed = mayImport[from] ?? [];
      return !(allowed.includes(to) || (typeOnly && allowed.includes(`${to}:types`)));
    });
    expect(breaches.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it("enters a room by its room file", () => {
    const breaches = local.filter(
      ({ file, target }) => roomOf(file) !== roomOf(target) && !isRoomFile(target) && roomOf(target) !== "base",
    );
    expect(breaches.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it("names only files that exist", () => {
    const dead = local.filter(({ target }) => !source.has(target) && !target.startsWith("host/wasm/built/"));
    expect(dead.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it("has no import knots", () => {
    expect(knots(local.filter(({ typeOnly }) => !typeOnly))).toEqual([]);
  });

  it("starts the command line without any room or package: --help pays for none", () => {
    const loaded = new Set(["host/cli/main.ts"]);
    for (const file of loaded)
      for (const { target } of imports.filter((one) => one.file === file && !one.typeOnly && !one.lazy))
        loaded.add(target);
    const heavy = [...loaded].filter((target) => !/^(host\/(cli|base)\/[\w-]+\.ts|node:[\w/]+)$/.test(target));
    expect(heavy).toEqual([]);
    expect(loaded.size).toBeLessThan(24);
  });

  it("keeps node: out of browser-safe rooms", () => {
    const breaches = imports.filter(
      ({ file, target }) =>
        target.startsWith("node:") && ![...mayUseNode].some((room) => file.startsWith(`host/${room}/`)),
    );
    expect(breaches.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it("gives each heavy package one importer", () => {
    const owners: Readonly<Record<string, string>> = { binaryen: "wasm", "@jax-js/jax": "train", yargs: "cli" };
    const breaches = imports.filter(({ file, target }) => {
      const owner = owners[target.split("/")[0] === "@jax-js" ? "@jax-js/jax" : target.split("/")[0]!];
      return owner !== undefined && roomOf(file) !== owner;
    });
    expect(breaches.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it("prints and exits only in the cli", () => {
    const loud = files.filter(
      (file) =>
        roomOf(file) !== "cli" &&
        /\bconsole\.(log|error|warn|info|debug|table|dir|trace|assert)\b|\bprocess\.exit\b/.test(source.get(file)!),
    );
    expect(loud).toEqual([]);
  });

  it("has no default exports outside boards/ and no vague names", () => {
    const defaults = files.filter((file) => roomOf(file) !== "boards" && /^export default\b/m.test(source.get(file)!));
    const vague = files.filter((file) => /\/(utils?|helpers?|misc|common|manager)\.ts$/i.test(file));
    expect([...defaults, ...vague]).toEqual([]);
  });

  it("keeps files short: the list of longer ones may only shrink", () => {
    const long = files.filter((file) => source.get(file)!.split("\n").length > 300);
    expect(long.filter((file) => !tolerated.includes(file))).toEqual([]);
    expect(tolerated.filter((file) => !long.includes(file))).toEqual([]);
  });
});

/** Files over 300 lines, each with the reason why it is one idea. */
const tolerated: readonly string[] = [];

/** Strongly connected components of more than one file (Tarjan). */
function knots(edges: readonly Import[]): string[][] {
  const next = new Map<string, Import[]>();
  for (const edge of edges) next.set(edge.file, [...(next.get(edge.file) ?? []), edge]);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const { target } of next.get(file) ?? []) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file)!, low.get(target)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const knot = stack.splice(stack.indexOf(file));
    if (knot.length > 1) found.push(knot);
  };
  for (const file of next.keys()) if (!index.has(file)) visit(file);
  return found;
}
