// `sim … --listen tcp://127.0.0.1:PORT`: a simulated board at its own pace, its console on a TCP port, for any number of clients: what one
// sends all others see the answer to, as on a bench. In: a machine; out: why it ended. The board runs whether anybody listens or not.

import { createServer, type Server, type Socket } from "node:net";
import { PacedMachine } from "../paced-machine.ts";
import type { Machine, StopReason } from "../sim/sim.ts";
import { error } from "./errors.ts";
import { catchInterrupt } from "./interrupt.ts";
import type { Console, Ended } from "./simulation.ts";
import type { Terminal } from "./terminal.ts";

/** A client that does not read loses what comes beyond this. */
const mostWaiting = 1 << 20;

export interface ListenOptions {
  readonly address: string;
  /** Simulated time; infinity: until it ends or is ended. */
  readonly cycles: number;
}

export async function serveConsole(
  machine: Machine,
  { address, cycles }: ListenOptions,
  console: Console,
  terminal: Terminal,
): Promise<Ended> {
  const sockets = new Set<Socket>();
  let paced: PacedMachine | undefined;
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    terminal.note(`client ${sockets.size} at ${socket.remoteAddress}:${socket.remotePort}`);
    socket.on("data", (bytes) => paced?.send(new Uint8Array(bytes)));
    socket.on("error", () => {});
    socket.on("close", () => void sockets.delete(socket));
  });
  const { host, port } = endpointOf(address);
  await listen(server, host, port);
  const at = server.address();
  terminal.note(`listening at tcp://${host}:${typeof at === "object" && at ? at.port : port}; Ctrl+C ends`);
  const [started, before, limit] = [performance.now(), machine.instructions, machine.cycles + cycles];
  const interrupt = catchInterrupt(() => finish?.({ kind: "interrupted" }));
  let finish: ((end: Ended["end"]) => void) | undefined;
  const ended = new Promise<Ended["end"]>((resolve) => (finish = resolve));
  paced = new PacedMachine(machine, {
    onBytes(bytes) {
      console.onBytes(bytes);
      for (const socket of sockets) if (socket.writableLength < mostWaiting) socket.write(bytes);
    },
    onEnd: (reason) => finish?.(reason as Exclude<StopReason, { kind: "step" | "stopped" | "cycles" }>),
    afterSlice: () => void (machine.cycles >= limit && finish?.({ kind: "time" })),
  });
  // a board that sleeps for good has no more slices: its time is the wall's
  const watch = Number.isFinite(cycles)
    ? setTimeout(() => machine.cycles < limit && finish?.({ kind: "time" }), wallMilliseconds(machine, cycles))
    : undefined;
  try {
    paced.start();
    const end = await ended;
    return { end, wallSeconds: (performance.now() - started) / 1000, instructions: machine.instructions - before };
  } finally {
    clearTimeout(watch);
    paced.stop();
    interrupt.release();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Three times what `cycles` should take: a machine that cannot keep up may be slow. Timers have 31 bits. */
function wallMilliseconds({ board }: Machine, cycles: number): number {
  return Math.min(2 ** 31 - 1, (3000 * cycles) / board.clockHz + 100);
}

/** `tcp://127.0.0.1:4444`; port 0: any free one. */
function endpointOf(address: string): { readonly host: string; readonly port: number } {
  const [, host, digits] = /^tcp:\/\/(\[[0-9a-f:.]+\]|[^:/?#\s]+):(\d{1,5})\/?$/i.exec(address) ?? [];
  const port = Number(digits);
  if (host === undefined || port > 65535)
    throw error("usage", { problem: `--listen ${address}: tcp://127.0.0.1:PORT is expected` });
  return { host: host.replace(/^\[|\]$/g, ""), port };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(error("no-port", { port, why: cause.code === "EADDRINUSE" ? "the port is taken" : cause.message })),
    );
    server.listen(port, host, resolve);
  });
}
