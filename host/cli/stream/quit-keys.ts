// Ctrl+] and Ctrl+C at a terminal end a stream. The terminal is in raw mode meanwhile, so that both arrive as bytes; what else is typed
// is not for the device, which takes management frames only.

import type { ReadStream } from "node:tty";

export type QuitKey = "ctrl-]" | "ctrl-c";

/** Returns what gives the terminal back. Does nothing where stdin is no terminal. */
export function quitKeys(
  stdin: Pick<ReadStream, "isTTY" | "setRawMode" | "on" | "removeListener" | "resume" | "pause">,
  onQuit: (key: QuitKey) => void,
): () => void {
  if (stdin.isTTY !== true) return () => {};
  const onData = (bytes: Uint8Array): void => {
    if (bytes.includes(0x1d)) onQuit("ctrl-]");
    else if (bytes.includes(0x03)) onQuit("ctrl-c");
  };
  stdin.setRawMode(true);
  stdin.on("data", onData);
  stdin.resume();
  return () => {
    stdin.removeListener("data", onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
