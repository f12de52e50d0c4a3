// Why a board cannot be reached, or why its line gives nothing useful: what is seen of machine, ports and line, what follows from it, and
// what to do. Nothing found: says so, and what was looked at. Exit: 0, or the code of the first finding.

import {
  choosePort,
  diagnose,
  doctorMachine,
  type Evidence,
  type Finding,
  type LineEvidence,
  listPorts,
  openAgain,
  openPort,
  type PortEvidence,
  type PortInfo,
  parsePortFilter,
  type Step,
  udevRules,
  wallClock,
  watchLine,
} from "../../serial/serial.ts";
import type { Arguments, Command } from "../command.ts";
import { error } from "../errors.ts";
import { listOf } from "../model.ts";
import { givenPort, lineSettings, openersFor, portOptions } from "../port-options.ts";
import { boardFor } from "../program.ts";
import { printable } from "../report.ts";
import { paint, type Terminal } from "../terminal.ts";

const watchSeconds = 4;

export const command: Command = {
  usage: "doctor",
  options: {
    ...portOptions,
    board: { alias: "b", type: "string", requiresArg: true, describe: "the board that should be there" },
    expect: {
      type: "string",
      choices: ["app", "loader"],
      default: "app",
      requiresArg: true,
      describe: "app: to stream from; loader: to flash over",
    },
    watch: {
      type: "number",
      default: watchSeconds,
      requiresArg: true,
      describe:
        "seconds to listen to the line, before other bauds are tried; 0: do not open it (opening may reset a board)",
    },
    "emit-udev": { type: "boolean", describe: "print udev rules for all known boards, and do nothing else" },
  },
  examples: [
    ["thumbelina doctor", "looks at the machine and at the one board that is plugged in"],
    ["thumbelina doctor --board pico --expect loader", "why flash does not find its boot loader"],
    ["thumbelina doctor --emit-udev | sudo tee /etc/udev/rules.d/70-thumbelina.rules", "lets you open boards (Linux)"],
    ["exit codes", "0 nothing found; 4 no board, or not what was expected; 5 permission; 6 the port or its line"],
  ],
  async run(args, terminal) {
    const { machineEvidence } = await doctorMachine();
    const root = terminal.env["THUMBELINA_ROOT"];
    const options = root === undefined ? {} : { root };
    const machine = await machineEvidence(options);
    if (args["emit-udev"] === true) {
      terminal.out(udevRules(machine.groups).trimEnd());
      return 0;
    }
    const evidence = await gather(machine, options, args, terminal);
    const findings = diagnose(evidence);
    if (terminal.json) terminal.out(JSON.stringify(asJson(evidence, findings)));
    else tell(evidence, findings, terminal);
    return findings[0]?.exit ?? 0;
  },
};

async function gather(
  machine: Evidence["machine"],
  options: { readonly root?: string },
  args: Arguments,
  terminal: Terminal,
): Promise<Evidence> {
  const { portEvidence } = await doctorMachine();
  const board = args["board"] === undefined ? undefined : boardFor(String(args["board"]));
  const filters = listOf(args["port-filter"]).map(parsePortFilter);
  const address = givenPort(args, terminal);
  const wish = address ?? (filters.length > 0 ? listOf(args["port-filter"]).join(" or ") : undefined);
  const openers = await openersFor(terminal, args);
  const among = candidates({ address, filters, board: board?.name }, await listPorts(openers));
  const ports = await Promise.all(among.map((info) => portEvidence(info, machine, options)));
  const known = {
    ...({ expected: args["expect"] === "loader" ? "loader" : "app", machine, ports } as const),
    ...(board ? { board } : {}),
    ...(wish === undefined ? {} : { address: wish }),
  };
  const [info, second] = among;
  const seconds = numberOfSeconds(args["watch"]);
  if (!info || second || seconds === 0 || ports.some((port) => closed(port, known))) return known;
  const line = await watchLine({
    ...{ path: ports[0]!.info.path, settings: lineSettings(args), clock: wallClock, milliseconds: 1000 * seconds },
    ...(board ? { board } : {}),
    open: (settings) => openPort(info.path, settings, openers),
    reopen: (_, settings) => openAgain(info, settings, openers),
  });
  return { ...known, line };
}

/** It could not be opened, or opening it would only disturb who has it. */
function closed({ info, node, missing, lockedBy }: PortEvidence, { machine }: Evidence): boolean {
  const held = lockedBy.length > 0 || machine.processes.some(({ holds }) => holds.includes(info.path));
  const noBinding = machine.bindingProblem !== undefined && !info.path.includes(":");
  return held || noBinding || missing === true || node?.accessible === false;
}

function numberOfSeconds(value: unknown): number {
  const seconds = Number(value ?? watchSeconds);
  if (!(seconds >= 0 && seconds <= 600)) throw error("usage", { problem: "--watch takes 0 to 600 seconds" });
  return seconds;
}

/** The port that is meant, or those that could be. What cannot be found is evidence here, not an error. */
function candidates(wish: Parameters<typeof choosePort>[0], seen: readonly PortInfo[]): readonly PortInfo[] {
  try {
    const choice = choosePort(wish, seen);
    return choice.kind === "several" ? choice.among : [choice.info ?? { path: choice.address }];
  } catch (cause) {
    if ((cause as { readonly code?: string }).code === "serial/no-port") return [];
    throw cause;
  }
}

function asJson(evidence: Evidence, findings: readonly Finding[]) {
  const { expected, board, address, ports, line, machine } = evidence;
  return {
    ok: findings.length === 0,
    exit: findings[0]?.exit ?? 0,
    findings: findings.map(({ code, exit, problem, seen, fix }) => ({ code, exit, problem, seen, fix })),
    seen: {
      ...{ expected, board: board?.name, address, platform: machine.platform },
      distributions: machine.distributions,
      ports: ports.map(({ info, node, missing }) => ({ ...info, accessible: node?.accessible, missing })),
      usb: machine.usb.map(({ vendorId, productId, product, serialNumber, node, ports: of }) => {
        return { vendorId, productId, product, serialNumber, accessible: node?.accessible, ports: of };
      }),
      line,
    },
  };
}

function tell(evidence: Evidence, findings: readonly Finding[], terminal: Terminal): void {
  for (const { code, problem, seen, fix } of findings) {
    terminal.out(`${paint(terminal, "red", code)}: ${printable(problem)}`);
    for (const each of seen) terminal.out(`  seen: ${printable(each)}`);
    for (const step of fix) terminal.out(`  ${paint(terminal, "cyan", "do")}: ${stepText(step)}`);
  }
  for (const note of remarks(evidence, findings)) terminal.note(note);
  if (findings.length === 0) terminal.note("nothing wrong was seen");
}

const stepText = (step: Step): string =>
  "do" in step ? step.do : step.why === undefined ? step.run : `${step.run}   # ${step.why}`;

/** What was looked at, and what could not be. */
function remarks({ ports, line, machine }: Evidence, findings: readonly Finding[]): string[] {
  const notes = ports.length > 1 ? [`${ports.length} ports may be meant, none was opened: say which with -p`] : [];
  if (line && !line.refused) notes.push(lineText(line));
  if (line?.refused && findings.length === 0) notes.push(line.refused.message);
  if (machine.platform !== "linux")
    notes.push(
      "on this system the package serialport, the list of ports, opening, and the line are looked at; drivers are not",
    );
  return notes.map(printable);
}

function lineText({ path, baud, milliseconds, bytes, sound, logs, hurt, answers }: LineEvidence): string {
  const silent = answers === undefined ? "silent, and nothing answers: is there an app on it?" : "silent";
  const said =
    bytes === 0 ? silent : `${bytes} bytes; results and frames ${sound}, other lines ${logs}, damaged ${hurt}`;
  const more = answers === "app" ? "; an application answers when asked" : "";
  return `${path} at ${baud} baud for ${(milliseconds / 1000).toFixed(1)} s: ${said}${more}`;
}
