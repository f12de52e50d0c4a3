// The verbs. Adding one: a file in commands/, a row here, a test in test/cli.

import type { Verb } from "./command.ts";

export const verbs: readonly Verb[] = [
  {
    name: "inspect",
    summary: "what is in a model: operators, memory map, arena, flash; what is unsupported",
    load: () => import("./commands/inspect.ts"),
  },
  {
    name: "run",
    summary: "one inference, or a batch, on a chosen engine",
    load: () => import("./commands/run.ts"),
  },
  {
    name: "verify",
    summary: "prove that all engines give the same bits, layer by layer",
    load: () => import("./commands/verify.ts"),
  },
  {
    name: "build",
    summary: "a model to an image for a board, or to a portable WebAssembly module",
    load: () => import("./commands/build.ts"),
  },
  {
    name: "convert",
    summary: "write a model back as a standard .tflite file",
    load: () => import("./commands/convert.ts"),
  },
  {
    name: "sim",
    summary: "run an image on a simulated board; gdb may attach",
    load: () => import("./commands/sim.ts"),
  },
  {
    name: "flash",
    summary: "put an image, or an app built for the board, on a board",
    load: () => import("./commands/flash.ts"),
  },
  {
    name: "stream",
    alias: "monitor",
    summary: "what a device says: results in any format, to files, hooks, brokers; recordings fed to it",
    load: () => import("./commands/stream.ts"),
  },
  {
    name: "doctor",
    summary: "why a board cannot be reached, or says nothing useful: what was seen, and what to do",
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "profile",
    summary: "where an image's cycles go: by function, instruction and call path",
    load: () => import("./commands/profile.ts"),
  },
  {
    name: "disasm",
    summary: "the code of an image as text, function by function",
    load: () => import("./commands/disasm.ts"),
  },
  {
    name: "init",
    summary: "a folder with an app in it: the motion app, or a first one for a model",
    load: () => import("./commands/init.ts"),
  },
  {
    name: "devices",
    summary: "what is plugged in: ports, boot loaders' drives, USB boot loaders, simulated boards",
    load: () => import("./commands/devices.ts"),
  },
  {
    name: "boards",
    summary: "the boards there are: core, clock, memories, console, boot protocol",
    load: () => import("./commands/boards.ts"),
  },
  {
    name: "completions",
    summary: "a completion script for bash, zsh, fish or pwsh",
    load: () => import("./commands/completions.ts"),
  },
];
