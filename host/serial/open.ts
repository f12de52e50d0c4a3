// Opening a port by its address: a table of openers by scheme, given by whoever knows what is here (Node: serial ports and TCP; the
// pipeline's level: simulated boards; a page: Web Serial).
//
//   tcp://host:port   sim:pico@left   /dev/ttyACM0   COM3
//   └scheme┘          └scheme┘        └ no scheme: the row whose scheme is empty
//
// `id:SERIAL` and `auto` are no addresses but wishes: choose.ts turns them into one.

import { error } from "./errors.ts";
import type { LineSettings, Port, PortInfo, PortOpener } from "./port.ts";

/** Empty for paths; one letter is a drive of Windows. */
export function schemeOf(address: string): string {
  return /^([a-z][a-z0-9+.-]+):/.exec(address)?.[1] ?? "";
}

export function openerFor(address: string, openers: readonly PortOpener[]): PortOpener {
  const scheme = schemeOf(address);
  const row = openers.find((opener) => opener.scheme === scheme);
  if (row) return row;
  const known = openers.map((opener) => (opener.scheme === "" ? "a path" : `${opener.scheme}:`)).join(", ");
  throw error("port-address", { address, problem: `no port of the kind "${scheme}:" here, only ${known || "none"}` });
}

export async function openPort(address: string, settings: LineSettings, openers: readonly PortOpener[]): Promise<Port> {
  return openerFor(address, openers).open(address, settings);
}

/** What can be seen of ports; an opener that cannot list has none, and one that fails hides no other's. */
export async function listPorts(openers: readonly PortOpener[]): Promise<readonly PortInfo[]> {
  const lists = await Promise.allSettled(openers.map(async (opener) => (await opener.list?.()) ?? []));
  return lists.flatMap((list) => (list.status === "fulfilled" ? list.value : []));
}

export interface NodePortOptions {
  /** Where /dev and /sys are looked for (tests give a folder of their own). */
  readonly root?: string;
}

/** Serial ports and TCP of this machine, for Node only; loaded when asked for, so that a page can have this file too. */
export async function nodeOpeners(options: NodePortOptions = {}): Promise<readonly PortOpener[]> {
  const [{ serialPortOpener }, { rfc2217Opener, tcpOpener }] = await Promise.all([
    import("./node/serial-port.ts"),
    import("./node/tcp.ts"),
  ]);
  return [tcpOpener, rfc2217Opener, serialPortOpener(options)];
}
