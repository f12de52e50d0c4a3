// Every error row of every room is produced by a test: each code is named in one. (That the test produces it is the test's
// own business; a row that nobody names has none.)

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { ErrorRow } from "../host/base/errors.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

interface ErrorTable {
  readonly room: string;
  readonly rows: Readonly<Record<string, ErrorRow>>;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && file !== "errors.test.ts")
    .map((file) => readFileSync(join(root, folder, file), "utf8"));
}

async function tables(): Promise<ErrorTable[]> {
  const rooms = readdirSync(join(root, "host"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const found: ErrorTable[] = [];
  for (const { name } of rooms) {
    if (name === "base" || !readdirSync(join(root, "host", name)).includes("errors.ts")) continue;
    const module: Record<string, unknown> = await import(pathToFileURL(join(root, "host", name, "errors.ts")).href);
    for (const value of Object.values(module))
      if (typeof value === "function" && "rows" in value && "room" in value) found.push(value as unknown as ErrorTable);
  }
  return found;
}

describe("errors", () => {
  it("are each named by a test", async () => {
    const tests = sources("test").join("\n");
    const all = await tables();
    const codes = all.flatMap(({ room, rows }) => Object.keys(rows).map((name) => ({ room, name })));
    expect(codes.length).toBeGreaterThan(80);
    const unnamed = codes.filter(
      ({ room, name }) =>
        !tests.includes(`${room}/${name}`) && !tests.includes(`"${name}"`) && !tests.includes(`  ${name}: `),
    );
    expect(unnamed.map(({ room, name }) => `${room}/${name}`)).toEqual([]);
  });

  it("are rows of their own room", async () => {
    for (const { room, rows } of await tables())
      for (const [name, { exit }] of Object.entries(rows)) {
        expect(`${room}/${name}`).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
        expect(exit).toBeGreaterThanOrEqual(2);
        expect(exit).toBeLessThanOrEqual(11);
      }
  });
});
