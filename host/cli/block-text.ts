// A function of a listing as objdump prints it: address, halfwords, text, where a branch goes or what a literal is.

import type { Block, Line } from "./listing.ts";
import { printable } from "./report.ts";
import { paint, type Terminal } from "./terminal.ts";

export const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Label and instructions of one function. */
export function blockText({ symbol, address, lines }: Block, terminal: Pick<Terminal, "color">): string {
  const name = symbol ? ` <${printable(symbol.name)}>` : "";
  const head = paint(terminal, "bold", `${address.toString(16).padStart(8, "0")}${name}:`);
  return `${head}\n${lines.map((line) => lineText(line)).join("\n")}\n`;
}

/** `     1c8:	f7ff ffe2 	bl	190 <uart_put>`, halfwords (and words of data) as numbers. */
function lineText({ address, bytes, text, target }: Line): string {
  const unit = text.startsWith(".word") ? 4 : 2;
  const units: string[] = [];
  for (let i = 0; i < bytes.length; i += unit) units.push(hexOf(bytes.slice(i, i + unit).reverse()));
  const name = target?.name === undefined ? "" : ` <${printable(target.name)}>`;
  const isBranch = target !== undefined && target.value === undefined;
  const literal = target?.value === undefined ? "" : `0x${target.value.toString(16)}`;
  const place = target && !isBranch ? `\t@ ${target.address.toString(16)}: ${literal}${name}` : name;
  return `${address.toString(16).padStart(8)}:\t${units.join(" ").padEnd(10)}\t${text}${place}`;
}
