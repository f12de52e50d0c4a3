// Loads and stores as text: a fast path for RAM (and flash, for loads), a call for other memory, and leaving for everything else.

import type { Access, Bytes } from "../../isa/isa.ts";
import type { PrintPorts } from "./print.ts";
import { printReadWaits } from "./print-fetch.ts";

const suffix = (bytes: Bytes) => ({
  view: { 1: "B", 2: "H", 4: "W" }[bytes],
  shift: { 1: "", 2: ">>>1", 4: ">>>2" }[bytes],
});

/** Returns the name of the loaded value. */
export function printLoad(p: PrintPorts, lines: string[], bytes: Bytes, access: Access, at: string): string {
  const { windows, timing, bail, late, names, now } = p;
  const [value, offset] = [names.temporary(), names.temporary()];
  const { view, shift } = suffix(bytes);
  const inside = ({ base, bytes: length }: { readonly base: number; readonly bytes: number }) => {
    const aligned = bytes === 1 ? "" : `&&(${offset}&${bytes - 1})===0`;
    return `(${offset}=${base === 0 ? at : `(${at}-${base}|0)`})>>>0<${length}${aligned}`;
  };
  const slow = access === "any" || bytes === 1 ? `L(${at},${bytes},${now})` : `LA(${at},${bytes},${now})`;
  lines.push(
    `let ${value},${offset};if(${inside(windows.ram)})${value}=${view}0[${offset}${shift}];`,
    `else if(${inside(windows.flash)}){${value}=${view}1[${offset}${shift}];${timing ? printReadWaits(timing, offset, `if(${late})${bail()}`) : ""}}`,
    `else{${value}=${slow};if(st[0]!==0)${bail()}c+=st[1];}`,
  );
  return value;
}

export function printStore(
  p: PrintPorts,
  lines: string[],
  { bytes, access }: { readonly bytes: Bytes; readonly access: Access },
  at: string,
  data: string,
): void {
  const { windows, bail, names, checkCode } = p;
  const offset = names.temporary();
  const { base, bytes: length } = windows.ram;
  const { view, shift } = suffix(bytes);
  const aligned = bytes === 1 ? "" : `&&(${offset}&${bytes - 1})===0`;
  const marks = bytes === 4 ? `(K[${offset}>>>1]|K[(${offset}>>>1)+1])` : `K[${offset}>>>1]`;
  const clean = checkCode ? `&&${marks}===0` : "";
  const slow = access === "any" || bytes === 1 ? `S(${at},${data},${bytes})` : `SA(${at},${data},${bytes})`;
  lines.push(
    `const ${offset}=${base === 0 ? at : `${at}-${base}|0`};`,
    `if(${offset}>>>0<${length}${aligned}${clean})${view}0[${offset}${shift}]=${data};`,
    `else{${slow};if(st[0]!==0)${bail()}c+=st[1];}`,
  );
}
