// rp2040js's CDC host (MIT) and its own USB controller against our image: it enumerates and streams. A weak judge of the protocol (no descriptors
// but the configuration, a class request with another recipient, bulk OUT completed empty all the time), but one that is not ours.

import { Simulator, USBCDC } from "rp2040js";
import type { Image } from "../../host/image/image.ts";

const flashBase = 0x10000000;
const vectors = 0x10000100;
const secondsPerCycle = 1 / 125e6;

export class Judge {
  readonly #simulator = new Simulator();
  readonly clock = this.#simulator.clock;
  readonly chip = this.#simulator.rp2040;
  readonly cdc = new USBCDC(this.chip.usbCtrl);
  text = "";
  connected = false;

  constructor(image: Image) {
    const { chip } = this;
    chip.logger = { debug() {}, info() {}, warn() {}, error() {} };
    for (const { loadAddress, data } of image.segments)
      if (loadAddress >= flashBase) chip.flash.set(data, loadAddress - flashBase);
    chip.core.VTOR = vectors;
    chip.core.SP = chip.readUint32(vectors);
    chip.core.PC = chip.readUint32(vectors + 4) & ~1;
    this.cdc.onDeviceConnected = () => (this.connected = true);
    this.cdc.onSerialData = (bytes) => (this.text += String.fromCharCode(...bytes));
  }

  get seconds(): number {
    return this.clock.nanos / 1e9;
  }

  until(seconds: number): void {
    const { chip, clock } = this;
    while (this.seconds < seconds) {
      if (chip.core.waiting) clock.tick(Math.min(clock.nanosToNextAlarm, 1e9 * (seconds - this.seconds) + 1));
      else clock.tick(chip.core.executeInstruction() * secondsPerCycle * 1e9);
    }
  }
}
