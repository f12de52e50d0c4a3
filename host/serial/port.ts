// A Port is a line of bytes to a device, whatever carries it: a serial port of this machine, a TCP socket, a simulated board, Web Serial.
// In: an address (`/dev/ttyACM0`, `tcp://host:port`, `sim:pico`); out: a Port. Everything above speaks only this.
//
//   readable   ends when the device is lost or the port closed; never errors: `onState` says why
//   signals    soft: a carrier that has no modem lines (PTY, TCP, simulation) answers false, and life goes on

export interface PortInfo {
  /** What a user types after `-p`. */
  readonly path: string;
  readonly vendorId?: number;
  readonly productId?: number;
  readonly serialNumber?: string;
  readonly manufacturer?: string;
  readonly product?: string;
}

export interface LineSettings {
  readonly baud: number;
  /** Default none. */
  readonly parity?: "none" | "even" | "odd";
  /** Default 8. */
  readonly dataBits?: 7 | 8;
  /** Default 1. */
  readonly stopBits?: 1 | 2;
}

export interface Signals {
  readonly dtr?: boolean;
  readonly rts?: boolean;
  readonly brk?: boolean;
}

/** lost: the device went away (unplugged, connection closed by the peer); closed: by us. */
export type PortState = "open" | "lost" | "closed";

export interface Port {
  readonly info: PortInfo;
  readonly readable: ReadableStream<Uint8Array>;
  /** Resolves when the bytes have left this process; rejects with `serial/lost` when they cannot. */
  write(bytes: Uint8Array): Promise<void>;
  configure(settings: LineSettings): Promise<void>;
  /** Both lines change at once where the carrier can. false: not supported here. */
  setSignals(signals: Signals): Promise<boolean>;
  /** Returns the function that ends it. */
  onState(listener: (state: PortState, reason?: string) => void): () => void;
  /** Idempotent; always releases the device. */
  close(): Promise<void>;
}

/** A row of the registry: opens the addresses of one scheme; `serial` has none and takes what no other takes. */
export interface PortOpener {
  /** `tcp`, `sim`; empty: plain paths. */
  readonly scheme: string;
  open(address: string, settings: LineSettings): Promise<Port>;
  list?(): Promise<readonly PortInfo[]>;
}

/** Time, so that tests and simulated lines can have their own. Milliseconds. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}
