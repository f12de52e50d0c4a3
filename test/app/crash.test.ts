// A crash of a running app: what the device keeps over its reset, and what the host makes of it.

import { describe, expect, test } from "vitest";
import { appText, watchApp } from "../../host/cli/app-summary.ts";
import type { Console } from "../../host/cli/simulation.ts";
import { describeCrash } from "../../host/profile/profile.ts";
import { denseLayer, elfOf, file, poison, resets, runPoisoned, storeLine } from "./poisoned-kernel.ts";

/** Where no chip has anything. */
const wild = 0xc0000000;

describe.each([
  ["pico", "the core does not say why", undefined],
  ["nano33ble", "access where nothing answers", wild],
] as const)("%s", (board, cause, address) => {
  test("a wild store in a kernel: layer, function and source line, after the reset; said once, gone without power", async () => {
    const line = storeLine[board];
    poison(line, (_, store) => `${store}(i32.const ${wild | 0})\n`);
    const run = await runPoisoned(board, 3.5);
    expect(run.results()).toEqual([]);
    expect(resets(run)).toEqual([1, 3]);
    const crashes = run.with("crash");
    expect(crashes.length).toBe(1);
    // before the boot line of the same start
    expect(run.said.indexOf(crashes[0]!)).toBe(run.said.indexOf(run.with("boot")[1]!) - 1);
    const place = describeCrash(crashes[0]!.line["crash"], elfOf(run))!;
    const layer = denseLayer(run);
    expect(place).toMatchObject({
      exception: "HardFault",
      cause,
      layer,
      function: layer,
      file,
      line,
      imprecise: false,
    });
    expect(place.address).toBe(address);
    expect(place.text).toContain(`in ${layer}, ${file}:${line}, pc 0x`);
    const console = { onBytes: (_: Uint8Array) => {} };
    const facts = watchApp(run, console as Console);
    console.onBytes(new TextEncoder().encode(run.said.map(({ line: said }) => `${JSON.stringify(said)}\n`).join("")));
    expect(appText(facts())).toContain(`\ncrashed: ${place.text}`);
    run.machine.reset("pin");
    run.until(6.3);
    run.machine.powerCycle();
    run.until(6.5);
    expect(resets(run)).toEqual([1, 3, 2, 3, 1]);
    expect(run.with("crash").length).toBe(2);
  });
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
