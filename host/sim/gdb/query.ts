// What gdb asks about the target: what it supports, its registers and memory as XML, its one thread, and `monitor` commands.

import type { Machine } from "../machine.ts";
import { memoryMap } from "./memory.ts";
import { bytesOfHex, bytesOfText, hexNumber, hexOf, packetBytes } from "./packets.ts";
import type { Registers } from "./registers.ts";

export function answerQuery(text: string, machine: Machine, registers: Registers): string {
  if (text.startsWith("qSupported")) {
    const size = packetBytes.toString(16);
    return `PacketSize=${size};qXfer:features:read+;qXfer:memory-map:read+;QStartNoAckMode+;vContSupported+;hwbreak+;swbreak+`;
  }
  if (text.startsWith("qXfer:features:read:target.xml:")) return part(registers.description, text);
  if (text.startsWith("qXfer:memory-map:read::")) return part(memoryMap(machine.board), text);
  if (text.startsWith("qRcmd,")) return monitor(machine, text.slice(6));
  if (text === "qfThreadInfo") return "m1";
  if (text === "qsThreadInfo") return "l";
  if (text === "qC") return "QC1";
  if (text.startsWith("qAttached")) return "1";
  if (text.startsWith("qThreadExtraInfo")) return hexOf(bytesOfText(machine.core.name));
  return "";
}

/** `qXfer:…:offset,length` of a document: `m` and a part, `l` and the last. */
function part(document: string, text: string): string {
  const [offset = 0, length = 0] = (text.split(":").at(-1) ?? "").split(",").map((field) => hexNumber(field) ?? 0);
  const last = offset + length >= document.length;
  return `${last ? "l" : "m"}${document.slice(offset, offset + length)}`;
}

function monitor(machine: Machine, hex: string): string {
  const word = String.fromCharCode(...(bytesOfHex(hex) ?? [])).trim();
  const say = (text: string) => hexOf(bytesOfText(`${text}\n`));
  switch (word) {
    case "reset":
    case "reset halt":
      machine.reset();
      return "OK";
    case "cycles":
      return say(`${machine.cycles} cycles, ${machine.instructions} instructions`);
    default:
      return say("monitor reset: back to the vector table; monitor cycles: what ran so far");
  }
}
