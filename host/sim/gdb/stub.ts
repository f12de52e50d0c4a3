// A GDB server for one Machine, without a socket: bytes of gdb come in by `receive`, bytes for it go out by `send`; whoever owns the
// connection calls `run` while `running`. Commands as in the gdb manual, "Packets" and "General Query Packets"; what is not known
// is answered with the empty packet, what cannot be done with an error. Nothing that gdb sends can throw.

import type { Machine } from "../machine.ts";
import type { StopReason } from "../stop-reason.ts";
import { eraseMemory, readMemory, writeMemory } from "./memory.ts";
import {
  bytesOfHex,
  bytesOfText,
  hexNumber,
  hexOf,
  type Incoming,
  PacketReader,
  packet,
  packetBytes,
} from "./packets.ts";
import { Points } from "./points.ts";
import { answerQuery } from "./query.ts";
import { Registers } from "./registers.ts";

export interface GdbPorts {
  readonly machine: Machine;
  readonly send: (bytes: Uint8Array) => void;
}

/** Why the session is over; the machine may run on after `detached`. */
export type GdbEnd = "detached" | "killed" | { readonly stop: StopReason };

type Motion = { readonly kind: "continue" } | { readonly kind: "range"; readonly from: number; readonly to: number };

const signals = { interrupt: 2, trap: 5, abort: 6, fault: 11 } as const;
/** A read of this many bytes fills one packet. */
const mostBytes = packetBytes / 2 - 16;

export class GdbStub {
  readonly #machine: Machine;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #reader = new PacketReader();
  readonly #registers: Registers;
  readonly #points: Points;
  #acknowledge = true;
  #lastSent: Uint8Array | undefined;
  #lastStop = `T${hexOf([signals.trap])}thread:1;`;
  #motion: Motion | undefined;
  #end: GdbEnd | undefined;

  constructor({ machine, send }: GdbPorts) {
    this.#machine = machine;
    this.#send = send;
    this.#registers = new Registers(machine);
    this.#points = new Points(machine);
  }

  /** The machine moves: call `run`. */
  get running(): boolean {
    return this.#motion !== undefined;
  }

  get end(): GdbEnd | undefined {
    return this.#end;
  }

  receive(bytes: Uint8Array): void {
    for (const incoming of this.#reader.read(bytes)) this.#incoming(incoming);
  }

  #incoming(incoming: Incoming): void {
    if (this.#end) return;
    switch (incoming.kind) {
      case "interrupt":
        if (this.#motion) this.#stopped(`T${hexOf([signals.interrupt])}thread:1;`);
        return;
      case "again":
        if (this.#lastSent) this.#send(this.#lastSent);
        return;
      case "bad":
        if (this.#acknowledge) this.#send(bytesOfText("-"));
        return;
      case "packet": {
        if (this.#acknowledge) this.#send(bytesOfText("+"));
        const answer = this.#command(incoming.text);
        if (answer !== undefined) this.#answer(answer);
      }
    }
  }

  #answer(text: string): void {
    this.#lastSent = packet(text);
    this.#send(this.#lastSent);
  }

  // ---- running

  /** Lets the machine run for at most this many cycles, and tells gdb when it stops. False: nothing moves any more. */
  run(cycles: number): boolean {
    const motion = this.#motion;
    if (!motion) return false;
    const reason = this.#advance(motion, cycles);
    if (reason === undefined) return true;
    const at = (signal: number, more = "") => this.#stopped(`T${hexOf([signal])}thread:1;${more}`);
    switch (reason.kind) {
      case "cycles":
        // A slice may end on a breakpoint, where the next run would not stop.
        if (this.#points.stopsAt(this.#machine.pc)) at(signals.trap, "hwbreak:;");
        break;
      case "breakpoint":
        at(signals.trap, "hwbreak:;");
        break;
      case "watchpoint": {
        const { word, address } = this.#points.hit(reason.address, reason.width, reason.access);
        at(signals.trap, `${word}:${address.toString(16)};`);
        break;
      }
      case "exit":
        this.#motion = undefined;
        this.#answer(`W${hexOf([reason.status])}`);
        this.#end = { stop: reason };
        break;
      case "lockup":
        at(signals.fault);
        break;
      case "asleep":
        // As hardware: it sleeps until gdb interrupts.
        return false;
      default:
        at(signals.trap);
    }
    return this.running;
  }

  #advance(motion: Motion, cycles: number): StopReason | undefined {
    if (motion.kind === "continue") return this.#machine.run({ cycles });
    const until = this.#machine.cycles + cycles;
    while (this.#machine.cycles < until) {
      const reason = this.#machine.step();
      const { pc } = this.#machine;
      if (reason.kind !== "step" && reason.kind !== "cycles") return reason;
      if (pc < motion.from || pc >= motion.to) return { kind: "step" };
      if (this.#points.stopsAt(pc)) return { kind: "breakpoint", address: pc };
    }
    return undefined;
  }

  #stopped(reply: string): undefined {
    this.#motion = undefined;
    this.#lastStop = reply;
    this.#answer(reply);
    return undefined;
  }

  // ---- commands

  /** The answer; undefined: none now (the machine runs, or the session is over). */
  #command(text: string): string | undefined {
    const rest = text.slice(1);
    switch (text[0]) {
      case "?":
        return this.#lastStop;
      case "g":
        return this.#registers.readAll();
      case "G":
        return done(this.#registers.writeAll(rest));
      case "p":
        return this.#registers.read(hexNumber(rest) ?? -1) ?? "E01";
      case "P": {
        const [number = "", value = ""] = rest.split("=");
        return done(this.#registers.write(hexNumber(number) ?? -1, value));
      }
      case "m":
        return this.#read(rest);
      case "M":
      case "X":
        return this.#write(rest, text[0] === "X");
      case "c":
      case "s":
        return this.#resume(text[0], rest);
      case "C":
      case "S":
        return this.#resume(text[0] === "C" ? "c" : "s", rest.split(";")[1] ?? "");
      case "Z":
      case "z":
        return this.#point(rest, text[0] === "Z");
      case "H":
      case "T":
        return "OK";
      case "D":
        this.#points.clear();
        this.#answer("OK");
        this.#end = "detached";
        return undefined;
      case "k":
        this.#end = "killed";
        return undefined;
      case "q":
      case "Q":
        return this.#query(text);
      case "v":
        return this.#verbose(text);
      default:
        return "";
    }
  }

  #read(text: string): string {
    const [address, bytes] = text.split(",").map(hexNumber);
    if (address === undefined || bytes === undefined) return "E01";
    if (bytes === 0) return "";
    const found = readMemory(this.#machine, address, Math.min(bytes, mostBytes));
    return found ? hexOf(found) : "E14";
  }

  #write(text: string, binary: boolean): string {
    const colon = text.indexOf(":");
    const [address, bytes] = text.slice(0, Math.max(0, colon)).split(",").map(hexNumber);
    const data = binary ? bytesOfText(text.slice(colon + 1)) : bytesOfHex(text.slice(colon + 1));
    if (colon < 0 || address === undefined || !data || data.length !== bytes) return "E01";
    return writeMemory(this.#machine, address, data) ? "OK" : "E14";
  }

  #resume(kind: "c" | "s", address: string): string | undefined {
    if (address !== "") {
      const pc = hexNumber(address);
      if (pc === undefined) return "E01";
      this.#machine.pc = pc;
    }
    if (kind === "c") {
      this.#motion = { kind: "continue" };
      return undefined;
    }
    this.#motion = { kind: "range", from: 0, to: 0 };
    return undefined;
  }

  #point(text: string, insert: boolean): string {
    const [type = "", at = "", size = ""] = text.split(";")[0]!.split(",");
    const [address, bytes] = [hexNumber(at), hexNumber(size)];
    if (address === undefined || bytes === undefined) return "E01";
    return this.#points.set(type, address, bytes, insert);
  }

  /** The connection is gone: nothing may stop a run for somebody who does not listen. */
  close(): void {
    this.#motion = undefined;
    this.#points.clear();
  }

  #query(text: string): string | undefined {
    if (text !== "QStartNoAckMode") return answerQuery(text, this.#machine, this.#registers);
    this.#answer("OK");
    this.#acknowledge = false;
    return undefined;
  }

  #verbose(text: string): string | undefined {
    if (text === "vCont?") return "vCont;c;C;s;S;r";
    if (text.startsWith("vCont;")) {
      const action = text.slice(6).split(/[;:]/)[0]!;
      const range = /^r([0-9a-f]+),([0-9a-f]+)$/i.exec(action);
      if (range) this.#motion = { kind: "range", from: hexNumber(range[1]!) ?? 0, to: hexNumber(range[2]!) ?? 0 };
      else if (/^[csCS]/.test(action)) return this.#resume(/^c/i.test(action) ? "c" : "s", "");
      else return "E01";
      return undefined;
    }
    if (text.startsWith("vKill")) {
      this.#answer("OK");
      this.#end = "killed";
      return undefined;
    }
    const flash = /^vFlash(Erase|Write|Done):?/.exec(text);
    return flash ? this.#flash(flash[1]!, text.slice(flash[0].length)) : "";
  }

  /** gdb's `load`: erase, write, done. */
  #flash(step: string, rest: string): string {
    if (step === "Done") return "OK";
    if (step === "Write") {
      const colon = rest.indexOf(":");
      const address = hexNumber(rest.slice(0, Math.max(0, colon)));
      if (address === undefined) return "E01";
      return writeMemory(this.#machine, address, bytesOfText(rest.slice(colon + 1))) ? "OK" : "E.memtype";
    }
    const [address, bytes] = rest.split(",").map(hexNumber);
    if (address === undefined || bytes === undefined) return "E01";
    return eraseMemory(this.#machine, address, bytes) ? "OK" : "E14";
  }
}

const done = (worked: boolean): string => (worked ? "OK" : "E01");
