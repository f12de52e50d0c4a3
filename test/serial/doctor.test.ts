// The doctor in this process: files of a fake machine are read as on a real one, lines are watched in virtual time. What the real command
// line makes of the same cases, over PTYs and sockets, is in test/cli/doctor.slow.ts.

import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { choosePort } from "../../host/serial/choose.ts";
import { diagnose, doctorRows } from "../../host/serial/doctor/diagnose.ts";
import type { Evidence, LineEvidence } from "../../host/serial/doctor/evidence.ts";
import { LineReport } from "../../host/serial/doctor/line-report.ts";
import { udevRules } from "../../host/serial/doctor/udev.ts";
import { watchLine } from "../../host/serial/doctor/watch.ts";
import { MemoryPort } from "../../host/serial/emulated/memory-port.ts";
import { VirtualClock } from "../../host/serial/emulated/virtual-clock.ts";
import { machineEvidence, portEvidence } from "../../host/serial/node/machine.ts";
import { scanPorts } from "../../host/serial/node/port-scan.ts";
import { doctorCases, healthyCases } from "./doctor-cases.ts";
import type { DoctorCase } from "./doctor-scene.ts";
import { FakeRoot } from "./fake-root.ts";
import { noise } from "./flash-bench.ts";
import { misread } from "./misread.ts";
import { resultLine } from "./scripted-device.ts";
import { Speaker } from "./speaker.ts";

const roots: FakeRoot[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) root.remove();
});

const option = (args: readonly string[], name: string) =>
  args.includes(name) ? args[args.indexOf(name) + 1] : undefined;

async function evidenceOf(one: DoctorCase): Promise<Evidence> {
  const root = new FakeRoot(one.distribution);
  roots.push(root);
  one.build(root);
  const machine = await machineEvidence({ root: root.path });
  const address = option(one.args, "-p");
  const name = option(one.args, "--board");
  const seen = await scanPorts({ root: root.path });
  const onFile = one.device?.through !== "tcp" && one.device?.through !== "rfc2217";
  const info = onFile ? portOf(seen, address, name) : { path: "tcp://127.0.0.1:1" };
  const port = info && (await portEvidence(info, machine, { root: root.path }));
  return {
    expected: option(one.args, "--expect") === "loader" ? "loader" : "app",
    machine: one.withoutBinding ? { ...machine, bindingProblem: "Cannot find package 'serialport'" } : machine,
    ports: port ? [port] : [],
    ...(name ? { board: findBoard(name) } : {}),
    ...(onFile ? (address ? { address } : {}) : { address: "tcp://127.0.0.1:1" }),
    ...(one.device ? { line: await lineOf(one.device.make, name) } : {}),
  };
}

function portOf(seen: Parameters<typeof choosePort>[1], address: string | undefined, board: string | undefined) {
  try {
    const choice = choosePort({ address, board }, seen);
    return choice.kind === "one" ? (choice.info ?? { path: choice.address }) : undefined;
  } catch {
    return undefined;
  }
}

const lineOf = (make: NonNullable<DoctorCase["device"]>["make"], board?: string): Promise<LineEvidence> => {
  const clock = new VirtualClock();
  const device = make(clock);
  return watchLine({
    ...{ path: "/dev/ttyUSB0", settings: { baud: 115200 }, clock, milliseconds: 4000 },
    ...(board ? { board: findBoard(board) } : {}),
    open: async (settings) => new MemoryPort(device, { clock, settings, turnaroundMilliseconds: 1 }),
    reopen: async () => undefined,
  });
};

describe("what is wrong is found, alone, with its fix", () => {
  test.each(doctorCases.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const [finding, ...others] = diagnose(await evidenceOf(one));
    expect(finding?.code).toBe(one.finds);
    expect(others.map(({ code }) => code)).toEqual([]);
    expect(finding!.exit).toBe(one.exit);
    expect(finding!.seen.length).toBeGreaterThan(0);
    const steps = finding!.fix.map((step) => ("do" in step ? step.do : step.run)).join("\n");
    if (one.fix) expect(steps).toMatch(one.fix);
  });

  test("twelve kinds, and a case for every row", () => {
    expect(doctorCases.filter(({ ofTwelve }) => ofTwelve).length).toBe(12);
    expect(new Set(doctorCases.filter(({ ofTwelve }) => ofTwelve).map(({ finds }) => finds)).size).toBe(12);
    const tested = new Set(doctorCases.map(({ finds }) => finds));
    const rows = doctorRows.map(({ code }) => code).filter((code) => code !== "port-failed");
    expect(rows.filter((code) => !tested.has(code))).toEqual([]);
  });
});

describe("healthy set-ups", () => {
  test.each(healthyCases.map((one) => [one.name, one] as const))("%s: nothing is found", async (_, one) => {
    expect(diagnose(await evidenceOf(one))).toEqual([]);
  });
});

describe("a line", () => {
  test("that cannot be opened is a finding with the error's own exit", async () => {
    const clock = new VirtualClock();
    const { UserError } = await import("../../host/base/errors.ts");
    const line = await watchLine({
      ...{ path: "/dev/ttyUSB0", settings: { baud: 115200 }, clock, milliseconds: 1000, reopen: async () => undefined },
      open: () => Promise.reject(new UserError("serial/port-permission", 5, "permission denied", {})),
    });
    const healthy = await evidenceOf(healthyCases[0]!);
    expect(diagnose({ ...healthy, line }).map(({ code, exit }) => [code, exit])).toEqual([["port-failed", 5]]);
  });

  test("that somebody hidden holds: ModemManager, if it runs and was not told to keep off; else a name is to be asked for", async () => {
    const busy = { code: "serial/port-busy", exit: 6, message: "/dev/ttyACM0 is in use", hint: undefined } as const;
    const silent = await lineOf(() => new Speaker({ piece: () => undefined, everyMilliseconds: 1 }));
    const held = { ...silent, path: "/dev/ttyACM0", refused: busy };
    const pico = healthyCases[0]!;
    const ignored = await evidenceOf(pico);
    const codes = (evidence: Evidence) => diagnose(evidence).map(({ code, fix }) => [code, JSON.stringify(fix[0])]);
    const fuser = [expect.stringContaining("sudo fuser -v /dev/ttyACM0")];
    expect(codes({ ...ignored, line: held })).toEqual([["port-busy", ...fuser]]);
    const ports = ignored.ports.map((port) => ({ ...port, properties: new Map<string, string>() }));
    expect(codes({ ...ignored, ports, line: held })).toEqual([["modem-manager", ...fuser]]);
    const windows = { ...ignored, machine: { ...ignored.machine, platform: "win32", processes: [] } } as const;
    const denied = { ...held, refused: { ...busy, code: "serial/port-permission", exit: 5 } } as const;
    expect(diagnose({ ...windows, line: denied }).map(({ code }) => code)).toEqual(["port-busy"]);
  });

  test("that starts seldom is watched longer: the third start is seen", async () => {
    const banner = '{"boot":{"board":"pico","reset":6}}\n';
    const line = await lineOf(
      (clock) => new Speaker({ piece: (i) => (i % 5 === 2 ? banner : ""), everyMilliseconds: 500 }, clock),
    );
    expect(line.banner).toEqual({ text: "the app's boot line", times: 3 });
    expect(line.milliseconds).toBeGreaterThan(5000);
    expect(line.milliseconds).toBeLessThan(8500);
  });

  test("is closed in the end, and given time for no more than was asked", async () => {
    const clock = new VirtualClock();
    const ports: MemoryPort[] = [];
    const talker = new Speaker({ piece: (i) => noise(20, i + 1), everyMilliseconds: 20 }, clock);
    const line = await watchLine({
      ...{ path: "x", settings: { baud: 115200 }, clock, milliseconds: 3000, reopen: async () => undefined },
      open: async () => {
        ports.push(new MemoryPort(talker, { clock }));
        return ports[0]!;
      },
    });
    expect(line.readable).toBeLessThan(0.75);
    expect(line.readableAt).toBeUndefined();
    expect(clock.now()).toBeLessThan(3000 + 11 * 800);
    await expect(ports[0]!.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "serial/lost" });
  });

  test("that leaves the bus and comes back is counted", async () => {
    const clock = new VirtualClock();
    const open = async () => {
      const port = new MemoryPort(new Speaker({ piece: () => undefined, everyMilliseconds: 1 }, clock), { clock });
      void clock.sleep(600).then(() => port.lose("unplugged"));
      return port;
    };
    const line = await watchLine({
      ...{ path: "x", settings: { baud: 115200 }, clock, milliseconds: 4000, open },
      reopen: open,
    });
    expect(line.left).toBeGreaterThanOrEqual(3);
    const healthy = await evidenceOf(healthyCases[0]!);
    expect(diagnose({ ...healthy, line }).map(({ code }) => code)).toEqual(["brownout"]);
  });

  test("text that a UART reads at another baud is not readable", () => {
    const bauds = [9600, 19200, 38400, 57600, 74880, 115200, 230400, 460800, 921600];
    const text = Array.from({ length: 3 }, (_, i) => `${resultLine(i)}\nI (${i}) main: x:${i} y:2\r\n`).join("");
    const bytes = new TextEncoder().encode(text);
    for (const sent of bauds)
      for (const read of bauds) {
        const report = new LineReport();
        report.push(misread(bytes, sent, read));
        if (read === sent) expect(report.counted.readable).toBe(1);
        else expect(report.counted.readable, `${sent} at ${read}`).toBeLessThan(0.65);
      }
  });

  test("whatever comes, the report holds", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (pieces) => {
        const report = new LineReport();
        for (const piece of pieces) report.push(piece);
        const { readable, bytes } = report.counted;
        expect(readable).toBeGreaterThanOrEqual(0);
        expect(readable).toBeLessThanOrEqual(1);
        expect(bytes).toBe(pieces.reduce((sum, { length }) => sum + length, 0));
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

describe("udev rules", () => {
  test("name every known board, and the group only where it is a system's", () => {
    const group = (id: number) => [{ name: "plugdev", id, members: [] }];
    const rules = udevRules(group(46));
    expect(rules).toContain('ATTRS{idVendor}=="2e8a", ATTRS{idProduct}=="0003"');
    expect(rules).toContain('TAG+="uaccess"');
    expect(rules).toContain('ENV{ID_MM_DEVICE_IGNORE}="1"');
    expect(rules).toContain('SUBSYSTEM=="usb", ENV{ID_THUMBELINA}=="1", MODE="0660", GROUP="plugdev"');
    expect(udevRules(group(1001))).not.toContain("plugdev");
    expect(udevRules([])).not.toContain("plugdev");
    for (const line of rules.trimEnd().split("\n"))
      expect(line).toMatch(/^(#.*|[A-Z]+(\{[A-Za-z_]+\})?[=!+]?=("[^"]*")(, [A-Z]+(\{[A-Za-z_]+\})?[=!+]?="[^"]*")*)$/);
  });
});
