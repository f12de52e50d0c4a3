// Rows that are decided from what a board is (its USB ids) and from what its line gave while it was watched. Adding one: a row here, and its
// case in test/serial/doctor-cases.ts.

import { type Board, findBoard, knownBoards } from "../../board/board.ts";
import { protocolsFor } from "../flash.ts";
import { type UsbIdRow, usbIdOf, usbIdText } from "../usb-ids.ts";
import type { Evidence, LineEvidence } from "./evidence.ts";
import type { Row, Step } from "./finding.ts";
import { enoughStarts, readableShare } from "./watch.ts";
import { mayBe } from "./words.ts";

const percent = (share: number) => `${Math.round(100 * share)} %`;
const seconds = ({ milliseconds }: LineEvidence) => `${(milliseconds / 1000).toFixed(1)} s`;

/** assembly/wire.ts: RESET_…; the software's own, the watchdog's, a lockup: the program fails, not the supply. */
const causeWords = ["unknown", "power on", "reset pin", "software", "watchdog", "lockup", "brownout"];
const programs = [3, 4, 5];
const brownout = 6;

/** What is plugged in: the port that is meant, else boot loaders that have none. A chip whose loader and application share ids says nothing. */
function identity({ ports, machine, board, address }: Evidence) {
  const loader = machine.usb.find(
    (each) => usbIdOf(each)?.role === "loader" && each.ports.length === 0 && (!board || mayBe(each, board)),
  );
  const ofBoard = board !== undefined && address === undefined ? loader : undefined;
  const port = ofBoard || ports.length > 1 ? undefined : ports[0];
  const device = ofBoard ?? port?.info ?? (ports.length === 0 ? loader : undefined);
  const row = device && usbIdOf(device);
  if (!row || row.wiring === "esp") return undefined;
  return { row, text: `${usbIdText(device)} is ${row.what}${port ? ` (${port.info.path})` : ""}` };
}

const boardOf = ({ board }: Evidence, row: UsbIdRow | undefined): Board | undefined => {
  const name = row?.boards[0];
  return (
    board ??
    (name === undefined ? undefined : knownBoards.some((each) => each.name === name) ? findBoard(name) : undefined)
  );
};

const bootLoader: Row = {
  code: "boot-loader",
  exit: 4,
  find(evidence) {
    const { expected, line } = evidence;
    if (expected === "loader") return undefined;
    const who = identity(evidence);
    const speaks = line !== undefined && line.sound + line.logs > 0 && !line.romSays.includes("download");
    const byUsb = who?.row.role === "loader" && !speaks;
    const byLine = line?.answers === "loader" || line?.romSays.includes("download") === true;
    if (!byUsb && !byLine) return undefined;
    const board = boardOf(evidence, who?.row);
    const on = board ? ` --board ${board.name}` : "";
    const seen = [
      ...(byUsb ? [who.text] : []),
      ...(line?.answers === "loader" ? [`${line.loader} answers on ${line.path}`] : []),
      ...(line?.romSays.includes("download") ? [`${line.path} says that it waits for a download`] : []),
    ];
    return {
      problem: "the board is in its boot loader, no application runs",
      seen,
      fix: [
        { run: `thumbelina flash app.json${on}`, why: "puts an application on it, and starts it" },
        { do: `where one is on it: ${leaving(board)}` },
      ],
    };
  },
};

/** How a board gets out of its boot loader by hand. */
function leaving(board: Board | undefined): string {
  switch (board?.boot.protocol) {
    case "an3155":
      return "set BOOT0 low (release its button, or take the jumper off) and press reset";
    case "picoboot":
      return "unplug the board and plug it in again without holding BOOTSEL";
    case "esp-rom":
      return "release BOOT (IO0) and press EN";
    default:
      return "press reset once, or unplug the board and plug it in again";
  }
}

const application: Row = {
  code: "application",
  exit: 4,
  find(evidence) {
    const { expected, line, machine } = evidence;
    if (expected === "app") return undefined;
    const who = identity(evidence);
    const loaders = machine.usb.filter((device) => usbIdOf(device)?.role === "loader");
    const wanted = evidence.board;
    if (loaders.some((device) => wanted === undefined || mayBe(device, wanted))) return undefined;
    const byUsb = who?.row.role === "application";
    const byLine =
      line !== undefined &&
      !line.romSays.includes("download") &&
      (line.sound + line.logs > 0 || line.answers === "app");
    if (!byUsb && !byLine) return undefined;
    const board = boardOf(evidence, who?.row);
    const steps: Step[] = board
      ? protocolsFor(board)
          .slice(0, 1)
          .map(({ enter }) => ({ do: enter }))
      : [];
    const touch: Step[] =
      who?.row.wiring === "native-usb-touch"
        ? [
            {
              run: `thumbelina flash app.json${board ? ` --board ${board.name}` : ""}`,
              why: "asks the application for its boot loader (1200 baud)",
            },
          ]
        : [];
    const by = steps.length > 0 ? steps : [{ do: "say which board it is: --board B" }];
    return {
      problem: "an application runs, the board is not in its boot loader",
      seen: [
        ...(byUsb ? [who.text] : []),
        ...(byLine
          ? [
              line.answers === "app"
                ? `an application answers on ${line.path}`
                : `${line.path} gives ${line.sound + line.logs} lines of an application in ${seconds(line)}`,
            ]
          : []),
      ],
      fix: [
        ...touch,
        ...(touch.length > 0
          ? by.map((step) => ("do" in step ? { do: `where it does not answer: ${step.do}` } : step))
          : by),
      ],
    };
  },
};

const wrongBaud: Row = {
  code: "wrong-baud",
  exit: 6,
  find({ line, board }) {
    if (!line || line.sound > 0 || line.bytes < 48 || line.readable >= readableShare) return undefined;
    const seen = [
      `${line.bytes} bytes at ${line.baud} baud, of which ${percent(line.readable)} are text`,
      ...(line.readableAt === undefined
        ? ["no other usual baud gave text either"]
        : [`at ${line.readableAt} baud it is text`]),
    ];
    const usual = board?.console?.baud;
    if (line.readableAt !== undefined)
      return {
        problem: `the device speaks at ${line.readableAt} baud, not at ${line.baud}`,
        seen,
        fix: [{ run: `thumbelina stream -p ${line.path} --baud ${line.readableAt}` }],
      };
    return {
      problem: `what comes at ${line.baud} baud is no text: another baud, or no console`,
      seen,
      fix: [
        usual !== undefined && usual !== line.baud
          ? { run: `thumbelina stream -p ${line.path} --baud ${usual}`, why: `the console of ${board!.name}` }
          : { do: "look for the baud in the program on the board, and give it with --baud" },
      ],
    };
  },
};

/** Starts that nobody asked for. */
function restarts(line: LineEvidence | undefined): readonly string[] {
  if (!line) return [];
  const { banner, left, resetCauses, romSays } = line;
  return [
    ...((banner?.times ?? 0) >= enoughStarts
      ? [`"${banner!.text}" came ${banner!.times} times in ${seconds(line)}`]
      : []),
    ...(left >= 2 ? [`${line.path} left the bus ${left} times in ${seconds(line)}`] : []),
    ...(romSays.includes("brownout") ? [`${line.path} says that the supply broke down`] : []),
    ...(resetCauses.includes(brownout) ? [`the app was reset by a ${causeWords[brownout]}`] : []),
  ];
}

const byProgram = (line: LineEvidence | undefined): boolean =>
  line !== undefined &&
  2 * line.resetCauses.filter((cause) => programs.includes(cause)).length > line.resetCauses.length;

const brownouts: Row = {
  code: "brownout",
  exit: 6,
  find({ line }) {
    const seen = restarts(line);
    if (seen.length === 0 || byProgram(line)) return undefined;
    const often = line!.left >= 2 || (line!.banner?.times ?? 0) >= 2;
    return {
      problem: often ? "the board restarts again and again: its supply breaks down" : "the board's supply broke down",
      seen,
      fix: [
        { do: "plug the board into the machine itself or into a hub with its own supply, with a short, thick cable" },
        {
          do: "take off what draws current (radio, display, motor, LEDs): does it stay up then, supply that part apart",
        },
        { do: "put a capacitor of 100 µF or more across the supply, near the part that switches" },
      ],
    };
  },
};

const crashes: Row = {
  code: "restarts",
  exit: 6,
  find({ line }) {
    const seen = restarts(line);
    if (seen.length === 0 || !byProgram(line)) return undefined;
    const causes = [...new Set(line!.resetCauses)].map((cause) => causeWords[cause] ?? "unknown");
    return {
      problem: `the application restarts again and again (${causes.join(", ")}): the program fails, not the supply`,
      seen: [...seen, `reasons of reset: ${causes.join(", ")}`],
      fix: [
        { run: `thumbelina stream -p ${line!.path}`, why: "shows the crash line, if there is one, before each start" },
      ],
    };
  },
};

const lineNoise: Row = {
  code: "line-noise",
  exit: 6,
  find({ line }) {
    if (!line || line.hurt < 2 || line.sound + line.logs < line.hurt) return undefined;
    const whole = line.sound + line.logs;
    if (line.hurt < whole / 100) return undefined;
    return {
      problem: "bytes are hurt on the line: lines and checksums do not hold",
      seen: [
        `${line.hurt} of ${whole + line.hurt} lines and frames on ${line.path} were damaged, the others were sound`,
      ],
      fix: [
        { do: "use a shorter cable, away from motors and supplies, with ground beside the signal" },
        { do: "connect the grounds of board and adapter; see that both work at the same voltage" },
        { do: "build the app for a lower baud: at half the baud each bit is sampled in twice the time" },
      ],
    };
  },
};

export const lineRows: readonly Row[] = [bootLoader, application, wrongBaud, brownouts, crashes, lineNoise];
