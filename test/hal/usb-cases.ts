// USB of firmware on a board, by a strict host: what chapter 9 and CDC want, packets and their ends, halts.

import { describe, expect, test } from "vitest";
import { readString } from "../../host/sim/usb/usb-descriptors.ts";
import type { ControlTransfer } from "../../host/sim/usb/usb-transfer.ts";
import { UsbBench } from "./usb-bench.ts";

const control = (
  requestType: number,
  request: number,
  value: number,
  index: number,
  rest: Pick<ControlTransfer, "length" | "data"> = {},
): ControlTransfer => ({ kind: "control", requestType, request, value, index, ...rest });
const descriptor = (key: number, length: number) => control(0x80, 6, key, key >> 8 === 3 ? 0x409 : 0, { length });
const halt = (on: boolean, address: number) => control(2, on ? 3 : 1, 0, address);
const text = (length: number, seed = 0) =>
  Uint8Array.from({ length }, (_, i) => 33 + ((i * 7 + seed * 13 + (i >> 6)) % 90));
const string = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** What a board says of itself. */
const identities = {
  pico: ["Raspberry Pi", 0x2e8a, 0x000a, undefined],
  nano33ble: ["Arduino", 0x2341, 0x805a, "1E7A0C4F5EB1D0A2"],
} as const;

export const describeUsb = (board: keyof typeof identities) =>
  describe(`USB of ${board}`, () => {
    const [manufacturer, vendorId, productId, serialNumber] = identities[board];

    test("enumerates: 8 bytes, then 18, everything it says of itself, no rule broken", async () => {
      const bench = await UsbBench.of("echo_main", board);
      const { device, configuration, ...texts } = bench.connect();
      expect(device).toMatchObject({ vendorId, productId, maximum0: 64, configurations: 1 });
      expect(texts).toEqual({
        manufacturer,
        product: bench.machine.board.title,
        serialNumber,
      });
      expect(configuration.interfaces.map(({ kind, endpoints }) => [...kind, endpoints.length])).toEqual([
        [2, 2, 0, 1],
        [10, 0, 0, 2],
      ]);
      expect(configuration.interfaces[1]!.endpoints).toEqual([
        { address: 0x02, type: "bulk", maximum: 64 },
        { address: 0x82, type: "bulk", maximum: 64 },
      ]);
      expect(bench.violations).toEqual([]);
      expect(bench.machine.notes).toEqual([]);
    });

    test("descriptors come in as many bytes as are asked for, in packets of 64", async () => {
      const bench = await UsbBench.of("echo_main", board, "a title of 31 letters, 64 bytes");
      bench.connect();
      const whole = bench.one(descriptor(0x200, 255)).data;
      expect(whole.length).toBe(75);
      for (const length of [1, 8, 9, 63, 64, 65, 74, 75, 76, 1000])
        expect(bench.one(descriptor(0x200, length))).toEqual({ status: "ok", data: whole.subarray(0, length) });
      // exactly one packet: asked for more, an empty one ends it; asked for 64, there is none
      for (const length of [64, 65, 255]) {
        const { status, data } = bench.one(descriptor(0x302, length));
        expect([status, readString(data, expect.fail)]).toEqual(["ok", "a title of 31 letters, 64 bytes"]);
      }
      expect(bench.violations).toEqual([]);
    });

    test("line coding: what was set is what is read", async () => {
      const bench = await UsbBench.of("echo_main", board);
      bench.connect();
      const get = control(0xa1, 0x21, 0, 0, { length: 7 });
      expect([...bench.one(get).data]).toEqual([0x00, 0xc2, 0x01, 0, 0, 0, 8]);
      const data = Uint8Array.of(0x60, 0x5b, 0x03, 0, 2, 2, 7); // 220000 7E2
      expect(bench.one(control(0x21, 0x20, 0, 0, { data })).status).toBe("ok");
      expect(bench.one(get).data).toEqual(data);
      expect(bench.one(control(0x21, 0x23, 100, 0)).status).toBe("ok"); // SEND_BREAK
      expect(bench.violations).toEqual([]);
    });

    test("what it does not know is refused by STALL, and the next request is answered", async () => {
      const bench = await UsbBench.of("echo_main", board);
      bench.connect();
      const refused: Readonly<Record<string, ControlTransfer>> = {
        "a vendor's": control(0xc0, 1, 0, 0, { length: 4 }),
        "device qualifier of a full-speed device (9.6.2)": descriptor(0x600, 10),
        "a string that is none": descriptor(0x309, 255),
        "another configuration": descriptor(0x201, 9),
        "SET_CONFIGURATION 2": control(0, 9, 2, 0),
        SET_DESCRIPTOR: control(0, 7, 0x100, 0, { data: text(18) }),
        "status of endpoint 5": control(0x82, 0, 0, 5, { length: 2 }),
        "status of interface 2": control(0x81, 0, 0, 2, { length: 2 }),
        "alternate setting 1": control(1, 11, 1, 1),
        "remote wake-up": control(0, 3, 1, 0),
        "an unknown class request": control(0x21, 0x30, 0, 0),
        "line coding of 5 bytes": control(0x21, 0x20, 0, 0, { data: text(5) }),
        "line state with data": control(0x21, 0x22, 0, 0, { data: text(2) }),
        "a descriptor to be written": control(0x00, 6, 0x100, 0, { data: text(18) }),
      };
      for (const [what, transfer] of Object.entries(refused)) {
        expect([what, bench.one(transfer).status]).toEqual([what, "stall"]);
        expect([what, bench.one(control(0x80, 8, 0, 0, { length: 1 }))]).toEqual([
          what,
          { status: "ok", data: Uint8Array.of(1) },
        ]);
      }
      expect(bench.one(control(0x80, 0, 0, 0, { length: 2 })).data).toEqual(Uint8Array.of(0, 0));
      expect(bench.one(control(0x81, 10, 0, 1, { length: 1 })).data).toEqual(Uint8Array.of(0));
      expect(bench.violations).toEqual([]);
    });

    test("packets of every length come back, a full last one followed by an empty one", async () => {
      const bench = await UsbBench.of("echo_main", board);
      const ends = bench.open();
      for (const length of [1, 2, 63, 64, 65, 127, 128, 192, 256, 300]) {
        const data = text(length, length);
        expect(bench.one({ kind: "out", endpoint: ends.out, data }).status).toBe("ok");
        expect(bench.read(ends, 0.01)).toBe(string(data));
      }
      expect(bench.violations).toEqual([]);
      expect(bench.machine.notes).toEqual([]);
    });

    test("halted endpoints answer STALL; mended, nothing is lost or doubled", async () => {
      const bench = await UsbBench.of("echo_main", board);
      const ends = bench.open();
      const status = (address: number) => bench.one(control(0x82, 0, 0, address, { length: 2 })).data[0];
      const send = (data: Uint8Array) => bench.one({ kind: "out", endpoint: ends.out, data }).status;
      expect(send(text(3))).toBe("ok");
      expect(bench.read(ends, 0.01)).toBe(string(text(3)));
      bench.one(halt(true, 0x82));
      expect([status(0x82), status(0x02), status(0x81)]).toEqual([1, 0, 0]);
      expect(send(text(70, 1))).toBe("ok");
      expect(bench.one({ kind: "in", endpoint: ends.in, length: 64 }).status).toBe("stall");
      bench.one(halt(false, 0x82));
      bench.host.pipes.toggles.delete(0x82);
      expect(bench.read(ends, 0.01)).toBe(string(text(70, 1)));
      bench.one(halt(true, 0x02));
      expect(status(0x02)).toBe(1);
      expect(send(text(5))).toBe("stall");
      bench.one(halt(false, 0x02));
      bench.host.pipes.toggles.delete(0x02);
      expect([status(0x82), status(0x02)]).toEqual([0, 0]);
      expect(send(text(9, 2))).toBe("ok");
      expect(bench.read(ends, 0.01)).toBe(string(text(9, 2)));
      expect(bench.violations).toEqual([]);
    });

    test("without a configuration only endpoint 0 answers; at another address nothing does", async () => {
      const bench = await UsbBench.of("echo_main", board);
      const ends = bench.open();
      expect(bench.one(control(0, 9, 0, 0)).status).toBe("ok");
      expect(bench.one(control(0x80, 8, 0, 0, { length: 1 })).data[0]).toBe(0);
      expect(bench.one({ kind: "in", endpoint: ends.in, length: 64 }).status).toBe("silent");
      expect(bench.one(control(0x82, 0, 0, 0x82, { length: 2 })).status).toBe("stall");
      expect(bench.one(control(0x82, 0, 0, 0x80, { length: 2 })).status).toBe("ok");
      expect(bench.one(control(0, 9, 1, 0)).status).toBe("ok");
      bench.host.pipes.toggles.clear();
      bench.lineState(1);
      expect(bench.one({ kind: "out", endpoint: ends.out, data: text(5) }).status).toBe("ok");
      expect(bench.read(ends, 0.01)).toBe(string(text(5)));
      bench.host.pipes.address = 9;
      expect(bench.one(control(0x80, 8, 0, 0, { length: 1 })).status).toBe("silent");
      expect(bench.violations).toEqual([]);
    });

    test("who does not read holds up his own bytes and nobody else's", async () => {
      const bench = await UsbBench.of("echo_main", board);
      const ends = bench.open();
      const data = text(5000);
      let sent: string | undefined;
      bench.host.start(
        (function* () {
          sent = (yield { kind: "out", endpoint: ends.out, data }).status;
        })(),
      );
      bench.pass(0.5);
      expect(sent).toBeUndefined();
      expect(bench.one(control(0x80, 8, 0, 0, { length: 1 })).data[0]).toBe(1);
      expect(bench.read(ends, 0.1)).toBe(string(data));
      expect(sent).toBe("ok");
      expect(bench.violations).toEqual([]);
    });
  });
