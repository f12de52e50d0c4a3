// A device at the end of a Port: its console taken apart, its management answered. In: an open Port; out: items in batches as they come,
// and an SMP client that works while they are read: whoever awaits an answer must read on.
//
//   port.readable ─► ConsoleReader ─┬─► items: results, notices, log, raw frames, damage
//                                   └─► smp.receive          port.write ◄─ smp.request

import { ConsoleReader } from "./console.ts";
import type { ConsoleItem, Result } from "./console-items.ts";
import { error } from "./errors.ts";
import type { Port } from "./port.ts";
import { SmpClient } from "./smp/smp-client.ts";

export interface Attached {
  readonly port: Port;
  readonly smp: SmpClient;
  /** Ends when the port is lost or closed. Reading on is the back-pressure; a batch is what one piece of the line's bytes held. */
  readonly batches: AsyncGenerator<readonly ConsoleItem[]>;
}

/** `onBytes` sees the bytes as they came. */
export function attach(port: Port, onBytes: (bytes: Uint8Array) => void = () => {}): Attached {
  const smp = new SmpClient((bytes) => port.write(bytes));
  return { port, smp, batches: batchesOf(port, smp, onBytes) };
}

async function* batchesOf(
  port: Port,
  smp: SmpClient,
  onBytes: (bytes: Uint8Array) => void,
): AsyncGenerator<readonly ConsoleItem[]> {
  let batch: ConsoleItem[] = [];
  let isFirst = true;
  const lines = new ConsoleReader((item) => {
    // attached in the middle of a line: its rest is no news
    const isRest = isFirst && item.kind === "log" && item.text.endsWith("}");
    isFirst = false;
    if (item.kind === "smp") smp.receive(item.frame);
    else if (!isRest) batch.push(item);
  });
  const reader = port.readable.getReader();
  try {
    for (let over = false; !over; ) {
      const { done, value } = await reader.read();
      over = done;
      if (value) {
        onBytes(value);
        lines.push(value);
      } else lines.end();
      if (batch.length > 0) yield batch;
      batch = [];
    }
  } finally {
    reader.releaseLock();
    smp.close(error("lost", { path: port.info.path }));
  }
}

/** Results alone, for programs: `for await (const { label, score } of resultsOf(attach(port)))`. */
export async function* resultsOf({ batches }: Attached): AsyncGenerator<Result> {
  for await (const items of batches) for (const item of items) if (item.kind === "result") yield item.result;
}
