// A cable that is pulled at any byte of a flash: what is left is the old image, the new one, or none that a chip would start. Half an image
// with its vectors in place is what no protocol forces, so none of ours leaves it.

import { expect, test } from "vitest";
import { FaultyDevice } from "../../host/serial/emulated/faulty-device.ts";
import { runFlash } from "./flash-bench.ts";
import { image, romBenches } from "./rom-benches.ts";

const cuts = 8;
/** More than the STM32's first sector: vectors and the rest of the image are erased apart. */
const bytes = 17_000;
const kinds = ["stm32-usart", "sam-ba samd21", "sam-ba nano33ble"];
const benches = romBenches.filter(({ name }) => kinds.includes(name));

test.each(benches.map((bench) => [bench.name, bench] as const))("%s", async (_, bench) => {
  const [old, fresh] = [image(bytes, 8), image(bytes, 9)];
  const at = bench.address - bench.flashBase;
  const left = { old: 0, none: 0, new: 0 };
  for (let cut = 1; cut <= cuts; cut++) {
    const flash = new Uint8Array(bench.flashBytes).fill(0xff);
    flash.set(old, at);
    const fault = { kind: "leave", direction: "to-device", at: Math.round((cut / cuts) * 1.1 * bytes) } as const;
    const device = new FaultyDevice(bench.device(flash, 0), [fault]);
    await runFlash(bench.protocol, device, bench.board, [{ address: bench.address, data: fresh }]).catch(
      ({ code }) => void expect(code).toMatch(/^serial\/(lost|no-answer)$/),
    );
    const now = flash.subarray(at, at + bytes);
    const is = (wanted: Uint8Array) => Buffer.compare(now, wanted) === 0;
    const state = is(old) ? "old" : is(fresh) ? "new" : "none";
    if (state === "none")
      expect(
        now.subarray(0, 8).every((byte) => byte === 0xff),
        `cut ${cut}`,
      ).toBe(true);
    left[state]++;
  }
  expect(left.none).toBeGreaterThan(cuts / 2);
});
