// Ports behind sockets: raw TCP, telnet that opens by itself, RFC 2217 asked for. Real sockets on 127.0.0.1; the far end is in the test's
// hands, friendly, silent or hostile.

import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { endpointOf, rfc2217Opener, tcpOpener } from "../../host/serial/node/tcp.ts";
import type { Port } from "../../host/serial/port.ts";
import { escapeData, looksLikeTelnet, TelnetLine } from "../../host/serial/rfc2217.ts";
import { comPortServer } from "./com-port-server.ts";
import { noise } from "./flash-bench.ts";

const servers: Server[] = [];
const ports: Port[] = [];
afterEach(async () => {
  for (const port of ports.splice(0)) await port.close();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** A peer on any free port. */
async function peer(onConnect: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    onConnect(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

async function opened(opening: Promise<Port>): Promise<Port> {
  const port = await opening;
  ports.push(port);
  return port;
}

/** As soon as it is so. */
async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isSo()).toBe(true);
}

function collect(port: Port): number[] {
  const all: number[] = [];
  void (async () => {
    for await (const chunk of port.readable) all.push(...chunk);
  })();
  return all;
}

describe("tcp://", () => {
  test("every byte both ways; no modem lines; closing closes", async () => {
    const got: number[] = [];
    let ended = false;
    const every = Uint8Array.from({ length: 256 }, (_, i) => i);
    const at = await peer((socket) => {
      socket.on("data", (bytes) => got.push(...bytes));
      socket.on("close", () => (ended = true));
      socket.write("x");
      socket.write(every);
    });
    const port = await opened(tcpOpener.open(`tcp://${at}`, { baud: 9600 }));
    const all = collect(port);
    await port.write(every);
    await until(() => got.length === 256 && all.length === 257);
    expect(Uint8Array.from(got)).toEqual(every);
    expect(Uint8Array.from(all.slice(1))).toEqual(every);
    expect(await port.setSignals({ dtr: true })).toBe(false);
    await port.configure({ baud: 115200 });
    await port.close();
    await until(() => ended);
  });

  test("the peer goes: lost, and writing says so", async () => {
    let far: Socket | undefined;
    const at = await peer((socket) => void (far = socket));
    const port = await opened(tcpOpener.open(`tcp://${at}`, { baud: 9600 }));
    const states: string[] = [];
    port.onState((state, reason) => void states.push(`${state}: ${reason}`));
    await until(() => far !== undefined);
    far!.destroy();
    await until(() => states.length > 0);
    expect(states).toEqual([expect.stringMatching(/^lost: /)]);
    await expect(port.write(Uint8Array.of(1))).rejects.toMatchObject({ code: "serial/lost", exit: 6 });
  });

  test("a peer that sends faster than anybody reads is held back", async () => {
    let sent = 0;
    const block = Buffer.alloc(1 << 16, 7);
    const at = await peer((socket) => {
      const more = (): void => {
        while (sent < 1 << 26) {
          sent += block.length;
          if (!socket.write(block)) return void socket.once("drain", more);
        }
      };
      more();
    });
    const port = await opened(tcpOpener.open(`tcp://${at}`, { baud: 9600 }));
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    // 256 KB here, the rest in two socket buffers of the system
    expect(sent).toBeLessThan(1 << 25);
    const reader = port.readable.getReader();
    for (let got = 0; got < 1 << 22; ) got += (await reader.read()).value?.length ?? 0;
    await until(() => sent > before);
    reader.releaseLock();
  });

  test("nobody listens: serial/port-failed", async () => {
    const at = await peer(() => {});
    await new Promise((resolve) => servers.splice(0)[0]!.close(resolve));
    await expect(tcpOpener.open(`tcp://${at}`, { baud: 9600 })).rejects.toMatchObject({
      code: "serial/port-failed",
      message: expect.stringContaining("nobody listens there"),
    });
  });

  test.each(["tcp://host", "tcp://host:70000", "tcp://:80", "tcp://a b:80", "tcp://host:80/x y"])(
    "%s: no address",
    (text) => {
      expect(() => endpointOf(text)).toThrowError(expect.objectContaining({ code: "serial/port-address", exit: 2 }));
    },
  );

  test("names, numbers and IPv6", () => {
    expect(endpointOf("tcp://board.local:3333/")).toEqual({ host: "board.local", port: 3333 });
    expect(endpointOf("rfc2217://[::1]:4000?ign_set_control")).toEqual({ host: "::1", port: 4000 });
  });
});

const [IAC, WILL, WONT, DO, comPort] = [255, 251, 252, 253, 44] as const;

describe("RFC 2217", () => {
  test("asked for: settings and modem lines go over, data is escaped both ways", async () => {
    let server: ReturnType<typeof comPortServer> | undefined;
    let far: Socket | undefined;
    const at = await peer((socket) => {
      far = socket;
      server = comPortServer(socket);
    });
    const port = await opened(rfc2217Opener.open(`rfc2217://${at}`, { baud: 115200, parity: "even" }));
    const all = collect(port);
    expect(await port.setSignals({ dtr: false, rts: true })).toBe(true);
    expect(await port.setSignals({ brk: true })).toBe(true);
    await port.configure({ baud: 0x00ff01ff, stopBits: 2, parity: "odd", dataBits: 7 });
    await port.write(Uint8Array.of(1, IAC, IAC, 2));
    far!.write(Uint8Array.of(3, IAC, IAC, 4, IAC, 241, 5)); // 241: NOP
    await until(() => server!.data.length === 4 && all.length === 4);
    expect(server!.data).toEqual([1, IAC, IAC, 2]);
    expect(all).toEqual([3, IAC, 4, 5]);
    expect(server!.told).toEqual([
      [comPort, 1, 0, 1, 0xc2, 0],
      [comPort, 2, 8],
      [comPort, 3, 3],
      [comPort, 4, 1],
      [comPort, 5, 9],
      [comPort, 5, 11],
      [comPort, 5, 5],
      [comPort, 1, 0, 0xff, 1, 0xff],
      [comPort, 2, 7],
      [comPort, 3, 2],
      [comPort, 4, 2],
    ]);
  });

  test("a peer that offers it on tcp:// is taken at its word", async () => {
    let server: ReturnType<typeof comPortServer> | undefined;
    const at = await peer((socket) => void (server = comPortServer(socket, { opens: true })));
    const port = await opened(tcpOpener.open(`tcp://${at}`, { baud: 9600 }));
    await until(() => server!.told.length === 4);
    expect(await port.setSignals({ dtr: true })).toBe(true);
    await until(() => server!.told.length === 5);
    expect(server!.told[4]).toEqual([comPort, 5, 8]);
  });

  test("a peer that refuses it has no modem lines, and works", async () => {
    let server: ReturnType<typeof comPortServer> | undefined;
    const at = await peer((socket) => void (server = comPortServer(socket, { agrees: false })));
    const port = await opened(rfc2217Opener.open(`rfc2217://${at}`, { baud: 9600 }));
    expect(await port.setSignals({ dtr: true })).toBe(false);
    await port.write(Uint8Array.of(65));
    await until(() => server!.data.length === 1);
    expect(server!.told).toEqual([]);
  });

  test("raw bytes that begin with FF are no telnet", () => {
    expect(looksLikeTelnet(Uint8Array.of(IAC, DO, comPort))).toBe(true);
    expect(looksLikeTelnet(Uint8Array.of(IAC, WILL, 200))).toBe(false);
    expect(looksLikeTelnet(Uint8Array.of(IAC, 1, 2))).toBe(false);
    expect(looksLikeTelnet(Uint8Array.of(IAC))).toBe(false);
  });

  test("two sides that answer answers come to an end; noise is taken as it comes", () => {
    const lines: TelnetLine[] = [];
    let messages = 0;
    const queue: (() => void)[] = [];
    for (const other of [1, 0])
      lines.push(
        new TelnetLine((bytes) => {
          messages++;
          queue.push(() => void lines[other]!.receive(bytes));
        }),
      );
    lines[0]!.start();
    lines[1]!.start();
    for (let steps = 0; queue.length > 0 && steps < 1000; steps++) queue.shift()!();
    expect(queue).toEqual([]);
    expect(messages).toBeLessThan(40);
    const line = new TelnetLine(() => void messages++);
    messages = 0;
    for (let seed = 1; seed < 200; seed++) line.receive(noise(500, seed));
    line.receive(Uint8Array.from({ length: 100_000 }, (_, i) => (i === 0 ? IAC : i === 1 ? 250 : 65)));
    expect(messages).toBeLessThan(600); // each answer once
    expect([...line.receive(Uint8Array.of(66, IAC, WONT, comPort))].includes(66)).toBe(true);
    expect(line.controls).toBe(false);
  });

  test("data without FF is passed on as it is", () => {
    const plain = Uint8Array.of(1, 2, 3);
    expect(escapeData(plain)).toBe(plain);
    expect(escapeData(Uint8Array.of(IAC, 1))).toEqual(Uint8Array.of(IAC, IAC, 1));
  });
});
