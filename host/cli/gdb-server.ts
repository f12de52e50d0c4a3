// `sim --gdb PORT`: a TCP listener on the loopback address for one gdb at a time. The protocol is room sim's; here are the socket and
// the turns: a slice of simulation, then whatever gdb has sent.

import { createServer, type Server, type Socket } from "node:net";
import { type GdbEnd, GdbStub, type Machine } from "../sim/sim.ts";
import { error } from "./errors.ts";
import { catchInterrupt } from "./interrupt.ts";
import { type Console, type Ended, runMachine } from "./simulation.ts";
import type { Terminal } from "./terminal.ts";

export interface GdbOptions {
  readonly port: number;
  /** Longest run, `--for`. */
  readonly cycles: number;
  /** For the line that says how to connect. */
  readonly file: string;
}

/** Cycles between two looks at the socket: a few milliseconds. */
const slice = 300_000;

export async function serveGdb(
  machine: Machine,
  options: GdbOptions,
  console: Console,
  terminal: Terminal,
): Promise<Ended> {
  const session = new Session(machine);
  const server = await listen(options.port, (socket) => session.connected(socket));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : options.port;
  terminal.note(
    `waiting for gdb on 127.0.0.1:${port}: gdb-multiarch ${options.file} -ex 'target remote 127.0.0.1:${port}'`,
  );
  const interrupt = catchInterrupt(() => session.wake());
  const started = performance.now();
  const before = machine.instructions;
  const rest = () => ({
    wallSeconds: (performance.now() - started) / 1000,
    instructions: machine.instructions - before,
  });
  try {
    const limit = machine.cycles + options.cycles;
    while (!interrupt.requested) {
      const moving = session.turn(limit);
      await console.flush();
      if (machine.cycles >= limit) return { end: { kind: "time" }, ...rest() };
      const end = session.end;
      if (end === "killed") return { end: { kind: "killed" }, ...rest() };
      if (typeof end === "object") return { end: end.stop as Ended["end"], ...rest() };
      if (end === "detached") {
        terminal.note("gdb detached; the program runs on");
        session.close();
        interrupt.release();
        const { end: last } = await runMachine(machine, { cycles: limit - machine.cycles }, console);
        return { end: last, ...rest() };
      }
      if (!moving) await session.wait();
    }
    return { end: { kind: "interrupted" }, ...rest() };
  } finally {
    interrupt.release();
    session.close();
    server.close();
  }
}

function listen(port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, onConnection);
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(error("no-port", { port, why: reasonOf(cause) })));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string =>
  code === "EADDRINUSE" ? "it is in use" : code === "EACCES" ? "permission denied" : message;

/** The gdb that is connected, if one is; the next may come when it has gone. */
class Session {
  readonly #machine: Machine;
  #socket: Socket | undefined;
  #stub: GdbStub | undefined;
  #woken: (() => void) | undefined;
  #happened = false;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  get end(): GdbEnd | undefined {
    return this.#stub?.end;
  }

  connected(socket: Socket): void {
    if (this.#socket) {
      socket.destroy();
      return;
    }
    const stub = new GdbStub({ machine: this.#machine, send: (bytes) => void socket.write(bytes) });
    this.#socket = socket;
    this.#stub = stub;
    socket.on("data", (bytes) => {
      stub.receive(bytes);
      this.wake();
    });
    // A connection that breaks off is the same as one that is closed.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      if (this.#stub !== stub) return;
      stub.close();
      this.#socket = undefined;
      if (stub.end === undefined) this.#stub = undefined;
      this.wake();
    });
  }

  /** Lets the machine run for a while if gdb wants it to; false: there is nothing to do but to wait. */
  turn(limit: number): boolean {
    const stub = this.#stub;
    if (!stub?.running) return false;
    return stub.run(Math.min(slice, limit - this.#machine.cycles));
  }

  /** Until something happens; what happened since the last turn counts too. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#happened) resolve();
      else this.#woken = resolve;
      this.#happened = false;
    });
  }

  wake(): void {
    this.#happened = this.#woken === undefined;
    this.#woken?.();
    this.#woken = undefined;
  }

  close(): void {
    this.#socket?.end();
    this.#stub?.close();
    this.#stub = undefined;
  }
}
