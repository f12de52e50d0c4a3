// A device that only speaks (and, if told so, answers SMP's echo): pieces of bytes at their times. For lines of the doctor.

import { wallClock } from "../../host/serial/clock.ts";
import type { DeviceLink, EmulatedDevice } from "../../host/serial/emulated/emulated-device.ts";
import type { Clock } from "../../host/serial/port.ts";
import { frameLines, SmpLines } from "../../host/serial/smp/framing.ts";

export interface Speech {
  /** Undefined: nothing more is said. */
  readonly piece: (index: number) => Uint8Array | string | undefined;
  readonly everyMilliseconds: number;
  readonly baud?: number;
  readonly answersEcho?: boolean;
}

const mostPieces = 400;

export class Speaker implements EmulatedDevice {
  readonly flash = new Uint8Array();
  readonly flashBase = 0;
  readonly running = true;
  #link: DeviceLink | undefined;
  readonly #smp = new SmpLines();
  #text = "";

  constructor(
    private readonly speech: Speech,
    private readonly clock: Clock = wallClock,
  ) {}

  get line() {
    return this.speech.baud === undefined ? {} : { baud: this.speech.baud };
  }

  connect(link: DeviceLink): void {
    this.#link = link;
    void this.#speak(link);
  }

  /** Until somebody else listens. */
  async #speak(link: DeviceLink): Promise<void> {
    const { piece: pieceAt, everyMilliseconds } = this.speech;
    for (let i = 0; i < mostPieces && this.#link === link; i++) {
      const piece = pieceAt(i);
      if (piece === undefined) return;
      link.send(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
      await this.clock.sleep(everyMilliseconds);
    }
  }

  /** No more is said. */
  stop(): void {
    this.#link = undefined;
  }

  receive(bytes: Uint8Array): void {
    if (!this.speech.answersEcho) return;
    this.#text += String.fromCharCode(...bytes);
    const lines = this.#text.split("\n");
    this.#text = lines.pop()!;
    for (const line of lines) {
      const request = this.#smp.take(Uint8Array.from(line, (character) => character.charCodeAt(0)));
      if (!request) continue;
      // {"r": "ok"}, with the request's own header
      const answer = Uint8Array.of(...request.subarray(0, 8), 0xa1, 0x61, 0x72, 0x62, 0x6f, 0x6b);
      answer[0] = request[0]! | 1;
      new DataView(answer.buffer).setUint16(2, 6);
      this.#link?.send(frameLines(answer));
    }
  }

  setSignals(): void {}
  reset(): void {}
}
