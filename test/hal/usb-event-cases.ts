// USB consoles when something happens to them: nobody listens, the bus sleeps, the cable is pulled in the middle of a packet, clocks fail,
// somebody asks for the boot loader; and the host that every simulated board has at the end of its console.

import { describe, expect, test } from "vitest";
import { Machine } from "../../host/sim/sim.ts";
import { enumerate } from "../../host/sim/usb/usb-enumerate.ts";
import { UsbBench, usbFirmware } from "./usb-bench.ts";

export const describeUsbEvents = (board: "pico" | "nano33ble") =>
  describe(`a USB console of ${board}`, () => {
    const hello = `hello from ${board}, clock ${board === "pico" ? 125 : 64}000000, fallback 0\n`;

    test("with DTR low nobody listens; whoever comes is greeted first", async () => {
      const bench = await UsbBench.of("hello_main", board);
      const ends = bench.open();
      expect(bench.read(ends, 0.01)).toBe(hello);
      bench.lineState(0);
      bench.pass(3);
      expect(bench.read(ends, 1)).toBe("");
      bench.lineState(1);
      expect(bench.read(ends, 2.9)).toMatch(new RegExp(`^${hello}time 5\\d{6}\ntime 6\\d{6}\n(time 7\\d{6}\n)?$`));
      expect(bench.violations).toEqual([]);
    });

    test("a suspended bus is nobody, too", async () => {
      const bench = await UsbBench.of("hello_main", board);
      const ends = bench.open();
      expect(bench.read(ends, 0.1)).toBe(hello);
      bench.host.suspend(true);
      bench.pass(3);
      bench.host.suspend(false);
      expect(bench.read(ends, 1.5)).toMatch(new RegExp(`^${hello}time 4\\d{6}\n$`));
      expect(bench.violations).toEqual([]);
      expect(bench.machine.notes).toEqual([]);
    });

    test("pulled out in the middle of a packet, put back: no line begins inside another", async () => {
      const bench = await UsbBench.of("hello_main", board);
      const ends = bench.open();
      expect(bench.read(ends, 0.1)).toBe(hello);
      bench.host.pipes.cut = "in";
      expect(bench.read(ends, 1)).toBe("");
      expect(bench.host.plugged).toBe(false);
      bench.pass(1);
      const again = bench.open();
      expect(bench.read(again, 1.9)).toMatch(new RegExp(`^${hello}(time \\d+\n){1,2}$`));
      expect(bench.violations).toEqual([]);
      expect(bench.machine.notes).toEqual([]);
    });

    test("cut in the middle of a line of text: the next listener gets a line feed first", async () => {
      const bench = await UsbBench.of("echo_main", board);
      const ends = bench.open();
      bench.one({ kind: "out", endpoint: ends.out, data: new TextEncoder().encode("half a line") });
      expect(bench.read(ends, 0.01)).toBe("half a line");
      bench.host.unplug();
      bench.pass(0.1);
      const again = bench.open();
      bench.one({ kind: "out", endpoint: again.out, data: new TextEncoder().encode("whole\n") });
      expect(bench.read(again, 0.01)).toBe("\nwhole\n");
    });

    test("cut while the host sends: what had come whole is there, once", async () => {
      const bench = await UsbBench.of("echo_main", board);
      const ends = bench.open();
      bench.one({ kind: "out", endpoint: ends.out, data: new TextEncoder().encode("one\n") });
      bench.host.pipes.cut = "out";
      const { status } = bench.one({ kind: "out", endpoint: ends.out, data: new TextEncoder().encode("two\n") });
      expect(status).toBe("gone");
      bench.pass(0.1);
      const again = bench.open();
      bench.one({ kind: "out", endpoint: again.out, data: new TextEncoder().encode("three\n") });
      expect(bench.read(again, 0.01).trim()).toBe("three");
    });

    test("1200 baud and a falling DTR: the boot loader; neither alone", async () => {
      const bench = await UsbBench.of("guarded_main", board);
      let resets = 0;
      bench.machine.onReset = () => resets++;
      bench.open(1200);
      expect(bench.pass(0.2).kind).toBe("stopped");
      bench.lineCoding(115200);
      bench.lineState(0);
      bench.lineState(1);
      expect([bench.pass(0.2).kind, resets]).toEqual(["stopped", 0]);
      bench.lineCoding(1200);
      expect(bench.lineState(2).status).toBe("ok");
      expect(bench.pass(0.1).kind).toBe("boot-loader");
      if (board === "nano33ble") expect(bench.machine.busRead(0x4000051c, 4)).toBe(0xb0);
      expect(bench.violations).toEqual([]);
    });

    test("the console's host opens it by itself, after a reset of the chip as well", async () => {
      const built = await usbFirmware("hello_main", board);
      const machine = new Machine(built.board);
      let text = "";
      machine.onUart = (line, byte) => (text += line === built.board.console!.uart ? String.fromCharCode(byte) : "?");
      machine.load(built.linked.image);
      const pass = (seconds: number) => {
        machine.world.after(seconds, () => machine.stop());
        machine.run();
      };
      pass(1.5);
      expect(text).toMatch(new RegExp(`^${hello}time 10\\d{5}\n$`));
      text = "";
      machine.reset("pin");
      expect(machine.usbConsole!.open).toBe(false);
      pass(1.5);
      expect(text).toMatch(new RegExp(`^${hello}time 10\\d{5}\n$`));
      expect(machine.notes).toEqual([]);
    });

    test("without its clock there is no device, and the program goes on", async () => {
      const bench = await UsbBench.of("hello_main", board);
      bench.machine.inject(board === "pico" ? "pll_usb" : "hfxo");
      bench.machine.reset("power-on");
      bench.host.plug();
      bench.pass(2.5);
      expect(bench.host.present).toBe(false);
      expect(bench.machine.faults).toEqual([]);
      expect(bench.machine.notes).toEqual([]);
      const before = bench.machine.instructions;
      bench.pass(1);
      expect(bench.machine.instructions).toBeGreaterThan(before);
    });

    test("a bus reset in the middle of everything: it enumerates again", async () => {
      const bench = await UsbBench.of("echo_main", board);
      const ends = bench.open();
      bench.host.start(
        (function* () {
          yield { kind: "out", endpoint: ends.out, data: new Uint8Array(3000).fill(65) };
        })(),
      );
      bench.pass(0.003);
      const found = bench.ask(enumerate(bench.host, 77));
      expect(found?.product).toBe(bench.machine.board.title);
      bench.lineState(1);
      bench.pass(0.01);
      bench.one({ kind: "out", endpoint: ends.out, data: new TextEncoder().encode("here\n") });
      expect(bench.read(ends, 0.01)).toMatch(/here\n$/);
      expect(bench.violations).toEqual([]);
      expect(bench.machine.notes).toEqual([]);
    });
  });
