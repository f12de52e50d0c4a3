// What an ELF's build attributes say of the core it needs, for gcc's files of each core and for damaged sections.

import { describe, expect, it } from "vitest";
import { readNeeds } from "../../host/image/formats/elf-attributes.ts";
import { readImage, writeImage } from "../../host/image/image.ts";
import { readBuilt } from "../sim/build-programs.ts";

const needsOf = (board: string) => readImage(readBuilt("hello", board)).target.needs;

describe("needs of gcc's files", () => {
  it.each([
    ["microbit", ["v6m"]],
    ["pico", ["v6m"]],
    ["mps2-an385", ["v7m"]],
    ["mps2-an386", ["v7m", "dsp", "fp"]],
    ["mps2-an500", ["v7m", "dsp", "fp"]],
    ["mps2-an505", ["v8m", "fp"]],
  ])("%s", (board, needs) => {
    expect(needsOf(board)).toEqual(needs);
  });

  it("give way to the core that our own files name", () => {
    const image = { ...readImage(readBuilt("hello", "pico")), target: { core: "cortex-m0plus" } };
    expect(readImage(writeImage(image, "elf")).target).toEqual({ core: "cortex-m0plus" });
  });
});

describe("a section", () => {
  const section = (...tags: number[]) =>
    Uint8Array.of(0x41, 0, 0, 0, 0, ...new TextEncoder().encode("aeabi\0"), 1, 0, 0, 0, 0, ...tags);

  it("may skip text tags, and name other profiles", () => {
    expect(readNeeds(section(5, 0x58, 0, 6, 10, 7, 0x4d))).toEqual(["v7m"]);
    expect(readNeeds(section(6, 10, 7, 0x41))).toEqual(["application"]);
    expect(readNeeds(section(6, 4))).toEqual(["application"]);
    expect(readNeeds(section(6, 21, 7, 0x4d))).toEqual(["v8m", "mve"]);
  });

  it("that is damaged says nothing", () => {
    expect(readNeeds(new Uint8Array(0))).toBeUndefined();
    expect(readNeeds(section())).toBeUndefined();
    expect(readNeeds(section(5, 0x58))).toBeUndefined();
    const whole = section(5, 0x58, 0, 6, 10, 7, 0x4d);
    for (let cut = 0; cut < whole.length; cut++) expect(() => readNeeds(whole.subarray(0, cut))).not.toThrow();
    expect(readNeeds(Uint8Array.from({ length: 40 }, () => 0xff))).toBeUndefined();
  });
});
