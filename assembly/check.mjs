// What may not be in compiled kernels, and how their text is cut into functions. Input is the annotated text that
// wasm-opt prints: every top-level item starts with one blank and a parenthesis, every position is a line of its own.
//
// Refused: allocation and any other part of the AssemblyScript runtime, data segments (constants come from the plan as
// arguments), globals and tables (a kernel has no state), f64 (the device has none), growing memory, unknown imports, and
// signed division by a constant power of two, which stays a division: the source meant a shift or an unsigned division.

/** Of all code for the device. */
export const commonRefusals = [
  [/^\(data\b/, "a data segment: pass constants as arguments instead (string, array literal or memory.data?)"],
  [/^\((table|elem)\b/, "a function table: no function references in kernels"],
  [/^\(tag\b/, "an exception tag"],
  [/\bf64\b/, "f64 arithmetic: the device has none (a decimal literal without <f32>, or Math instead of our f32 functions?)"],
  [/^\(memory\.grow\b/, "memory.grow: nothing on the device allocates"],
  [/\$~lib\/rt\b|__new\b|__alloc\b|__renew\b|__collect\b|\$~lib\/builtins\/abort/, "the runtime (allocation or abort)"],
  [/^\(call_indirect\b/, "an indirect call"],
];

const refusals = [...commonRefusals, [/^\(global\b/, "a global: kernels have no state"]];

/** The runtime is what these would become a call of (host/codegen: translate.ts, wide.ts, legalise.ts). */
const runtimeRefusals = [
  [/^\(f32\./, "f32 arithmetic in the runtime, which is what computes it"],
  [/^\(i(32|64)\.(div|rem)_[su]\b/, "a division in the runtime, which is what divides"],
];

/** Top-level items of the module: { text: trimmed lines, head: first line that is no position }. */
export function blocks(text) {
  const items = [];
  let pending = [];
  let current;
  for (const line of text.split(/\r?\n/)) {
    if (/^ ;;@/.test(line)) pending.push(line.trim());
    else if (/^ \(/.test(line)) {
      current = { head: line.trim(), lines: [...pending, line.trim()] };
      pending = [];
      items.push(current);
    } else if (current && line !== ")" && !line.startsWith(" ;; custom section") && line.trim()) current.lines.push(line.trim());
  }
  return items;
}

/** Problems as `file:line: words`, or with the function's name where the compiler kept no position. */
export function checkModule(text, form) {
  const problems = new Set();
  const patterns = form === "runtime" ? [...refusals, ...runtimeRefusals] : refusals;
  for (const { head, lines } of blocks(text)) {
    const fn = /^\(func \$(\S+)/.exec(head)?.[1];
    const module = /^\(import "([^"]*)" "([^"]*)"/.exec(head);
    if (module && module[1] !== "thumb" && !(module[1] === "env" && module[2] === "memory"))
      problems.add(`kernels/${form}: unknown import ${module[1]}.${module[2]}: only thumb.* and env.memory exist`);
    let place;
    for (const line of lines) {
      if (line.startsWith(";;@ ")) place = /^;;@ (\S+):(\d+):\d+/.exec(line)?.slice(1, 3).join(":");
      for (const [pattern, words] of patterns)
        if (pattern.test(line)) problems.add(`${place ?? fn ?? `kernels/${form}`}: ${words}`);
    }
    const found = form === "runtime" ? variableShifts(lines) : divisions(lines);
    for (const { place: where, words } of found) problems.add(`${where ?? fn}: ${words}`);
  }
  return [...problems];
}

/** Signed divisions whose divisor is a constant power of two. */
function* divisions(lines) {
  for (const { place, name, second } of binaryOperations(lines, /^\((i(?:32|64)\.(?:div|rem)_s)/)) {
    const value = /^\(i(?:32|64)\.const (-?\d+)\)/.exec(second)?.[1];
    if (!value) continue;
    const divisor = BigInt(value) < 0n ? -BigInt(value) : BigInt(value);
    if (divisor > 0n && (divisor & (divisor - 1n)) === 0n)
      yield { place, words: `${name} by ${value} stays a division: write a shift, a mask, or <u32>` };
  }
}

/** 64-bit shifts by anything but a constant: on a device they are calls of the runtime. */
function* variableShifts(lines) {
  for (const { place, name, second } of binaryOperations(lines, /^\((i64\.(?:shl|shr_s|shr_u|rotl|rotr))\b/))
    if (!second.startsWith("(i64.const")) yield { place, words: `${name} by a variable amount in the runtime` };
}

/** Operations of a pattern, with the line on which their second operand starts. */
function* binaryOperations(lines, pattern) {
  const open = [];
  let place;
  for (const line of lines) {
    if (line.startsWith(";;@")) {
      place = /^;;@ (\S+):(\d+):\d+/.exec(line)?.slice(1, 3).join(":") ?? place;
      continue;
    }
    const parent = open.at(-1);
    if (parent && line.startsWith("(")) parent.operands++;
    if (parent?.name && parent.operands === 2 && line.startsWith("("))
      yield { place: parent.place, name: parent.name, second: line };
    const opened = (line.match(/\(/g)?.length ?? 0) - (line.match(/\)/g)?.length ?? 0);
    const name = pattern.exec(line)?.[1];
    for (let i = 0; i < opened; i++) open.push({ name, place, operands: 0 });
    for (let i = 0; i > opened; i--) open.pop();
  }
}

/**
 * Module text → KernelLibrary. The module exports kernels and the plain bodies of intrinsics, each under its own name.
 * Internal names: an import becomes `thumb/<intrinsic>` (asc leaves it nameless), a function gets `prefix`, so that the functions of
 * two forms can be put together. Positions keep file and line, the file as an index.
 */
export function splitModule(text, { positions, prefix = "" }) {
  const items = blocks(text);
  const names = new Map();
  for (const { head } of items) {
    const imported = /^\(import "thumb" "([^"]+)" \(func \$(\S+)/.exec(head);
    const fn = /^\(func \$(\S+)/.exec(head)?.[1];
    if (imported) names.set(imported[2], `thumb/${imported[1]}`);
    if (fn) names.set(fn, prefix + fn);
  }
  const library = { exports: {}, functions: {}, imports: {}, plain: {}, files: [] };
  for (const { head, lines } of items) {
    const exported = /^\(export "([^"]+)" \(func \$([^)]+)\)\)/.exec(head);
    const imported = /^\(import "thumb" "([^"]+)" \(func \$(\S+)/.exec(head);
    const fn = /^\(func \$(\S+)/.exec(head)?.[1];
    if (exported) {
      const isPlain = exported[2].startsWith("assembly/intrinsics-plain/");
      (isPlain ? library.plain : library.exports)[exported[1]] = names.get(exported[2]);
    }
    if (imported) library.imports[names.get(imported[2])] = { name: imported[1], text: rename(lines.join("\n"), names) };
    if (fn) library.functions[names.get(fn)] = functionPiece(lines, names, positions ? library.files : undefined);
  }
  return library;
}

/** In definitions and calls; locals and labels have names of their own. */
function rename(text, names) {
  return text.replace(/\((func|call) \$([^\s)]+)/g, (_, word, name) => `(${word} $${names.get(name) ?? name}`);
}

function functionPiece(lines, names, files) {
  // an empty `;;@` says that the compiler gave no position (the `+` of `+=`, a loop's branch): then the enclosing one holds
  const kept = lines.filter((line) => (files ? line !== ";;@" : !line.startsWith(";;@")));
  const text = rename(kept.join("\n"), names).replace(/^;;@ (\S+):(\d+):\d+$/gm, (_, file, line) => {
    if (!files.includes(file)) files.push(file);
    return `;;@ ${files.indexOf(file)}:${line}:1`;
  });
  const calls = new Set([...text.matchAll(/^\(call \$([^\s)]+)/gm)].map((match) => match[1]));
  const header = kept.find((line) => line.startsWith("(func"));
  const params = [...header.matchAll(/\(param \$\S+ (\w+)\)/g)].map((match) => match[1]);
  return { params, calls: [...calls], text };
}
