// A device behind a terminal server with RFC 2217: the host sets the baud of the far line, and hears what a UART at that baud makes of the
// device's bytes. Always closed by the caller.

import { createServer, type Socket } from "node:net";
import type { EmulatedDevice } from "../../host/serial/emulated/emulated-device.ts";
import { misread } from "./misread.ts";

const [IAC, SB, SE, DO, WILL, comPort, setBaud] = [0xff, 0xfa, 0xf0, 0xfd, 0xfb, 44, 1] as const;

/** Before a host sets it. */
const firstBaud = 115200;

export interface ComPortServer {
  readonly port: number;
  /** Every baud that was set. */
  readonly bauds: readonly number[];
  close(): Promise<void>;
}

export async function serveComPort(device: EmulatedDevice): Promise<ComPortServer> {
  const bauds: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (bytes) => {
      const at = bytes.indexOf(Buffer.from([IAC, WILL, comPort]));
      if (at >= 0) socket.write(Uint8Array.of(IAC, DO, comPort));
      // IAC SB COM-PORT SET-BAUDRATE value:u32 IAC SE
      for (let from = 0; ; from++) {
        from = bytes.indexOf(Buffer.from([IAC, SB, comPort, setBaud]), from);
        if (from < 0 || bytes.indexOf(Buffer.from([IAC, SE]), from) < 0) break;
        bauds.push(bytes.readUInt32BE(from + 4));
      }
    });
    device.connect({
      now: () => performance.now(),
      send: (bytes) => {
        const sent = device.line.baud;
        const read = bauds.at(-1) ?? firstBaud;
        const heard = sent === undefined || read === sent ? bytes : misread(bytes, sent, read);
        if (!socket.destroyed)
          socket.write(Uint8Array.from([...heard].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte]))));
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return {
    ...{ port: address.port, bauds },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
