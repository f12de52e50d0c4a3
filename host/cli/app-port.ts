// The serial port on the way to a boot loader. In: what the user said about ports, the board; out: how to open the port, and, where the
// application owns the port, how to ask it for the boot loader.
//
//   application's port ── 1200 baud ──► gone ──► the boot loader's port: same serial number, or the board's ids ──► open, as soon as it can be
//
// Resets that the user does not want do not happen: the protocol is told that the line has no modem signals.

import { UserError } from "../base/errors.ts";
import type { Board } from "../board/board.ts";
import {
  asksAt1200,
  describePort,
  listPorts,
  openPort,
  type Port,
  type PortInfo,
  type PortOpener,
  type Reach,
  type ResetBefore,
  type ResetStep,
  resetSteps,
  runSteps,
  touch1200,
  touchesToLoader,
  usbIdOf,
  wallClock,
  wrongPort,
} from "../serial/serial.ts";
import type { Arguments } from "./command.ts";
import { type ChosenPort, chosenPort, customReset } from "./port-options.ts";
import type { Terminal } from "./terminal.ts";

export interface ReachOptions {
  readonly board: Board;
  readonly args: Arguments;
  readonly terminal: Terminal;
  /** The stage that flashing is at: `--before` counts until it resets, `--after` then. */
  readonly stage: () => string | undefined;
}

/** How long a native USB port may be gone between the application and its boot loader. */
const reappearMilliseconds = 5000;
const pollMilliseconds = 200;

/** `remark`: told why the port that was named cannot be asked. */
export function portWays(
  options: ReachOptions & { readonly remark: (text: string) => void },
): Pick<Reach, "port" | "touch"> {
  const { args, board, stage, terminal, remark } = options;
  const custom = customReset(args); // what cannot be read is told before anything is opened
  const choose = async (): Promise<ChosenPort> => {
    const chosen = await chosenPort({ ...args, board: board.name }, terminal);
    if (args["force"] !== true) checkPort(chosen.info, board);
    return chosen;
  };
  let left: ChosenPort | undefined;
  const open = async (): Promise<Port> => {
    const { address, openers } = (left && (await loaderOf(left, board))) ?? (await choose());
    const port = await openSoon(address, openers, left ? reappearMilliseconds : 0);
    return withResets(port, { args, stage, custom });
  };
  const touch = async (): Promise<boolean> => {
    if (args["before"] === "no-reset") return false;
    const chosen = await choose().catch(unlessAbsent);
    if (!chosen?.info) return false;
    if (!touchesToLoader(usbIdOf(chosen.info))) {
      remark(`${describePort(chosen.info)} cannot be asked for the boot loader: it is not the chip's own USB`);
      return false;
    }
    await touch1200((settings) => openPort(chosen.address, settings, chosen.openers), wallClock);
    left = chosen;
    return true;
  };
  return { port: open, ...(asksAt1200(board.name) ? { touch } : {}) };
}

/** No port to ask at: the boot loader may be there all the same, or the search says what is missing. */
function unlessAbsent(cause: unknown): undefined {
  if (cause instanceof UserError && cause.code === "serial/no-port") return undefined;
  throw cause;
}

/** Ids that belong to other boards only; bridges belong to none. */
function checkPort(info: PortInfo | undefined, board: Board): void {
  const row = info && usbIdOf(info);
  if (!info || !row || row.boards.length === 0 || row.boards.includes(board.name)) return;
  throw wrongPort(info.path, board.name, `${row.what}: ${row.boards.join(", ")}`);
}

/** The port that came up as this board's boot loader; undefined: none said so, the old address will do. */
async function loaderOf({ info, openers }: ChosenPort, board: Board): Promise<ChosenPort | undefined> {
  for (const end = wallClock.now() + reappearMilliseconds; wallClock.now() < end; ) {
    const loaders = (await listPorts(openers)).filter((port) => {
      const row = usbIdOf(port);
      return row?.role === "loader" && row.boards.includes(board.name);
    });
    const same = loaders.find(({ serialNumber }) => serialNumber !== undefined && serialNumber === info?.serialNumber);
    const found = same ?? loaders[0];
    if (found) return { address: found.path, info: found, openers };
    await wallClock.sleep(pollMilliseconds);
  }
  return undefined;
}

/** A port that has just come up may not be there, or not be ours, yet: udev sets the rights a moment later. */
async function openSoon(address: string, openers: readonly PortOpener[], milliseconds: number): Promise<Port> {
  for (const end = wallClock.now() + milliseconds; ; ) {
    try {
      return await openPort(address, { baud: 115200 }, openers);
    } catch (cause) {
      if (!(cause instanceof UserError) || wallClock.now() >= end) throw cause;
      await wallClock.sleep(pollMilliseconds);
    }
  }
}

interface Resets extends Pick<ReachOptions, "args" | "stage"> {
  readonly custom: readonly ResetStep[] | undefined;
}

async function withResets(port: Port, { args, stage, custom }: Resets): Promise<Port> {
  const how = (args["before"] as ResetBefore | undefined) ?? "default-reset";
  if (custom || how === "usb-reset") {
    const steps = resetSteps(port.info, { purpose: "boot", how, custom });
    await runSteps(port, steps, wallClock);
  }
  const allowed = () => {
    if (stage() === "resetting") return args["after"] === undefined || args["after"] === "hard-reset";
    return !custom && how === "default-reset";
  };
  return {
    info: port.info,
    readable: port.readable,
    write: (bytes) => port.write(bytes),
    configure: (settings) => port.configure(settings),
    setSignals: async (signals) => allowed() && (await port.setSignals(signals)),
    onState: (listener) => port.onState(listener),
    close: () => port.close(),
  };
}
