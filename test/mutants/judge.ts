// Whether the tests of `npm test` notice a mutant. It lives in a copy of the repository (its node_modules is a link), so that programs that
// tests start see it too; tests run from the quickest that look at the compiler to all the rest, and the first that fails ends it.
//
// A test that hangs has noticed. Nothing of a mutant stays in the copy.

import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { applied, type Mutant } from "./mutate.ts";
import { root } from "./sample.ts";

interface Stage {
  readonly files: readonly string[];
  readonly seconds: number;
}

/** One run of Vitest each; no files: all. */
function stagesFor(file: string): readonly Stage[] {
  const first = file.startsWith("host/isa/")
    ? [{ files: ["test/isa/"], seconds: 60 }]
    : [{ files: ["test/codegen/listing", "test/codegen/digests", "test/codegen/check"], seconds: 60 }];
  return [
    ...first,
    { files: ["test/codegen/"], seconds: 90 },
    { files: ["test/link/", "test/engine/sim", "test/wasm/", "test/models/"], seconds: 200 },
    { files: [], seconds: 600 },
  ];
}

export type Verdict = { readonly killed: true; readonly by: string } | { readonly killed: false };

const notCopied = new Set(["node_modules", ".git", ".ci", "README.md"]);

export class Judge {
  readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "mutants-"));
    for (const name of readdirSync(root))
      if (!notCopied.has(name)) cpSync(join(root, name), join(this.folder, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** `by`: only the tests of this file. */
  async judge(mutant: Mutant, options: { readonly by?: string; readonly stages?: number } = {}): Promise<Verdict> {
    const { file } = mutant;
    const program = `dist/${file.replace(/\.ts$/, ".js")}`;
    const sources = [file, program].map((name) => ({ name, text: this.#read(name) }));
    const mutated = applied(sources[0]!.text, mutant);
    this.#write(file, mutated);
    if (sources[1]!.text) this.#write(program, javascriptOf(mutated));
    try {
      const runs = options.by ? [{ files: [options.by], seconds: 60 }] : stagesFor(file).slice(0, options.stages);
      for (const { files, seconds } of runs) {
        const by = await this.failing(files, seconds);
        if (by) return { killed: true, by };
      }
      return { killed: false };
    } finally {
      for (const { name, text } of sources) if (text) this.#write(name, text);
    }
  }

  /** The test file that fails; "time" when nothing has ended in time. Undefined when all pass. */
  failing(files: readonly string[], seconds: number): Promise<string | undefined> {
    const report = join(this.folder, "report.json");
    rmSync(report, { force: true });
    const args = ["run", "--bail=1", "--reporter=json", `--outputFile=${report}`, ...files];
    const vitest = join(this.folder, "node_modules/vitest/vitest.mjs");
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [vitest, ...args], {
        cwd: this.folder,
        stdio: "ignore",
        detached: true,
        env: { ...process.env, THUMBELINA_SUITE: undefined, THUMBELINA_SHRINK: "0", VITEST: undefined },
      });
      const timer = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), seconds * 1000);
      child.on("error", reject);
      child.on("exit", (code, signal) => {
        clearTimeout(timer);
        if (code === 0) resolve(undefined);
        else resolve(signal ? "time" : failedFile(report, this.folder));
      });
    });
  }

  #read(name: string): string {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }
}

function failedFile(report: string, folder: string): string {
  if (!existsSync(report)) return "vitest";
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    readonly testResults: readonly { readonly name: string; readonly status: string }[];
  };
  const failed = testResults.find(({ status }) => status === "failed");
  return failed ? failed.name.slice(failed.name.indexOf("/test/", folder.length) + 1) : "vitest";
}

function javascriptOf(text: string): string {
  return ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      rewriteRelativeImportExtensions: true,
      verbatimModuleSyntax: true,
    },
  }).outputText;
}
