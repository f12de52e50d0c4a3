// Boards and apps that do not give what the library asks for: each is refused by name before anything is built.

import { expect, it } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { buildFirmware, type FirmwareParts } from "../../host/build-firmware.ts";

const pico = findBoard("pico");
const hello: FirmwareParts = {
  ...{ title: "hello", main: "hello_main", fault: "firmware_fault" },
  ...{ drivers: { tick: "quiet" }, config: { "fault.registers": 0 } },
};
const { console: _, ...mute } = pico.hal!;
const unplaced = { ...mute, console: { driver: "rp2040_uart", interrupts: { isr: 20 } } };
const sampling: FirmwareParts = {
  ...{ ...hello, main: "app_main" },
  drivers: { sensor: "absent", tick: "sampling", capture: "no_capture" },
};

it.each([
  ["no driver", hello, { ...pico, hal: mute }, "wasm/no-driver", /console/, 3],
  ["no number", hello, { ...pico, hal: unplaced }, "wasm/no-config", /needs the number \w+\.\w+/, 3],
  ["no table", sampling, pico, "wasm/no-table", /needs the table/, 3],
] as const)("%s", async (_name, parts, board, code, message, exit) => {
  await expect(buildFirmware(parts, board)).rejects.toMatchObject({
    ...{ code, exit, message: expect.stringMatching(message) },
  });
});
