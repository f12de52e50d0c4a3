// What a user can get wrong with the simulator. Faults of the simulated program are not errors: they are FaultReports.

import { defineErrors } from "../base/errors.ts";

const hex = (value: number) => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

export const simError = defineErrors("sim", {
  "outside-memory": {
    exit: 11,
    message: (f: { address: number; bytes: number; board: string }) =>
      `the image puts ${f.bytes} bytes at ${hex(f.address)}, where ${f.board} has no memory`,
    hint: () => "was the image built for another board?",
  },
  "no-start": {
    exit: 11,
    message: (f: { address: number; board: string }) =>
      `no vector table at ${hex(f.address)}, where ${f.board} starts, and the image names no entry`,
    hint: () => "was the image built for another board?",
  },
  "no-memory": {
    exit: 2,
    message: (f: { address: number; bytes: number }) => `${f.bytes} bytes at ${hex(f.address)} are not in memory`,
  },
  "no-uart": {
    exit: 2,
    message: (f: { name: string; known: readonly string[] }) =>
      `the board has no UART ${f.name}, only ${f.known.join(", ") || "none"}`,
  },
  "no-model": {
    exit: 2,
    message: (f: { model: string; known: readonly string[] }) => `the simulator has no peripheral model ${f.model}`,
    hint: (f) => `models are: ${f.known.join(", ")}`,
  },
  "program-fault": {
    exit: 3,
    message: (f: { words: string; where: string; address?: number }) =>
      `the program faulted in ${f.where}: ${f.words}${f.address === undefined ? "" : ` at ${hex(f.address)}`}`,
  },
  "program-status": {
    exit: 3,
    message: (f: { status: number }) => `the program ended with status ${f.status}`,
  },
  "flash-only": {
    exit: 2,
    message: (f: { board: string }) => `${f.board} has a core that the simulator does not know`,
  },
});

/** What can be wrong with a file of measurements. */
export const feedError = defineErrors("sim", {
  "feed-text": { exit: 2, message: () => "the feed is no UTF-8 text, nor a WAV file" },
  "feed-empty": { exit: 2, message: (f: { format: string }) => `the ${f.format} feed has no samples` },
  "feed-header": {
    exit: 2,
    message: (f: { problem: string }) => `the feed's header: ${f.problem}`,
    hint: () => "a header is t_s and a name with its unit for each value: t_s,ax_g,ay_g,az_g",
  },
  "feed-line": { exit: 2, message: (f: { problem: string }) => `the feed: ${f.problem}` },
  "feed-too-long": {
    exit: 2,
    message: (f: { bytes: number; most: number }) => `the feed has ${f.bytes} bytes, at most ${f.most} are read`,
  },
  "feed-wav": { exit: 2, message: (f: { problem: string }) => `not a WAV file that can be played: ${f.problem}` },
});
