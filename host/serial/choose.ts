// Which port is meant. In: what the user said (`auto`, `id:SERIAL`, an address, filters) and what can be seen; out: one address, or why
// not. A person at a terminal may be asked: `Choice.several` says among which.

import { error } from "./errors.ts";
import type { PortInfo } from "./port.ts";
import { usbIdOf, usbIdText } from "./usb-ids.ts";

export interface PortFilter {
  readonly vendorId?: number;
  readonly productId?: number;
  readonly name?: string;
  readonly serial?: string;
}

export interface PortWish {
  /** Undefined is `auto`. */
  readonly address?: string | undefined;
  /** A port passes when any of them does; all parts of one must hold. */
  readonly filters?: readonly PortFilter[];
  /** Ports that may be this board are preferred. */
  readonly board?: string | undefined;
}

export type Choice =
  | { readonly kind: "one"; readonly address: string; readonly info?: PortInfo }
  | { readonly kind: "several"; readonly among: readonly PortInfo[] };

/** `vid=2e8a,pid=0x000a` in esptool's words. */
export function parsePortFilter(text: string): PortFilter {
  const filter: Record<string, number | string> = {};
  for (const part of text.split(",")) {
    const [, key = "", value = ""] = /^\s*(vid|pid|name|serial)\s*=\s*(.+?)\s*$/.exec(part) ?? [];
    if (key === "") throw error("port-filter", { filter: text });
    if (key === "name" || key === "serial") filter[key] = value;
    else filter[key === "vid" ? "vendorId" : "productId"] = idOf(value, text);
  }
  return filter;
}

/** As esptool: 0x… is hexadecimal, digits are decimal; four hexadecimal digits with a letter are taken as such. */
function idOf(value: string, filter: string): number {
  const id = /^(0x[0-9a-f]{1,4}|\d{1,5})$/i.test(value)
    ? Number(value)
    : /^[0-9a-f]{4}$/i.test(value)
      ? Number.parseInt(value, 16)
      : Number.NaN;
  if (!(id <= 0xffff)) throw error("port-filter", { filter });
  return id;
}

const contains = (text: string | undefined, part: string) => text?.toLowerCase().includes(part.toLowerCase()) ?? false;

export function passes(port: PortInfo, filter: PortFilter): boolean {
  const { vendorId, productId, name, serial } = filter;
  if (vendorId !== undefined && port.vendorId !== vendorId) return false;
  if (productId !== undefined && port.productId !== productId) return false;
  if (name !== undefined && ![port.path, port.product, port.manufacturer].some((text) => contains(text, name)))
    return false;
  return serial === undefined || contains(port.serialNumber, serial);
}

export function choosePort(wish: PortWish, seen: readonly PortInfo[]): Choice {
  const { address, filters = [], board } = wish;
  if (address !== undefined && address !== "auto" && !address.startsWith("id:")) {
    const info = seen.find(({ path }) => path === address);
    return { kind: "one", address, ...(info ? { info } : {}) };
  }
  let candidates = seen.filter((port) => filters.length === 0 || filters.some((filter) => passes(port, filter)));
  const serial = address?.startsWith("id:") ? address.slice("id:".length) : undefined;
  if (serial !== undefined) candidates = candidates.filter(({ serialNumber }) => serialNumber === serial);
  else if (filters.length === 0) candidates = plausible(candidates, board);
  const [first] = candidates;
  if (!first) throw error("no-port", { wanted: wantedText(wish), seen: seen.map(describePort) });
  if (candidates.length > 1) return { kind: "several", among: candidates };
  return { kind: "one", address: first.path, info: first };
}

/** Without a word from the user: USB ports only, and of these the most telling kind there is. */
function plausible(ports: readonly PortInfo[], board: string | undefined): PortInfo[] {
  const usb = ports.filter((port) => port.vendorId !== undefined && usbIdOf(port)?.role !== "other");
  if (board !== undefined) {
    const named = usb.filter((port) => usbIdOf(port)?.boards.includes(board));
    // A bridge's row names the boards that carry it; as an adapter it may be wired to any.
    const maybe = usb.filter((port) => usbIdOf(port)?.role === "bridge" || (usbIdOf(port)?.boards.length ?? 0) === 0);
    return named.length > 0 ? named : maybe;
  }
  const known = usb.filter((port) => usbIdOf(port));
  return known.length > 0 ? known : usb;
}

function wantedText({ address, filters = [], board }: PortWish): string {
  if (address?.startsWith("id:")) return `with the serial number ${address.slice(3)}`;
  if (filters.length > 0) return "passes the filter";
  return board === undefined ? "on USB was found" : `on USB that may be a ${board}`;
}

/** `/dev/ttyACM0 (2e8a:000a, RP2040 application (CDC), E6612483CB)` */
export function describePort(port: PortInfo): string {
  const facts = [usbIdText(port), usbIdOf(port)?.what ?? port.product ?? "", port.serialNumber ?? ""];
  const known = facts.filter((fact) => fact !== "");
  return known.length === 0 ? port.path : `${port.path} (${known.join(", ")})`;
}

export function ambiguous(among: readonly PortInfo[]): Error {
  return error("several-ports", { found: among.map(describePort) });
}
