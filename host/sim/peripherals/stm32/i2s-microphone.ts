// An I2S microphone on a line, as a receiver of the STM32 sees it (INMP441 DS-INMP441-00, SPH0645LM4H-B): 24 bits, left-justified in a slot of
// 32, most significant first, one bit clock after the edge of WS. It answers in one half of the frame; the line is open in the other and
// where nothing is connected, and the pin's pull-up makes that ones.
//
//   WS  ‾\_______ left ________________/‾‾‾‾‾‾‾ right ‾‾‾‾‾‾‾\
//   SD    ·│23 22 … 0│0 0 0 0 0 0 0 0│·│ 1 1 1 …                    ·: the bit before, of the other channel
//
// Feed `input` (default mic), −1…1: its first channel is the left one, a second the right one.

import type { PeripheralPorts } from "../peripheral.ts";

const open = -1;
const most = 2 ** 23;

export class I2sMicrophone {
  #said = "";

  /** `lines`: the controller's signals: bit clock, word select, data. */
  constructor(
    readonly ports: PeripheralPorts,
    readonly lines: readonly string[],
  ) {}

  reset(): void {
    this.#said = "";
  }

  /** A slot's 32 bits from its most significant bit on, of the frame that began then. */
  slot(seconds: number, right: boolean): number {
    const { world, options } = this.ports;
    const value = world.feed(String(options["input"] ?? "mic"))?.at(seconds)?.[right ? 1 : 0];
    if (value === undefined || !this.#wired()) return open;
    return Math.max(-most, Math.min(most - 1, Math.round(value * most))) << 8;
  }

  #wired(): boolean {
    const { world, note, name } = this.ports;
    const loose = this.lines.find((line) => world.pinOf(line) === undefined);
    if (loose !== undefined && loose !== this.#said) note(`${name}: receives sound, but ${loose} is on no pin`);
    this.#said = loose ?? this.#said;
    return loose === undefined;
  }
}
