// A strict USB host on one port: it sees a device come and go, resets it, and carries out transfers of several tasks at a time, one
// transaction after the other, each taking its time on a full-speed bus (12 Mbit/s, USB 2.0 5.11.3).
//
// A task is a generator that yields transfers and is given their results, so that a dialogue reads from top to bottom:
//
//   function* () { const { data } = yield { kind: "control", …, length: 8 };  … }
//
// Where a device answers NAK, nothing is simulated until it has changed something: a real host would ask again all the time. Frames (SOF) are
// taken as sent while the bus is neither suspended nor unplugged.

import type { World } from "../world.ts";
import type { UsbBus } from "./usb-bus.ts";
import { Transaction, type UsbPipes, type UsbResult, type UsbTransfer } from "./usb-transfer.ts";

export type UsbTask = Generator<UsbTransfer, void, UsbResult>;

interface Running {
  readonly task: UsbTask;
  transaction: Transaction | undefined;
  blocked: boolean;
  /** Cancels the deadline, or the wait. */
  cancel: () => void;
}

/** Sync, token, CRC, handshake and turn-arounds of a transaction, in byte times (USB 2.0 table 5-9: 13 bytes of overhead). */
const overheadBytes = 13;
const secondsPerByte = 8 / 12e6;
/** From a change of the device until the host's next token. */
const retrySeconds = 3e-6;
/** 7.1.7.3: connection is debounced. */
const debounceSeconds = 0.1;
/** 9.2.6: a request's packet or status stage. Bulk transfers have no limit. */
const controlSeconds = 0.5;
/** 7.1.7.6. */
const suspendSeconds = 0.003;

export class UsbHost {
  /** A device has come (debounced), or is gone. */
  onDevice: (present: boolean) => void = () => {};
  readonly pipes: UsbPipes;
  readonly #running = new Set<Running>();
  #present = false;
  #suspended = false;
  #plugged = false;
  #turnDue = false;
  #inTurn = false;
  #free = 0;
  #cancelDebounce = () => {};

  constructor(
    private readonly world: World,
    readonly bus: UsbBus,
    violation: (text: string) => void,
  ) {
    this.pipes = {
      ...{ address: 0, maximum0: 64, toggles: new Map(), cut: undefined, violation },
      onCut: () => this.unplug(),
    };
  }

  get present(): boolean {
    return this.#present;
  }

  get plugged(): boolean {
    return this.#plugged;
  }

  plug(): void {
    if (this.#plugged) return;
    this.#plugged = true;
    this.bus.plug(() => this.#changed());
    this.#changed();
  }

  unplug(): void {
    if (!this.#plugged) return;
    this.#plugged = false;
    this.#gone();
    this.bus.unplug();
    this.world.after(suspendSeconds, () => !this.#plugged && this.bus.device?.suspend(true));
  }

  /** Suspended: no tokens, and after 3 ms the device knows. */
  suspend(on: boolean): void {
    if (this.#suspended === on) return;
    this.#suspended = on;
    if (on) this.world.after(suspendSeconds, () => this.#suspended && this.bus.device?.suspend(true));
    else {
      this.bus.device?.suspend(false);
      this.#wake();
    }
  }

  /** Starts a task; it ends by itself, or when `gone` makes it. */
  start(task: UsbTask): void {
    const running: Running = { task, transaction: undefined, blocked: false, cancel: () => {} };
    this.#running.add(running);
    this.#advance(running, undefined);
  }

  #changed(): void {
    const shown = this.#plugged && (this.bus.device?.shown ?? false);
    if (!shown && this.#present) return this.#gone();
    this.#cancelDebounce();
    if (shown && !this.#present)
      this.#cancelDebounce = this.world.after(debounceSeconds, () => {
        if (!this.#plugged || !this.bus.device?.shown) return;
        this.#present = true;
        this.onDevice(true);
      });
    for (const running of this.#running) running.blocked = false;
    this.#wake();
  }

  #gone(): void {
    this.#cancelDebounce();
    const was = this.#present;
    this.#present = false;
    this.#suspended = false;
    for (const running of [...this.#running]) this.#abort(running, "gone");
    if (was) this.onDevice(false);
  }

  /** What had come until then is its data. */
  #abort(running: Running, status: "gone" | "timeout"): void {
    running.transaction?.end(status);
    this.#advance(running, running.transaction?.result ?? { status, data: new Uint8Array(0) });
  }

  #advance(running: Running, result: UsbResult | undefined): void {
    running.cancel();
    running.transaction = undefined;
    const { value, done } = result ? running.task.next(result) : running.task.next();
    if (done) {
      this.#running.delete(running);
      return;
    }
    const ok = { status: "ok", data: new Uint8Array(0) } as const;
    if ("seconds" in value) {
      if (value.kind === "reset") this.#reset(running);
      running.cancel = this.world.after(value.seconds, () => this.#advance(running, ok));
    } else {
      running.transaction = new Transaction(value, this.pipes);
      running.blocked = false;
      if (value.kind === "control") this.#limit(running);
      this.#wake();
    }
  }

  /** Other tasks' transfers do not survive it. */
  #reset(by: Running): void {
    for (const other of [...this.#running]) if (other !== by) this.#abort(other, "gone");
    this.pipes.address = 0;
    this.pipes.maximum0 = 64;
    this.pipes.toggles.clear();
    this.bus.device?.busReset();
  }

  #limit(running: Running): void {
    running.cancel();
    running.cancel = this.world.after(controlSeconds, () => this.#abort(running, "timeout"));
  }

  /** Sees to it that the next transaction happens, once the bus is free. */
  #wake(): void {
    if (this.#turnDue || this.#inTurn || this.#suspended) return;
    this.#turnDue = true;
    const wait = Math.max(retrySeconds, this.#free - this.world.seconds());
    this.world.after(wait, () => {
      this.#turnDue = false;
      this.#turn();
    });
  }

  /** One transaction of whoever has waited longest. */
  #turn(): void {
    const { device } = this.bus;
    if (!device || !this.#plugged || this.#suspended) return;
    for (const running of this.#running) {
      const { transaction } = running;
      if (!transaction || running.blocked) continue;
      this.#running.delete(running);
      this.#running.add(running);
      this.#inTurn = true;
      const bytes = transaction.step(device);
      this.#inTurn = false;
      running.blocked = bytes === undefined;
      this.#free = this.world.seconds() + (overheadBytes + (bytes ?? 0)) * secondsPerByte;
      if (!this.#plugged) return; // cut in the middle of it
      if (bytes !== undefined && transaction.transfer.kind === "control") this.#limit(running);
      if (transaction.result) this.#advance(running, transaction.result);
      return this.#wake();
    }
  }
}
