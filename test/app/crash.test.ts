// A crash of a running app: what the device keeps over its reset, and what the host makes of it.

import { describe, expect, test } from "vitest";
import { imageSpace } from "../../host/board/board.ts";
import { appText, watchApp } from "../../host/cli/app-summary.ts";
import type { Console } from "../../host/cli/simulation.ts";
import { describeCrash } from "../../host/profile/profile.ts";
import { resets, wildStore } from "./poisoned-kernel.ts";

test("pico: a wild store in a kernel, named by layer and source line after the reset; said once, gone without power", async () => {
  const { run, place } = await wildStore("pico");
  // v6-M has no status registers
  expect(place.cause).toBe("the core does not say why");
  expect(place).not.toHaveProperty("address");
  const console = { onBytes: (_: Uint8Array) => {} };
  const facts = watchApp(run, console as Console);
  console.onBytes(new TextEncoder().encode(run.said.map(({ line }) => `${JSON.stringify(line)}\n`).join("")));
  expect(appText(facts())).toContain(`\ncrashed: ${place.text}`);
  // a wild store elsewhere in RAM would be seen
  const { linked, board } = run.built;
  const planned = linked.ramBytes + linked.stackBytes;
  expect(appText(facts())).toContain(`RAM ${planned} bytes as planned, `);
  run.machine.poke(imageSpace(board).ram.base + linked.ramBytes + 99, Uint8Array.of(0));
  expect(appText(facts())).toContain(`RAM ${planned + 100} bytes, planned ${planned}, `);
  run.machine.reset("pin");
  run.until(6.3);
  run.machine.powerCycle();
  run.until(6.5);
  expect(resets(run)).toEqual([1, 3, 2, 3, 1]);
  expect(run.with("crash").length).toBe(2);
});

describe("a record", () => {
  test("that is none is no crash", () => {
    const image = { target: {}, segments: [], sections: [], symbols: [], layers: [], regions: [] };
    const record = { exception: 3, pc: "0x00000100", cfsr: "0x00000000", slice: -1 };
    expect(describeCrash(record, image)!.text).toBe("HardFault: the core does not say why, in pc 0x00000100");
    for (const wrong of [
      undefined,
      null,
      7,
      "crash",
      {},
      { ...record, pc: "0x100" },
      { ...record, cfsr: 0 },
      { ...record, exception: "3" },
    ])
      expect(describeCrash(wrong, image)).toBeUndefined();
    const hung = { ...record, exception: 14, address: "0x00000000", cfsr: "0x00000400" };
    expect(describeCrash(hung, image)).toMatchObject({ exception: "PendSV", imprecise: true });
  });
});
