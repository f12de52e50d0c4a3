// Firmware text → FirmwareLibrary (host/wasm/firmware-library.ts): functions by name with what each calls and reads, so that an image
// takes in only what its board and app need. Input is the annotated text that wasm-opt prints (check.mjs says how it looks).
//
// Refused: what check.mjs refuses of kernels (allocation, data segments, tables, f64, growing memory), and a global that starts at
// anything but zero: start-up clears RAM and copies nothing for firmware.

import { blocks, commonRefusals } from "./check.mjs";

/** `extern`: functions that no library has: start-up's. */
const kept = new Set(["thumb", "cpu", "mmio", "extern"]);
/** asc leaves an empty table in a module that it does not optimise; a call through one is refused all the same. */
const refusals = commonRefusals.filter(([pattern]) => !pattern.source.includes("table|elem"));

export function splitFirmware(text) {
  const library = { exports: {}, functions: {}, imports: {}, globals: {}, files: [] };
  const problems = [];
  for (const { head, lines } of blocks(text)) {
    const name = /^\((?:func|global) \$(\S+)/.exec(head)?.[1];
    let place;
    for (const line of lines) {
      if (line.startsWith(";;@ ")) place = /^;;@ (\S+):(\d+):\d+/.exec(line)?.slice(1, 3).join(":");
      for (const [pattern, words] of refusals)
        if (pattern.test(line)) problems.push(`${place ?? name ?? "firmware"}: ${words}`);
    }
    if (head.startsWith("(import ")) imported(head, lines, library, problems);
    else if (head.startsWith("(export ")) {
      const [, as, of] = /^\(export "([^"]+)" \(func \$([^)]+)\)\)/.exec(head) ?? [];
      if (as) library.exports[as] = of;
    } else if (head.startsWith("(global ")) variable(name, lines.join(" "), library, problems);
    else if (head.startsWith("(func ")) library.functions[name] = piece(lines, library.files);
  }
  return { library, problems };
}

function imported(head, lines, library, problems) {
  const [, module, field, kind, name] = /^\(import "([^"]*)" "((?:[^"\\]|\\.)*)" \((func|global|memory) ?\$?([^\s)]*)/.exec(head) ?? [];
  if (!kind || kind === "memory") return;
  const field8 = unescape8(field);
  if (kind === "global") library.globals[name] = { module, field: field8 };
  else if (kept.has(module)) library.imports[name] = { module, field: field8, text: lines.join("\n") };
  else library.imports[name] = { module, field: field8 };
  if (kind === "func" && !/^[a-z][a-z0-9]*$/.test(module)) problems.push(`firmware: import ${module}.${field}`);
}

/** WebAssembly text escapes: `\22`, `\n` … → the bytes, as UTF-8 text. */
function unescape8(text) {
  const plain = { t: 9, n: 10, r: 13, '"': 34, "'": 39, "\\": 92 };
  const bytes = [];
  const source = Buffer.from(text, "utf8");
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== 92) bytes.push(source[i]);
    else {
      const next = String.fromCharCode(source[i + 1]);
      if (next in plain) {
        bytes.push(plain[next]);
        i++;
      } else {
        bytes.push(Number.parseInt(source.toString("latin1", i + 1, i + 3), 16));
        i += 2;
      }
    }
  }
  return Buffer.from(bytes).toString("utf8");
}

function variable(name, text, library, problems) {
  const [, mutable, type, initial] = /^\(global \$\S+ (\(mut )?(\w+)\)? \((\w+\.const \S+)\)\)/.exec(text) ?? [];
  if (!type) problems.push(`${name}: a global that is no constant`);
  else if (mutable && !/const -?0$/.test(initial)) problems.push(`${name} starts at ${initial}: set it in a start function instead`);
  library.globals[name] = { type, text };
}

function piece(lines, files) {
  const text = lines
    .filter((line) => line !== ";;@")
    .join("\n")
    .replace(/^;;@ (\S+):(\d+):\d+$/gm, (_, file, line) => {
      if (!files.includes(file)) files.push(file);
      return `;;@ ${files.indexOf(file)}:${line}:1`;
    });
  const named = (pattern) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))];
  return { calls: named(/^\(call \$([^\s)]+)/gm), globals: named(/\(global\.[gs]et \$([^\s)]+)/g), text };
}
