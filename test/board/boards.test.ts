// Every file of boards/ against the named rules, and what a user's JSON board may get wrong.

import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import {
  type Board,
  boardRules,
  checkBoard,
  chipCores,
  consoleOf,
  coreOf,
  findBoard,
  knownBoards,
  mainMemories,
  parseBoard,
  withConsole,
  withMicrophone,
} from "../../host/board/board.ts";
import { coreNames } from "../../host/isa/isa.ts";

describe.each(knownBoards.map((board) => [board.name, board] as const))("%s", (_, board) => {
  test.each(Object.keys(boardRules))("%s", (rule) => {
    expect([...boardRules[rule]!(board)]).toEqual([]);
  });
});

test("every board file is listed, under its file's name", () => {
  const files = readdirSync(new URL("../../boards", import.meta.url)).filter((file) => file.endsWith(".ts"));
  expect(files.map((file) => file.replace(".ts", "")).toSorted()).toEqual(
    knownBoards.map(({ name }) => name).toSorted(),
  );
});

test("a board file may name every core of room isa", () => {
  expect(chipCores).toEqual(coreNames);
});

test("bare boards are as the ELF contract says", () => {
  for (const name of ["cortex-m0plus", "cortex-m4", "cortex-m7", "cortex-m33"]) {
    const { flash, ram } = mainMemories(findBoard(name));
    expect([flash.base, flash.bytes, ram.base, ram.bytes]).toEqual([0, 2 << 20, 0x20000000, 512 << 10]);
  }
});

test("nothing is compiled for a core that is only flashed", () => {
  const esp32 = findBoard("esp32-devkitc");
  expect(() => coreOf(esp32.chip)).toThrow(expect.objectContaining({ code: "board/no-core", exit: 3 }));
  expect(coreOf(findBoard("arduino-zero").chip)).toBe("cortex-m0plus");
  expect(() => checkBoard({ ...esp32, flashOnly: undefined })).toThrow(/nothing here compiles for xtensa-lx6/);
});

test("an app may choose another console, where the board has one", () => {
  const pico = findBoard("pico");
  const usb = withConsole(pico, "usb");
  expect([consoleOf(pico), consoleOf(usb)]).toEqual(["uart", "usb"]);
  expect([usb.console!.uart, usb.hal!.console!.driver]).toEqual(["usb", "usb_cdc"]);
  expect(withConsole(usb, "usb")).toBe(usb);
  expect(() => withConsole(findBoard("microbit"), "usb")).toThrow(
    expect.objectContaining({ code: "board/no-console", hint: "it has: uart" }),
  );
});

test("an app's sensor may name another microphone; one that the board does not have is not there", () => {
  const nucleo = findBoard("nucleo-f446re");
  expect(withMicrophone(nucleo, undefined)).toBe(nucleo);
  expect(withMicrophone(nucleo, "analog")).toBe(nucleo);
  expect(withMicrophone(nucleo, "i2s").hal!.audio!.driver).toBe("stm32f4_i2s");
  expect(withMicrophone(nucleo, "pdm").hal).not.toHaveProperty("audio");
  expect(withMicrophone(findBoard("nucleo-l4r5zi"), "i2s").hal!.audio!.driver).toBe("stm32l4_sai");
});

describe("boards of users", () => {
  const pico = findBoard("pico");
  const problem = (board: unknown): string => {
    try {
      parseBoard(typeof board === "string" ? board : JSON.stringify(board));
    } catch (error) {
      if (error instanceof UserError) return `${error.code} ${error.message}`;
      throw error;
    }
    return "accepted";
  };

  test("a known board as JSON is the same board, its chip by value or by name", () => {
    expect(parseBoard(JSON.stringify(pico))).toEqual(pico);
    expect(parseBoard(JSON.stringify({ ...pico, chip: "rp2040" }))).toEqual(pico);
  });

  test.each([
    ["board/shape", "{"],
    ["board/shape", []],
    ["board/shape", { ...pico, chip: "z80" }],
    ["board/shape", { ...pico, clockHz: "fast" }],
    ["board/shape", { ...pico, reserved: undefined }],
    ["board/shape", { ...pico, colour: "green" }],
    ["board/shape", { ...pico, image: { start: -1 } }],
    ["board/rule", { ...pico, image: { start: 0x30000000 } }],
    ["board/rule", { ...pico, console: { uart: "uart9", baud: 9600 } }],
    ["board/rule", { ...pico, console: { uart: "usb", baud: 9600 }, hal: { ...pico.hal, usb: undefined } }],
    ["board/rule", { ...pico, usb: { ...pico.usb, productId: 0x10000 } }],
    ["board/rule", { ...pico, title: "x".repeat(127) }],
    ["board/rule", { ...pico, microphone: undefined }],
    ["board/rule", { ...pico, microphones: { analog: pico.hal!.audio } }],
    ["board/shape", { ...pico, microphones: { ultrasonic: pico.hal!.audio } }],
  ])("%s", (code, board) => {
    expect(problem(board)).toMatch(new RegExp(`^${code} `));
  });

  test("overlapping memories are named", () => {
    const memories = [...pico.chip.memories, { name: "more", kind: "ram", base: 0x20000000, bytes: 4096 }];
    expect(problem({ ...pico, chip: { ...pico.chip, memories } })).toMatch(/ram and more overlap|more and ram overlap/);
    expect(() => checkBoard({ ...pico, clockHz: Number.NaN } as Board)).toThrow(UserError);
  });

  test("an unknown name lists the known ones", () => {
    expect(() => findBoard("arduino-uno")).toThrow(/no board is named/);
    expect(findBoard("rpi_pico")).toBe(pico);
  });
});
