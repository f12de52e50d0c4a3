// A device behind a terminal server with RFC 2217: the host sets the baud of the far line, and hears what a UART at that baud makes of the
// device's bytes. Always closed by the caller.

import { createServer, type Socket } from "node:net";
import type { EmulatedDevice } from "../../host/serial/emulated/emulated-device.ts";
import { comPortServer } from "./com-port-server.ts";
import { misread } from "./misread.ts";
import type { Served } from "./serve-device.ts";

const [IAC, comPort, setBaud] = [255, 44, 1] as const;
/** Before a host sets it. */
const firstBaud = 115200;

export async function serveMisread(device: EmulatedDevice): Promise<Served> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    const { told } = comPortServer(socket);
    /** SET-BAUDRATE, value:u32 big-endian */
    const baud = (): number => {
      const last = told.findLast(([option, command]) => option === comPort && command === setBaud);
      return last ? new DataView(Uint8Array.from(last).buffer).getUint32(2) : firstBaud;
    };
    device.connect({
      now: () => performance.now(),
      send: (bytes) => {
        const sent = device.line.baud;
        const heard = sent === undefined || baud() === sent ? bytes : misread(bytes, sent, baud());
        const escaped = [...heard].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte]));
        if (!socket.destroyed) socket.write(Uint8Array.from(escaped));
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  const close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port: address.port, close };
}
