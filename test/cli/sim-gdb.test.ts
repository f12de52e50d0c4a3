// `sim --gdb` as a process, spoken to over its socket without gdb (test/sim/gdb.slow.ts has the real one): one peer at a time, another
// may come when it has gone, the program's end is the process's end.

import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { startProcess } from "./verb.ts";

const elf = fileURLToPath(new URL("../sim/built/hello-mps2-an386.elf", import.meta.url));

const framed = (body: string) => {
  const sum = [...body].reduce((total, c) => (total + c.charCodeAt(0)) & 0xff, 0);
  return `$${body}#${sum.toString(16).padStart(2, "0")}`;
};

/** Sends, and waits until the answer holds `wanted`. */
function ask(socket: Socket, text: string, wanted: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = "";
    const listener = (bytes: Buffer) => {
      heard += bytes;
      if (!heard.includes(wanted)) return;
      socket.off("data", listener);
      resolve(heard);
    };
    socket.on("data", listener);
    socket.once("close", () => reject(new Error(`closed after ${heard}`)));
    socket.write(text);
  });
}

const open = (port: number) =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket)).once("error", reject);
  });

it("serves one peer after the other on the loopback address, and ends with the program", async () => {
  let found: (port: number) => void = () => {};
  const ready = new Promise<number>((resolve) => {
    found = resolve;
  });
  const ended = startProcess(["sim", elf, "--board", "mps2-an386", "--gdb", "0"], (err) => {
    const port = /waiting for gdb on 127\.0\.0\.1:(\d+)/.exec(err)?.[1];
    if (port) found(Number(port));
  });
  const port = await ready;
  const first = await open(port);
  expect(await ask(first, framed("qSupported"), "#")).toContain("PacketSize=");
  const second = await open(port);
  await new Promise((resolve) => second.once("close", resolve));
  // The first goes without a word; what it set is gone with it.
  await ask(first, framed("Z0,f4,2"), "OK");
  first.destroy();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const third = await open(port);
  expect(await ask(third, framed("?"), "#")).toContain("T05");
  expect(await ask(third, framed("vCont;c"), "W00")).toContain(framed("W00"));
  const said = await ended;
  expect(said.out).toBe("hello\nend\n");
  expect(said.exit).toBe(0);
});
