// npm run bench:sim [-- board…]
// How fast the simulator is: millions of instructions a second, translated and interpreted, on the int8 convolution of
// test/sim/programs built by gcc (committed in test/sim/built), and the time from the bytes of a 1 MB ELF to its first instruction.
//
// Times are this process's CPU time, so other work on the machine counts less (it still costs caches and clock); the load is printed.
// Minimum of several turns. Goals: 150 translated, 25 interpreted, 50 ms.

import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { findBoard } from "../../host/board/board.ts";
import { readImage, writeImage } from "../../host/image/image.ts";
import { Machine } from "../../host/sim/sim.ts";

const built = (program: string, board: string) =>
  new Uint8Array(readFileSync(new URL(`../sim/built/${program}-${board}.elf`, import.meta.url)));
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Speed {
  readonly first: number;
  readonly best: number;
}

/** Millions of instructions a second: the first run, translation included, and the best of later ones. */
function measure(board: string, translate: boolean, turns: number): Speed {
  const machine = new Machine(findBoard(board), { translate });
  machine.load(readImage(built("convolution", board)));
  const start = machine.pc;
  const speeds: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    // A reset would forget the translated code.
    machine.pc = start;
    const [instructions, before] = [machine.instructions, cpuMs()];
    machine.run();
    speeds.push((machine.instructions - instructions) / 1000 / (cpuMs() - before));
  }
  return { first: speeds[0]!, best: Math.max(...speeds) };
}

/** The convolution with a megabyte of weights behind it, as an ELF. */
function bigElf(): Uint8Array {
  const image = readImage(built("convolution", "nucleo-l4r5zi"));
  const data = Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 2654435761) >>> 24);
  const address = 0x08100000;
  const weights = { loadAddress: address, address, data, bytes: data.length, flags: { write: false, execute: false } };
  return writeImage({ ...image, segments: [...image.segments, weights] }, "elf");
}

function startUp(): Speed {
  const elf = bigElf();
  const times: number[] = [];
  for (let turn = 0; turn < 10; turn++) {
    const before = cpuMs();
    const machine = new Machine(findBoard("nucleo-l4r5zi"));
    machine.load(readImage(elf));
    machine.step();
    times.push(cpuMs() - before);
  }
  return { first: times[0]!, best: Math.min(...times) };
}

const boards = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);
say(`load ${loadavg()[0]!.toFixed(2)}; CPU time; first, best of later turns`);
const { first, best } = startUp();
say(`start-up of a 1 MB ELF       ${first.toFixed(1)} ms  ${best.toFixed(1)} ms   (goal 50)`);
for (const board of boards.length ? boards : ["mps2-an386", "nucleo-l4r5zi", "pico"]) {
  for (const translate of [true, false]) {
    const speed = measure(board, translate, translate ? 12 : 6);
    const name = `${board} ${translate ? "translated" : "interpreted"}`;
    say(`${name.padEnd(28)} ${speed.first.toFixed(0)}  ${speed.best.toFixed(0)} MIPS   (goal ${translate ? 150 : 25})`);
  }
}
