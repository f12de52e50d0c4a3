// Where a stream goes: stdout, a file, a hook, a broker, an HTTP endpoint. A sink never waits: what it cannot take it drops and counts, and
// says so when it is closed. The one that paces the stream is stdout (print.ts).

import type { ConsoleItem } from "../../serial/serial.ts";

/** What is known of raw samples before the first one. */
export interface SampleFacts {
  readonly channels: number;
  readonly rateHz: number;
  /** A column's name and the units of a step, a channel. */
  readonly columns: readonly { readonly column: string; readonly step: number }[];
}

export interface StreamSink {
  take(items: readonly ConsoleItem[]): void;
  /** Raw samples will follow; again after a restart of the device. */
  begin?(facts: SampleFacts): void;
  samples?(samples: Int16Array): void;
  /** None will: the app does not permit them. */
  refused?(): void;
  /** The device is there, or it is not. */
  connected?(isConnected: boolean): void;
  /** Words for people, if there is something to say. */
  close(): Promise<string | undefined>;
}
