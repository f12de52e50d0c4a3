// Telnet with the COM port option (RFC 2217): line settings and modem lines over TCP. In: bytes of the socket; out: the device's bytes
// and answers to the peer. ser2net's telnet mode, pyserial's server and many terminal servers speak it; a raw socket does not, and
// nothing of this is sent to one unless it offers.
//
//   FF FB/FC/FD/FE option           WILL WONT DO DONT
//   FF FA 2C command value… FF F0   a setting; FF in the value is doubled
//   FF FF                           the byte FF

import type { LineSettings, Signals } from "./port.ts";

const IAC = 0xff;
const [SE, SB, WILL, WONT, DO, DONT] = [0xf0, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe] as const;
const [binary, suppressGoAhead, comPort] = [0, 3, 44] as const;
/** What a telnet server may open with. */
const usualOptions: readonly number[] = [0, 1, 3, 24, 31, comPort];
const agreed: ReadonlySet<number> = new Set([binary, suppressGoAhead, comPort]);

/** A peer that begins so speaks telnet. */
export function looksLikeTelnet(first: Uint8Array): boolean {
  const [a, b, c] = first;
  return a === IAC && b !== undefined && b >= WILL && b <= DONT && c !== undefined && usualOptions.includes(c);
}

/** A subnegotiation longer than this is not ours. */
const longest = 64;

export class TelnetLine {
  #state: "data" | "command" | "option" | "sub" | "sub-command" = "data";
  #verb = 0;
  #subBytes = 0;
  readonly #said = new Set<string>();
  /** The peer has agreed to set the line. */
  controls = false;
  /** The peer has said whether it will. */
  decided = false;

  constructor(private readonly send: (bytes: Uint8Array) => void) {}

  /** Offers the option; a peer without it refuses, or says nothing. */
  start(): void {
    for (const option of agreed) {
      this.#say(WILL, option);
      if (option !== comPort) this.#say(DO, option);
    }
  }

  /** The device's bytes among those that came. */
  receive(bytes: Uint8Array): Uint8Array {
    const data = new Uint8Array(bytes.length);
    let count = 0;
    for (const byte of bytes) {
      const found = this.#take(byte);
      if (found !== undefined) data[count++] = found;
    }
    return data.subarray(0, count);
  }

  #take(byte: number): number | undefined {
    switch (this.#state) {
      case "data":
        if (byte !== IAC) return byte;
        this.#state = "command";
        return undefined;
      case "command":
        return this.#command(byte);
      case "option":
        this.#state = "data";
        this.#answer(this.#verb, byte);
        return undefined;
      case "sub":
        if (byte === IAC) this.#state = "sub-command";
        else if (++this.#subBytes > longest) this.#state = "data";
        return undefined;
      case "sub-command":
        this.#state = byte === SE ? "data" : "sub";
        return undefined;
    }
  }

  #command(byte: number): number | undefined {
    this.#state = "data";
    if (byte === IAC) return IAC;
    if (byte >= WILL && byte <= DONT) {
      this.#verb = byte;
      this.#state = "option";
    } else if (byte === SB) {
      this.#subBytes = 0;
      this.#state = "sub";
    }
    return undefined;
  }

  #answer(verb: number, option: number): void {
    if (option === comPort) {
      this.controls = verb === DO || verb === WILL;
      this.decided = true;
    }
    if (verb === DO) this.#say(agreed.has(option) ? WILL : WONT, option);
    if (verb === WILL) this.#say(agreed.has(option) || option === 1 ? DO : DONT, option);
  }

  /** Each thing once: two sides that answer answers never end (RFC 854). */
  #say(verb: number, option: number): void {
    const key = `${verb} ${option}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.send(Uint8Array.of(IAC, verb, option));
  }

  #set(command: number, ...value: readonly number[]): void {
    const doubled = value.flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte]));
    this.send(Uint8Array.of(IAC, SB, comPort, command, ...doubled, IAC, SE));
  }

  configure({ baud, parity = "none", dataBits = 8, stopBits = 1 }: LineSettings): void {
    this.#set(1, (baud >>> 24) & 0xff, (baud >>> 16) & 0xff, (baud >>> 8) & 0xff, baud & 0xff);
    this.#set(2, dataBits);
    this.#set(3, { none: 1, odd: 2, even: 3 }[parity]);
    this.#set(4, stopBits);
  }

  /** Values of SET-CONTROL (RFC 2217 section 3). */
  setSignals({ dtr, rts, brk }: Signals): void {
    if (brk !== undefined) this.#set(5, brk ? 5 : 6);
    if (dtr !== undefined) this.#set(5, dtr ? 8 : 9);
    if (rts !== undefined) this.#set(5, rts ? 11 : 12);
  }
}

export function escapeData(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(IAC)) return bytes;
  return Uint8Array.from([...bytes].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte])));
}
