// The code of an image as text, function by function.

import { readImage } from "../../image/image.ts";
import { blockText, hexOf } from "../block-text.ts";
import type { Command } from "../command.ts";
import { error } from "../errors.ts";
import { readBytes } from "../files.ts";
import { type Block, listImage } from "../listing.ts";
import { within } from "../model.ts";
import { boardFor, imageFor, numberOf } from "../program.ts";
import type { Terminal } from "../terminal.ts";

export const command: Command = {
  usage: "disasm <image>",
  positionals: { image: { type: "string", demandOption: true, describe: "ELF, UF2, Intel HEX or raw binary" } },
  options: {
    symbol: { alias: "s", type: "string", requiresArg: true, describe: "only this function" },
    board: {
      alias: "b",
      type: "string",
      requiresArg: true,
      describe: "decode as its core does; where a raw binary lies",
    },
    base: { type: "string", requiresArg: true, describe: "address of a raw binary's first byte" },
  },
  examples: [
    ["thumbelina disasm firmware.elf --symbol main", "one function, branch targets by name"],
    ["thumbelina disasm dump.bin --board pico", "a raw binary, at the board's image start"],
  ],
  run(args, terminal) {
    const file = String(args["image"]);
    const board = args["board"] === undefined ? undefined : boardFor(String(args["board"]));
    const base = args["base"] === undefined ? undefined : numberOf(String(args["base"]), "--base");
    const image = board ? imageFor(file, board, base) : within(file, () => readImage(readBytes(file), { base }));
    const wanted = args["symbol"] === undefined ? undefined : String(args["symbol"]);
    const blocks: Block[] = [];
    for (const block of listImage(image, board)) {
      if (wanted !== undefined && block.symbol?.name !== wanted) continue;
      if (terminal.json) blocks.push(block);
      else terminal.out(blockText(block, terminal));
      if (wanted !== undefined) return finish(blocks, terminal);
    }
    if (wanted !== undefined) throw error("no-symbol", { name: wanted, near: near(wanted, image.symbols) }, { file });
    return finish(blocks, terminal);
  },
};

function near(wanted: string, symbols: readonly { readonly name: string; readonly kind: string }[]): string[] {
  const word = wanted.toLowerCase();
  const functions = symbols.filter(({ kind }) => kind === "function").map(({ name }) => name);
  return functions.filter((name) => name.toLowerCase().includes(word)).slice(0, 8);
}

function finish(blocks: readonly Block[], terminal: Terminal): 0 {
  if (!terminal.json) return 0;
  const functions = blocks.map(({ symbol, address, lines }) => ({
    name: symbol?.name ?? null,
    address,
    bytes: lines.reduce((sum, { bytes }) => sum + bytes.length, 0),
    lines: lines.map((line) => ({ ...line, bytes: hexOf(line.bytes) })),
  }));
  terminal.out(JSON.stringify({ ok: true, functions }));
  return 0;
}
