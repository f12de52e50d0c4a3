// Compiles the kernels once, for every model: `npm run kernels`.
//
//   assembly/kernels/device.ts ─ asc ─┐ .wasm + source map ─ wasm-opt -ism -S ─ text ─ check ─ split ─ host/wasm/built/device.ts
//   assembly/kernels/simd.ts   ─ asc ─┘                           both: host-form.mjs ─ .wasm, base64 ─ host/wasm/built/host.ts
//   (intrinsics-plain.ts goes with device)
//   assembly/runtime/runtime.ts ─ asc ─ .wasm, .wat, source map ─ check ─ base64 ─ host/wasm/built/runtime.ts
//
// The device's is a KernelLibrary (host/wasm/kernel-library.ts): the text of every function by name, so that the wasm room
// parses only what a model needs. It keeps source positions (`;;@ file:line:col` before an expression).
// Skipped when sources, compiler versions and options are unchanged. Errors name file and line where they can.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { checkModule, splitModule } from "./check.mjs";
import { hostForm } from "./host-form.mjs";
import { lint } from "./lint.mjs";
import { splitFirmware } from "./split-firmware.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = join(root, "host", "wasm", "built");
const forms = ["device", "simd"];
const plainBodies = "assembly/intrinsics-plain.ts";

/** All texts the result depends on: files by path relative to the root, with `/`, and the compilers' versions. */
async function readSources() {
  const found = (await readdir(join(root, "assembly"), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"));
  const paths = ["asconfig.json", ...found.sort()];
  const files = await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path), "utf8")]));
  const { devDependencies, dependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  return new Map([...files, ["versions", `${devDependencies.assemblyscript} ${dependencies.binaryen}`]]);
}

/** Firmware is what kernels and runtime are not; all else (intrinsics, compilers, the scripts of this folder) is part of both. */
const ofKernels = /^assembly\/(kernels|runtime|intrinsics)/;
const ofFirmware = /^assembly\/(?!kernels\/|runtime\/|intrinsics).*\.ts$/;

function hashOf(sources, leftOut) {
  const hash = createHash("sha256");
  for (const [path, text] of sources)
    if (!leftOut.test(path)) hash.update(`${path}\0${text.replaceAll("\r\n", "\n")}\0`);
  return hash.digest("hex");
}

async function areCurrent(hash, names) {
  const heads = await Promise.all(
    names.map((name) => readFile(join(built, `${name}.ts`), "utf8").then((text) => text.slice(0, 200), () => "")),
  );
  return heads.every((head) => head.includes(hash));
}

/** Source files by path → annotated module text of one form. */
export async function compileModule(form, sources) {
  const config = await readFile(join(root, "asconfig.json"), "utf8");
  return annotate(await compile(form, new Map([["asconfig.json", config], ...sources])));
}

/** Source files by path → annotated text of everything that firmware may consist of. */
export async function compileFirmware(sources) {
  return annotate(await compile("firmware", sources));
}

const entriesOf = {
  device: ["assembly/kernels/device.ts", plainBodies],
  simd: ["assembly/kernels/simd.ts"],
  firmware: ["assembly/firmware/library.ts"],
};

/** asc, in memory: entry file → wasm and its source map. */
async function compile(form, sources) {
  const { default: asc } = await import("assemblyscript/asc");
  const files = new Map();
  const messages = [];
  const stream = { write: (text) => messages.push(String(text)) };
  const entries = entriesOf[form].filter((entry) => sources.has(entry));
  const { error } = await asc.main([...entries, "--target", form, "--config", "asconfig.json", "-o", "kernels.wasm"], {
    readFile: (name) => sources.get(name.split(sep).join("/")) ?? null,
    writeFile: (name, contents) => void files.set(name, contents),
    listFiles: () => null,
    stdout: stream,
    stderr: stream,
  });
  const said = messages.join("").trim();
  if (error) throw new Error(`${entries[0]} does not compile\n${said || error.message}`);
  if (said) process.stderr.write(`${said}\n`);
  return { wasm: files.get("kernels.wasm"), map: files.get("kernels.wasm.map") };
}

/** Binary and source map → text with positions. binaryen's wasm-opt is a script run by this very node. */
async function annotate({ wasm, map }) {
  const require = createRequire(import.meta.url);
  const wasmOpt = join(dirname(require.resolve("binaryen")), "bin", "wasm-opt");
  const folder = await mkdtemp(join(tmpdir(), "thumbelina-kernels-"));
  try {
    await writeFile(join(folder, "k.wasm"), wasm);
    await writeFile(join(folder, "k.map"), map);
    const features = ["--enable-simd", "--enable-bulk-memory", "--enable-nontrapping-float-to-int", "--enable-sign-ext"];
    const args = ["k.wasm", "-ism", "k.map", ...features, "--quiet", "-S", "-o", "k.wat"];
    await run(process.execPath, [wasmOpt, ...args], folder);
    return await readFile(join(folder, "k.wat"), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What machine code calls as `rt.NAME` (host/codegen/runtime.ts): a module's bytes with names, its source map, and its text for the
 *  checks. */
export async function compileRuntime(sources) {
  const { default: asc } = await import("assemblyscript/asc");
  const files = new Map();
  const messages = [];
  const stream = { write: (text) => messages.push(String(text)) };
  const outputs = ["-o", "runtime.wasm", "--textFile", "runtime.wat"];
  const entry = "assembly/runtime/runtime.ts";
  const { error } = await asc.main([entry, "--target", "device", "--config", "asconfig.json", ...outputs], {
    readFile: (name) => sources.get(name.split(sep).join("/")) ?? null,
    writeFile: (name, contents) => void files.set(name, contents),
    listFiles: () => null,
    stdout: stream,
    stderr: stream,
  });
  if (error) throw new Error(`${entry} does not compile\n${messages.join("").trim() || error.message}`);
  const { sources: paths, mappings } = JSON.parse(files.get("runtime.wasm.map"));
  return { wasm: files.get("runtime.wasm"), text: files.get("runtime.wat"), map: { files: paths, mappings } };
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`wasm-opt failed (${code})\n${said}`))));
  });
}

function deviceText(hash, library) {
  return [
    `// Made by assembly/build.mjs from assembly/kernels/device.ts; do not edit. sources ${hash}`,
    'import type { KernelLibrary } from "../kernel-library.ts";',
    `export const device: KernelLibrary = ${JSON.stringify(library, null, 1)};`,
    "",
  ].join("\n");
}

function firmwareText(hash, library) {
  return [
    `// Made by assembly/build.mjs from assembly/firmware/library.ts; do not edit. sources ${hash}`,
    'import type { FirmwareLibrary } from "../firmware-library.ts";',
    `export const firmware: FirmwareLibrary = ${JSON.stringify(library, null, 1)};`,
    "",
  ].join("\n");
}

function hostText(hash, { bytes, exports, calls }) {
  const entries = [
    `module: "${Buffer.from(bytes).toString("base64")}"`,
    `exports: ${JSON.stringify(exports)} as Readonly<Record<string, number>>`,
    `calls: ${JSON.stringify(calls)} as readonly (readonly number[])[]`,
  ];
  return [
    `// Made by assembly/build.mjs from assembly/kernels/{device,simd}.ts; do not edit. sources ${hash}`,
    `export const host = {\n${entries.map((entry) => `  ${entry},`).join("\n")}\n};`,
    "",
  ].join("\n");
}

function runtimeText(hash, bytes, { files, mappings }) {
  return [
    `// Made by assembly/build.mjs from assembly/runtime/runtime.ts; do not edit. sources ${hash}`,
    `export const runtime = "${Buffer.from(bytes).toString("base64")}";`,
    `export const runtimeFiles: readonly string[] = ${JSON.stringify(files)};`,
    `export const runtimeMappings = "${mappings}";`,
    "",
  ].join("\n");
}

/** Written beside and renamed: another process may be reading. */
async function replaceFile(name, text) {
  const target = join(built, name);
  await writeFile(`${target}.${process.pid}`, text);
  await rename(`${target}.${process.pid}`, target);
}

/** Builds what is out of date; returns a line that says what was done. Throws an Error with all problems. */
export async function build({ force = false } = {}) {
  const started = performance.now();
  const sources = await readSources();
  const parts = [
    { names: ["device", "host", "runtime"], hash: hashOf(sources, ofFirmware), make: buildKernels },
    { names: ["firmware"], hash: hashOf(sources, ofKernels), make: buildFirmware },
  ];
  const current = await Promise.all(parts.map(({ hash, names }) => !force && areCurrent(hash, names)));
  if (current.every(Boolean)) return "kernels: unchanged";
  const problems = [];
  for (const [path, text] of sources) if (/^assembly\/.*\.ts$/.test(path)) problems.push(...lint(path, text));
  refuse(problems);
  await mkdir(built, { recursive: true });
  const summary = [];
  for (const [i, { hash, make }] of parts.entries()) if (!current[i]) summary.push(await make(sources, hash));
  return `kernels: built ${summary.join(", ")} in ${((performance.now() - started) / 1000).toFixed(1)} s`;
}

async function buildKernels(sources, hash) {
  const libraries = {};
  for (const form of forms) {
    const text = await compileModule(form, sources);
    refuse(checkModule(text, form));
    libraries[form] = splitModule(text, form === "device" ? { positions: true } : { positions: false, prefix: "simd/" });
  }
  await replaceFile("device.ts", deviceText(hash, libraries.device));
  await replaceFile("host.ts", hostText(hash, hostForm(libraries.device, libraries.simd)));
  const runtime = await compileRuntime(sources);
  refuse(checkModule(runtime.text, "runtime"));
  await replaceFile("runtime.ts", runtimeText(hash, runtime.wasm, runtime.map));
  return forms.map((form) => `${Object.keys(libraries[form].exports).length} ${form}`).join(", ");
}

async function buildFirmware(sources, hash) {
  const { library, problems } = splitFirmware(await compileFirmware(sources));
  refuse(problems);
  await replaceFile("firmware.ts", firmwareText(hash, library));
  return `firmware of ${Object.keys(library.functions).length} functions`;
}

function refuse(problems) {
  if (problems.length) throw new Error(problems.join("\n"));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    process.stderr.write(`${await build({ force: process.argv.includes("--force") })}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
