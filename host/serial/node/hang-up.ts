// A line that hangs up (its USB device is pulled out) gives reads of 0 bytes on Unix, for ever; the package serialport reads again at once
// and so never comes back from it (serialport/bindings-cpp, pull request 164). In: an open port of that package; its read is replaced by one
// that ends. On Windows, whose bindings have no file descriptor to poll, it is left alone.

import { read } from "node:fs";
import { promisify } from "node:util";

const readFile = promisify(read);

/** What is used here of the package's port. */
interface UnixPort {
  readonly fd: number | null;
  readonly poller: { once(event: "readable", heard: (cause: Error | null) => void): unknown };
  read: (buffer: Buffer, offset: number, length: number) => Promise<{ buffer: Buffer; bytesRead: number }>;
}

const isUnix = (port: unknown): port is UnixPort =>
  typeof port === "object" && port !== null && "fd" in port && typeof port.fd === "number" && "poller" in port;

const notYet = new Set(["EAGAIN", "EWOULDBLOCK", "EINTR"]);

export function endsWhenHungUp(port: unknown): void {
  if (!isUnix(port)) return;
  const closed = () => Object.assign(new Error("Port is not open"), { canceled: true });
  port.read = async (buffer, offset, length) => {
    for (;;) {
      if (port.fd === null) throw closed();
      try {
        const { bytesRead } = await readFile(port.fd, buffer, offset, length, null);
        // VMIN is 1: nothing to read would be EAGAIN (termios(3), "Canonical and noncanonical mode")
        if (bytesRead === 0) throw Object.assign(new Error("the line hung up"), { disconnect: true });
        return { buffer, bytesRead };
      } catch (cause) {
        if (!notYet.has((cause as NodeJS.ErrnoException).code ?? "")) throw cause;
      }
      // Closed while it was read: its poller is destroyed, and asking it would end the process.
      if (port.fd === null) throw closed();
      await new Promise<void>((resolve, reject) => {
        port.poller.once("readable", (cause) => (cause ? reject(cause) : resolve()));
      });
    }
  };
}
