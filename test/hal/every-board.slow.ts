// Every board that has firmware: hello is whole at the console's speed and pins, seconds do not drift, what is sent comes back. One board of
// each family proves the same in the quick suite.

import { describe, expect, test } from "vitest";
import { knownBoards } from "../../host/board/board.ts";
import { FirmwareRun } from "./run-firmware.ts";

const boards = knownBoards.filter(({ hal }) => hal !== undefined);

describe.each(boards.map(({ name, clockHz }) => [name, clockHz] as const))("%s", (name, clockHz) => {
  test("says hello, then the time, without drift", async () => {
    const run = await FirmwareRun.of("hello_main", name);
    run.until(10.5);
    expect(run.lines[0]).toBe(`hello from ${name}, clock ${clockHz}, fallback 0`);
    const times = run.lines.slice(1).map((line) => Number(line.replace("time ", "")));
    expect(times.length).toBe(10);
    expect(Math.abs(times[9]! - times[1]! - 8e6)).toBeLessThan(100);
    expect(Math.abs(times[9]! - 10e6)).toBeLessThan(2000);
    expect(run.machine.notes).toEqual([]);
    expect(run.machine.faults).toEqual([]);
  });

  test("echoes a burst", async () => {
    const run = await FirmwareRun.of("echo_main", name);
    run.until(0.1);
    const sent = Array.from({ length: 200 }, (_, i) => String.fromCharCode(32 + ((i * 7) % 90))).join("");
    run.machine.send(new TextEncoder().encode(sent));
    run.pass(0.1);
    expect(run.text).toBe(sent);
  });
});
