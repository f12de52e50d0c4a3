// A decoded instruction as UAL text, the way GNU objdump prints it: mnemonic, one tab, operands; no comments, no symbols.
// The condition of the IT block goes before the first dot of the mnemonic; branches print their target address.

import { kinds } from "./operands.ts";
import { conditionNames, type Decoded, type TextPart } from "./row.ts";

export interface Place {
  /** Of the instruction. */
  readonly address: number;
  /** From ITSTATE; 14 outside IT blocks. */
  readonly condition: number;
}

export function disassemble({ row, operands }: Decoded, { address, condition }: Place): string {
  const text = (parts: readonly TextPart[]): string =>
    parts
      .map((part) => (typeof part === "string" ? part : (kinds[part.kind]?.print(operands, part, address) ?? "?")))
      .join("");
  const mnemonic = text(row.mnemonic).replace(/(?=\.)|$/, conditionNames[condition] ?? "");
  return row.operands.length === 0 ? mnemonic : `${mnemonic}\t${text(row.operands)}`;
}
