// A USB cable between one host and one full-speed device, at the level of packets (USB 2.0 chapter 8). The device's end is the model of a
// controller; the host's end is usb-host.ts. A transaction is one call: token, data and handshake in one; only the host's ACK of data that
// the device sent is a call of its own, because a cable can be pulled before it.
//
//   host ── setup, out(toggle, bytes) ──► device      ack │ nak │ stall │ none (no answer: other address, off, damaged)
//        ── in ──► data(toggle, bytes) ── acknowledge ──►
//   device ── changed() ──► host                       an answer that was NAK may be another now; the pull-up came or went

export type UsbHandshake = "ack" | "nak" | "stall" | "none";
export type UsbToggle = 0 | 1;
export type UsbAnswer =
  | { readonly kind: "data"; readonly toggle: UsbToggle; readonly bytes: Uint8Array }
  | { readonly kind: Exclude<UsbHandshake, "ack"> };

/** What the model of a device controller is to the bus. */
export interface UsbFunction {
  /** D+ is pulled up: a full-speed device shows itself. */
  readonly shown: boolean;
  busReset(): void;
  suspend(on: boolean): void;
  setup(address: number, endpoint: number, bytes: Uint8Array): UsbHandshake;
  out(address: number, endpoint: number, toggle: UsbToggle, bytes: Uint8Array): UsbHandshake;
  in(address: number, endpoint: number): UsbAnswer;
  /** The host has what `in` gave. */
  acknowledge(endpoint: number): void;
}

export interface UsbBus {
  /** Set by the controller's model, once. */
  device: UsbFunction | undefined;
  /** VBUS: a host is at the other end. */
  readonly powered: boolean;
  onPower(listener: (powered: boolean) => void): void;
  /** By the device. */
  changed(): void;
  /** By the host: plugs its end in, and hears of changes until it pulls it out. */
  plug(onChange: () => void): void;
  unplug(): void;
}

export class SimulatedUsbBus implements UsbBus {
  device: UsbFunction | undefined;
  readonly #powerListeners: ((powered: boolean) => void)[] = [];
  #host: (() => void) | undefined;

  get powered(): boolean {
    return this.#host !== undefined;
  }

  onPower(listener: (powered: boolean) => void): void {
    this.#powerListeners.push(listener);
  }

  changed(): void {
    this.#host?.();
  }

  plug(onChange: () => void): void {
    this.#host = onChange;
    for (const listener of this.#powerListeners) listener(true);
  }

  unplug(): void {
    this.#host = undefined;
    for (const listener of this.#powerListeners) listener(false);
  }
}
