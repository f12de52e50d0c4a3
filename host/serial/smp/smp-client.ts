// A management client (SMP, protocols.md D1 g) over a device's console. In: commands with CBOR maps; out: the answer's map. One request
// is under way at a time; one without an answer is sent again under its number, so that a late answer to an earlier try serves as well,
// and an answer to something else is nobody's.
//
//   frame   op u8 │ flags u8 │ length u16 BE │ group u16 BE │ sequence u8 │ id u8 │ CBOR map            op: version 1 in bits 3–4
//
// Answers are untrusted: what is no map, or lies about its length, is `serial/smp-nonsense`.

import { decode, encode } from "cborg";
import { error } from "../errors.ts";
import { frameLines } from "./framing.ts";

export interface SmpCommand {
  readonly name: string;
  readonly op: "read" | "write";
  readonly group: number;
  readonly id: number;
}

export const smpCommands = {
  echo: { name: "echo", op: "write", group: 0, id: 0 },
  reset: { name: "reset", op: "write", group: 0, id: 5 },
  params: { name: "params", op: "read", group: 0, id: 6 },
  info: { name: "info", op: "read", group: 0, id: 7 },
  replayStart: { name: "replay start", op: "write", group: 64, id: 0 },
  replayData: { name: "replay data", op: "write", group: 64, id: 1 },
  capture: { name: "capture", op: "write", group: 64, id: 2 },
} as const satisfies Readonly<Record<string, SmpCommand>>;

export type SmpAnswer = ReadonlyMap<string, unknown>;

/** zephyr/mgmt/mcumgr/mgmt/mgmt_defines.h */
const meanings: Readonly<Record<number, string>> = {
  ...{ 1: "unknown error", 2: "out of memory", 3: "invalid value", 4: "time-out", 5: "no such entry", 6: "bad state" },
  ...{ 7: "message too large", 8: "not supported", 9: "corrupt", 10: "busy", 11: "access denied" },
  ...{ 12: "protocol version too old", 13: "protocol version too new" },
};
export const accessDenied = 11;

const headerBytes = 8;
const version2 = 1 << 3;

export interface RequestOptions {
  readonly timeoutMilliseconds?: number;
  /** How often it is sent at most. A machine that is still starting may lose the first. */
  readonly tries?: number;
}

interface Waiting {
  readonly command: SmpCommand;
  readonly sequence: number;
  resolve(answer: SmpAnswer): void;
  reject(cause: unknown): void;
}

export class SmpClient {
  #sequence = 0;
  #waiting: Waiting | undefined;
  #closed: unknown;
  #last: Promise<unknown> = Promise.resolve();

  /** `send` puts lines on the console. */
  constructor(private readonly send: (lines: Uint8Array) => Promise<void>) {}

  /** Waits for the requests before it. Throws `serial/smp-silent`, `smp-refused`, `smp-nonsense`, or what `close` was given. */
  request(
    command: SmpCommand,
    body: Readonly<Record<string, unknown>> = {},
    options: RequestOptions = {},
  ): Promise<SmpAnswer> {
    const turn = this.#last.then(() => this.#request(command, body, options));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #request(
    command: SmpCommand,
    body: Readonly<Record<string, unknown>>,
    { timeoutMilliseconds = 2000, tries = 3 }: RequestOptions,
  ): Promise<SmpAnswer> {
    if (this.#closed) throw this.#closed;
    const sequence = this.#sequence++ & 0xff;
    const lines = frameLines(requestFrame(command, sequence, body));
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise<SmpAnswer>((resolve, reject) => {
        this.#waiting = { command, sequence, resolve, reject };
        let sent = 0;
        const attempt = (): void => {
          if (sent++ === tries) {
            const seconds = (tries * timeoutMilliseconds) / 1000;
            return reject(error("smp-silent", { command: command.name, seconds }));
          }
          timer = setTimeout(attempt, timeoutMilliseconds);
          this.send(lines).catch(reject);
        };
        attempt();
      });
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }

  /** A frame came from the device. */
  receive(frame: Uint8Array): void {
    const waiting = this.#waiting;
    if (!waiting || frame.length < headerBytes) return;
    const { command, sequence } = waiting;
    const group = (frame[4]! << 8) | frame[5]!;
    if (frame[6] !== sequence || group !== command.group || frame[7] !== command.id) return;
    if ((frame[0]! & 7) !== opOf(command) + 1) return;
    try {
      waiting.resolve(answerIn(frame, command));
    } catch (cause) {
      waiting.reject(cause);
    }
  }

  /** Nothing will come any more. */
  close(cause: unknown): void {
    this.#closed ??= cause;
    this.#waiting?.reject(cause);
  }
}

const opOf = ({ op }: SmpCommand): number => (op === "read" ? 0 : 2);

function requestFrame(command: SmpCommand, sequence: number, body: Readonly<Record<string, unknown>>): Uint8Array {
  const payload = encode(body);
  const frame = new Uint8Array(headerBytes + payload.length);
  const view = new DataView(frame.buffer);
  frame[0] = version2 | opOf(command);
  view.setUint16(2, payload.length);
  view.setUint16(4, command.group);
  frame[6] = sequence;
  frame[7] = command.id;
  frame.set(payload, headerBytes);
  return frame;
}

function answerIn(frame: Uint8Array, { name }: SmpCommand): SmpAnswer {
  const length = (frame[2]! << 8) | frame[3]!;
  const nonsense = (problem: string) => error("smp-nonsense", { command: name, problem });
  if (length !== frame.length - headerBytes) throw nonsense(`${frame.length - headerBytes} bytes, it says ${length}`);
  let answer: unknown;
  try {
    answer = decode(frame.subarray(headerBytes), { useMaps: true, rejectDuplicateMapKeys: true });
  } catch (cause) {
    throw nonsense(cause instanceof Error ? cause.message : "no CBOR");
  }
  if (!(answer instanceof Map)) throw nonsense("no map");
  const code = codeIn(answer);
  if (code !== 0) throw error("smp-refused", { command: name, code, meaning: meanings[code] ?? "error" });
  return answer as SmpAnswer;
}

/** Version 1 and server errors: rc; version 2: err with a group's own code. */
function codeIn(answer: ReadonlyMap<unknown, unknown>): number {
  const err = answer.get("err");
  const code = err instanceof Map ? err.get("rc") : answer.get("rc");
  return typeof code === "number" && Number.isInteger(code) ? code : 0;
}

/** Of an answer; `serial/smp-nonsense` where it is no whole number from 0 to `most`. */
export function numberIn(answer: SmpAnswer, key: string, { name }: SmpCommand, most = 0xffff_ffff): number {
  const value = answer.get(key);
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw error("smp-nonsense", { command: name, problem: `"${key}" is not a number from 0 to ${most}` });
}
