import { describe, expect, it } from "vitest";
import { knownBoards } from "../../host/board/board.ts";
import { command } from "../../host/cli/commands/boards.ts";
import { callVerb } from "./verb.ts";

describe("boards", () => {
  it("lists every board with its figures, approximations marked", async () => {
    const { out, err, exit } = await callVerb(command, {});
    expect(exit).toBe(0);
    for (const { name, title } of knownBoards) expect(out).toMatch(new RegExp(`^${name} .*${escaped(title)}$`, "m"));
    expect(out).toMatch(/^pico +cortex-m0plus +125 +\S+ +264 +uart0 115200 +picoboot/m);
    expect(out).toMatch(/^feather-nrf52840 +cortex-m4 +64 +824 +256/m);
    expect(out).toMatch(/^cortex-m7 +cortex-m7 ≈/m);
    expect(out).toMatch(/^netduinoplus2 +cortex-m4 +168 \?/m);
    expect(err).toContain("≈ cortex-m33: cycles are an approximation");
  });

  it("tells scripts everything", async () => {
    const { out } = await callVerb(command, {}, true);
    const { ok, boards } = JSON.parse(out);
    expect(ok).toBe(true);
    expect(boards.length).toBe(knownBoards.length);
    for (const board of boards) {
      expect(board.ram.bytes).toBeGreaterThan(0);
      expect(board.flash.bytes).toBeGreaterThan(0);
    }
    expect(boards.find(({ name }: { name: string }) => name === "nano33ble")).toMatchObject({
      core: "cortex-m4",
      clockHz: 64_000_000,
      flash: { address: 0x10000, bytes: 960 * 1024 },
      boot: "sam-ba",
      console: { uart: "uarte0", baud: 115200 },
    });
  });
});

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
