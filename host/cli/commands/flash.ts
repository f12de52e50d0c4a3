// Puts an image on a board, over whatever its boot loader speaks; what must be built for it is built first. Machines without a boot loader
// (QEMU's) get the image as a file, and the command line that runs it.

import { basename, extname } from "node:path";
import type { App } from "../../app/app.ts";
import { UserError } from "../../base/errors.ts";
import { type Board, type ConsoleName, consoleNames } from "../../board/board.ts";
import { type Image, readImage, writeImage } from "../../image/image.ts";
import { type Flashed, flash, protocolsFor } from "../../serial/serial.ts";
import { buildAppFile } from "../app-file.ts";
import { guessBoard } from "../board-guess.ts";
import type { Arguments, Command, Exit } from "../command.ts";
import { error } from "../errors.ts";
import { readBytes, writeWhole } from "../files.ts";
import { FlashProgress } from "../flash-progress.ts";
import { catchInterrupt } from "../interrupt.ts";
import { within } from "../model.ts";
import { baudOf, checkPortWords, portOptions, resetOptions } from "../port-options.ts";
import { boardFor, checkCore, formatOf, kindOfFile, numberOf } from "../program.ts";
import { openReach } from "../reach.ts";
import type { Terminal } from "../terminal.ts";

/** What sensors see is of no interest to a boot loader. */
const { feed: _, ...flashPorts } = portOptions;

export const command: Command = {
  usage: "flash <file>",
  compiles: true,
  positionals: {
    file: {
      type: "string",
      demandOption: true,
      describe: "an app (app.json), built for the board; or an image: ELF, UF2, Intel HEX, raw binary",
    },
  },
  options: {
    board: {
      alias: "b",
      type: "string",
      requiresArg: true,
      describe: "board, or a board's JSON file; default: what our ELF files name, else what is plugged in",
    },
    console: {
      type: "string",
      choices: consoleNames,
      requiresArg: true,
      describe:
        "what an app speaks on; default: what it says itself, else the chip's USB where the board has its plug there",
    },
    ...flashPorts,
    ...resetOptions,
    baud: { ...portOptions.baud, describe: "highest baud, where the boot loader can change it" },
    force: { type: "boolean", describe: "flash although the image or the chip is for another board" },
    verify: { type: "boolean", default: true, describe: "prove what was written; --no-verify: do not" },
    all: { type: "boolean", describe: "write sectors that hold the bytes already, too" },
    trace: { type: "boolean", describe: "print every transfer on stderr" },
    base: {
      type: "string",
      requiresArg: true,
      describe: "address of a raw binary's first byte; default: the image start",
    },
    output: {
      alias: "o",
      type: "string",
      requiresArg: true,
      describe: "write an ELF file instead, and print what runs it; as for boards without a boot loader",
    },
  },
  examples: [
    ["thumbelina flash app.json --board pico", "hold BOOTSEL while plugging in; the drive or PICOBOOT is found"],
    ["thumbelina flash firmware.elf --board nucleo-f446re", "copied to the ST-LINK's drive, FAIL.TXT read back"],
    ["thumbelina flash firmware.elf --board pico -p sim-usb:pico", "a simulated board, which keeps its flash"],
    ["thumbelina flash app.json --board mps2-an386", "writes the image file and prints QEMU's command line"],
    ["exit codes", "4 no boot loader or several, 5 permission, 6 interrupted, 7 not what was written, 11 wrong board"],
  ],
  async run(args, terminal) {
    const file = String(args["file"]);
    checkPortWords(args);
    const { image, board } = await imageAndBoard(file, args, terminal);
    if (args["output"] !== undefined || protocolsFor(board).length === 0)
      return writeFile(image, board, file, args, terminal);
    const progress = new FlashProgress(terminal, args["trace"] === true);
    const { reach, close } = await openReach({ board, args, terminal, stage: () => progress.current });
    const abort = new AbortController();
    const interrupt = catchInterrupt(() => abort.abort());
    const started = performance.now();
    try {
      const flashed = await flash(image, reach, {
        board,
        listener: progress,
        abort: abort.signal,
        verify: args["verify"] !== false,
        force: args["force"] === true,
        writeAll: args["all"] === true,
        start: args["after"] !== "no-reset",
        baud: baudOf(args),
      });
      progress.finish();
      return report(flashed, board, (performance.now() - started) / 1000, terminal);
    } catch (cause) {
      progress.finish();
      if (!(interrupt.requested && cause instanceof UserError)) throw cause;
      terminal.note(["interrupted", ...cause.notes].join(": "));
      return 130;
    } finally {
      interrupt.release();
      close();
    }
  },
};

interface ForBoard {
  readonly image: Image;
  readonly board: Board;
}

async function imageAndBoard(file: string, args: Arguments, terminal: Terminal): Promise<ForBoard> {
  const bytes = readBytes(file);
  const kind = kindOfFile(bytes);
  if (kind === "model") throw error("not-an-image", { file, kind });
  const named = args["board"] === undefined ? undefined : boardFor(String(args["board"]));
  if (kind === "app") {
    const board = named ?? (await guessBoard(args, terminal));
    const built = await buildAppFile(file, board, (app) => consoleFor(app, board, args));
    return { board, image: built.linked.image };
  }
  if (kind === "binary" && !named)
    return imageAndBoard(file, { ...args, board: (await guessBoard(args, terminal)).name }, terminal);
  const force = args["force"] === true;
  const base = args["base"] === undefined ? named?.image.start : numberOf(String(args["base"]), "--base");
  const uf2Family = force ? undefined : named?.chip.uf2Family;
  const notes: string[] = [];
  const format = formatOf(file, bytes);
  const read = () => readImage(bytes, { base, uf2Family, format, note: (text) => notes.push(text) });
  const image = within(file, () => (named ? read() : unlessFamilies(read)));
  const saysBoard = image?.target.board;
  const board = named ?? (saysBoard === undefined ? undefined : boardFor(saysBoard));
  if (!image || !board)
    return imageAndBoard(file, { ...args, board: (await guessBoard(args, terminal)).name }, terminal);
  for (const text of notes) terminal.note(`note: ${text}`);
  if (!force && !board.flashOnly) within(file, () => checkCore(image, board));
  return { image, board };
}

/** Undefined: a UF2 file for several chips, which only a board can tell apart. */
function unlessFamilies(read: () => Image): Image | undefined {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof UserError && cause.code === "image/uf2-family") return undefined;
    throw cause;
  }
}

/** A board whose plug is its chip's USB is met there: its UART's pins lead nowhere. A file is for a simulator, which shows the UART. */
function consoleFor(app: App, board: Board, args: Arguments): ConsoleName | undefined {
  const plug = board.consoles?.usb && args["output"] === undefined ? "usb" : undefined;
  return (args["console"] as ConsoleName | undefined) ?? app.console ?? plug;
}

function report(flashed: Flashed, board: Board, seconds: number, terminal: Terminal): Exit {
  const { writtenBytes, skippedBytes, verified, protocol, through } = flashed;
  if (terminal.json) {
    const facts = { ok: true, board: board.name, protocol, through, writtenBytes, skippedBytes, verified };
    terminal.out(JSON.stringify({ ...facts, seconds: Number(seconds.toFixed(3)) }));
    return 0;
  }
  const proof: Record<Flashed["verified"], string> = {
    "read-back": "read back",
    crc: "proven by checksum",
    md5: "proven by MD5",
    "accepted-by-drive": "accepted by the drive, which cannot be read back",
    none: "not verified",
  };
  const skipped = skippedBytes > 0 ? `, ${skippedBytes} were there already` : "";
  terminal.note(`${board.name}: ${writtenBytes} bytes written${skipped}; ${proof[verified]} (${protocol}, ${through})`);
  return 0;
}

/** QEMU loads an ELF file, the simulator any. */
function writeFile(image: Image, board: Board, file: string, args: Arguments, terminal: Terminal): Exit {
  const name = String(args["output"] ?? `${basename(file, extname(file))}-${board.name}.elf`);
  writeWhole(name, writeImage(image, "elf"));
  const { qemu } = board.boot;
  const quoted = /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
  const run =
    qemu === undefined
      ? `thumbelina sim ${quoted} --board ${board.name}`
      : `qemu-system-arm -M ${qemu} -nographic -monitor none -serial tcp::4444,server -kernel ${quoted}`;
  if (terminal.json) terminal.out(JSON.stringify({ ok: true, board: board.name, protocol: "none", file: name, run }));
  else {
    const why = protocolsFor(board).length === 0 ? `${board.name} has no boot loader: ` : "";
    terminal.note(`${why}${name} written; it runs with`);
    terminal.out(run);
  }
  return 0;
}
