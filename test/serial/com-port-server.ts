// The far end of RFC 2217, as pyserial's server: agrees or does not, and notes what it is told and what data comes.

import type { Socket } from "node:net";

const [IAC, SB, SE, WILL, _, DO, DONT, comPort] = [255, 250, 240, 251, 252, 253, 254, 44] as const;

export function comPortServer(socket: Socket, { agrees = true, opens = false } = {}) {
  const told: number[][] = [];
  const data: number[] = [];
  let command: number[] | undefined;
  let sub: number[] | undefined;
  if (opens) socket.write(Uint8Array.of(IAC, DO, comPort));
  socket.on("data", (bytes) => {
    for (const byte of bytes) {
      if (command === undefined) {
        if (byte === IAC) command = [];
        else (sub ?? data).push(byte);
        continue;
      }
      command.push(byte);
      const [verb, option] = command;
      if (verb === IAC) (sub ?? data).push(IAC);
      else if (verb === SB) sub = [];
      else if (verb === SE && sub) {
        told.push(sub);
        sub = undefined;
      } else if (option === undefined) continue;
      else if (verb === WILL && option === comPort) socket.write(Uint8Array.of(IAC, agrees ? DO : DONT, option));
      else if (verb === DO) socket.write(Uint8Array.of(IAC, WILL, option));
      command = undefined;
    }
  });
  return { told, data };
}
