// Several boards of one kind on one machine: drives and USB devices do not go by the port's name that a user gives, but they carry the
// serial number of the board that has it. In: the port's words; out: of what was found, what belongs to the port that was named.
//
// Where an application asks for its boot loader by 1200 baud, the boot loader may carry another number (the RP2040's ROM does): there a
// number decides among several, and refuses none.

import type { Board } from "../board/board.ts";
import { asksAt1200, type PortInfo, parsePortFilter, passes, protocolsFor } from "../serial/serial.ts";
import type { Arguments } from "./command.ts";
import { listOf } from "./model.ts";
import { givenPort, seenPorts } from "./port-options.ts";
import type { Terminal } from "./terminal.ts";

export interface NamedOptions {
  readonly board: Board;
  readonly args: Arguments;
  readonly terminal: Terminal;
  /** Told why a port that was named helps nobody. */
  readonly remark: (text: string) => void;
}

type Facts = Omit<PortInfo, "path">;

export function ofNamedPort({ board, args, terminal, remark }: NamedOptions) {
  const address = givenPort(args, terminal);
  const filters = listOf(args["port-filter"]).map(parsePortFilter);
  const isNamed = address !== undefined || filters.length > 0;
  const look = async (): Promise<readonly string[]> => {
    const seen = await seenPorts({ ...args, board: undefined }, terminal);
    if (seen.length === 0) remark(`${address === undefined ? "--port-filter" : `-p ${address}`}: no such port is seen`);
    const serials = seen.flatMap(({ serialNumber }) => serialNumber ?? []);
    return address?.startsWith("id:") ? [...serials, address.slice("id:".length)] : serials;
  };
  let numbers: Promise<readonly string[]> | undefined;
  return async <T>(found: readonly T[], factsOf: (one: T) => Facts): Promise<readonly T[]> => {
    if (!isNamed) return found;
    numbers ??= look();
    const serials = await numbers;
    const fits = (facts: Facts) =>
      (facts.serialNumber !== undefined && serials.includes(facts.serialNumber)) ||
      filters.some((filter) => passes({ path: "", ...facts }, filter));
    const mine = found.filter((one) => fits(factsOf(one)));
    if (mine.length > 0) return mine;
    if (asksAt1200(board.name)) return found;
    if (protocolsFor(board).some(({ carrier }) => carrier === "port")) return []; // it is met at the port that was named
    return serials.length === 0 ? found : found.filter((one) => factsOf(one).serialNumber === undefined);
  };
}
