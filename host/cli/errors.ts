import { defineErrors } from "../base/errors.ts";

export const error = defineErrors("cli", {
  usage: {
    exit: 2,
    message: (f: { problem: string }) => f.problem,
    hint: () => "`thumbelina --help` lists the verbs, `thumbelina VERB --help` a verb's options",
  },
  "cannot-read": {
    exit: 6,
    message: (f: { file: string; why: string }) => `cannot read ${f.file}: ${f.why}`,
  },
  "cannot-write": {
    exit: 6,
    message: (f: { file: string; why: string }) => `cannot write ${f.file}: ${f.why}`,
    hint: () => "nothing was left half-written: files are written under a temporary name and then renamed",
  },
  "batch-line": {
    exit: 2,
    message: (f: { problem: string }) => `not a request: ${f.problem}`,
    hint: () => 'a line is {"model": F, "inputs": [F, …], "outputs": [F, …], "engine"?, "board"?, "continue"?}',
  },
  "not-an-image": {
    exit: 2,
    message: (f: { file: string; kind: string }) =>
      `${f.file} is a${f.kind === "app" ? "n app" : ` ${f.kind}`}, not an image`,
    hint: () => "an image is an ELF, UF2, Intel HEX or raw binary file; `thumbelina build` makes one from a model",
  },
  "feed-channels": {
    exit: 2,
    message: (f: { file: string; channels: number; wanted: number }) =>
      `the feed has ${f.channels} channels, the app's sensor has ${f.wanted}`,
  },
  "not-empty": {
    exit: 2,
    message: (f: { folder: string }) => `${f.folder} is not an empty folder`,
    hint: () => "nothing is ever written over: name a folder that is not yet there",
  },
  "wrong-core": {
    exit: 11,
    message: (f: { lacking: readonly string[]; core: string; board: string }) =>
      `the image needs a core with ${f.lacking.join(", ")}; ${f.board} has a ${f.core}`,
    hint: () => "was the image built for another board?",
  },
  "no-symbol": {
    exit: 2,
    message: (f: { name: string; near: readonly string[] }) => `the image has no function ${f.name}`,
    hint: (f) => (f.near.length > 0 ? `there are: ${f.near.join(", ")}` : undefined),
  },
  "no-port": {
    exit: 6,
    message: (f: { port: number; why: string }) => `cannot listen on 127.0.0.1:${f.port}: ${f.why}`,
    hint: () => "0 takes any free port",
  },
  "no-package": {
    exit: 2,
    message: (f: { package: string; reason: string }) => `the package ${f.package} does not load (${f.reason})`,
    hint: (f) => `it is optional: \`npm install ${f.package}\` brings it`,
  },
  broker: {
    exit: 6,
    message: (f: { broker: string; why: string }) => `cannot connect to the broker ${f.broker}: ${f.why}`,
  },
  "cannot-run": {
    exit: 6,
    message: (f: { command: string; why: string }) => `--exec ${f.command}: ${f.why}`,
    hint: () => "it is started as it stands, without a shell: a program and its arguments",
  },
  "replay-differs": {
    exit: 7,
    message: (f: { samples: number; ours: string; theirs: string | undefined }) =>
      f.theirs === undefined
        ? `${f.samples} samples were replayed, but the device has not summed them up`
        : `the device's CRC over ${f.samples} replayed samples is ${f.theirs}, ours is ${f.ours}`,
    hint: () => "was the device reset meanwhile, or did somebody else speak to it?",
  },
  extension: {
    exit: 2,
    message: (f: { file: string; wanted: readonly string[] }) =>
      `cannot tell a format from the name ${f.file}; known endings: ${f.wanted.join(", ")}`,
  },
});

/** The row of design.md that `run --batch` answers with when there is no state to continue from. */
export const runError = defineErrors("run", {
  "no-state": {
    exit: 2,
    message: (f: { why: string }) => `no state to continue: ${f.why}`,
    hint: () => '"continue" needs the line before to have succeeded with the same model, engine and board',
  },
});
