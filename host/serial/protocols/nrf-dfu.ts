// Adafruit's nRF52 boot loader over a serial port: Nordic's legacy DFU. In: a Port to a board in its boot loader; out: the application,
// whole, checked by the boot loader's CRC, and started. It cannot be read and says little: a frame is acknowledged when it arrives, not
// when it was obeyed, and what it refuses makes it restart.
//
//   START (erases) ─► INIT (kind, SoftDevice, CRC) ─► DATA × 512 bytes ─► STOP ─► gone: CRC right, application runs
//     ▲                                                                     └───► still answers: CRC wrong
//     └──── restarted (it expects number 1 again): from the beginning, at most `rounds` times
//
// Interrupted, it stays in the boot loader with its numbers: the next run takes them over, is refused, and finds it restarted.

import { error } from "../errors.ts";
import { type FlashLink, isLost, withLink } from "../flash-link.ts";
import { type FlashOptions, type FlashProtocol, type FlashResult, startsAnyway } from "../flash-types.ts";
import { acknowledged, dfuCrc, dfuPayloads, hciFrame, initPacket } from "./nrf-frames.ts";

const dataBytes = 512;
const pageBytes = 4096;
const rounds = 4;
const sendsPerFrame = 4;
const acknowledgeWait = 500;
/** While it erases or writes a page the processor stands still (nRF52840 PS 6.14: 85 ms, 41 µs a word, and a tenth more). */
const erasePageMilliseconds = 89.7;
const writePageMilliseconds = 46;
/** The application of no version: any may replace it. */
const anyVersion = 0xffffffff;
const anySoftDevice = 0xfffe;

export const nrfDfu: FlashProtocol = {
  name: "nrf-dfu",
  looksFor: "Adafruit's nRF52 boot loader on the serial port",
  enter: "press reset twice within half a second; the board's light pulses",
  carrier: "port",
  flash: (port, options) => withLink(port, options, (link) => new DfuSession(link, options).run()),
};

/** How a frame ended: obeyed, or the device is at another number than we. */
type Sent = "acknowledged" | "restarted" | "silence";

class DfuSession {
  #sequence = 1;
  #started = false;

  constructor(
    private readonly link: FlashLink,
    private readonly options: FlashOptions,
  ) {}

  async run(): Promise<FlashResult> {
    const { link, options } = this;
    const application = applicationOf(options);
    startsAnyway(options);
    link.stage("connecting");
    await link.configure({ baud: options.baud ?? 115200 });
    if (await link.port.setSignals({ dtr: false })) {
      await link.sleep(50);
      await link.port.setSignals({ dtr: true });
      await link.sleep(100);
    }
    let last: Sent | "wrong" = "silence";
    for (let round = 0; round < rounds; round++) {
      if (round > 0) {
        await link.sleep(1000);
        this.#sequence = 1;
      }
      const before: Sent | "wrong" = last;
      last = await this.#transfer(application);
      // After a wrong CRC it stays as it was, and the next START restarts it.
      if (last === "restarted" && before === "wrong" && round === rounds - 1) last = before;
      if (last === "acknowledged") {
        const verified = options.verify === false ? "none" : "crc";
        return { writtenBytes: application.length, skippedBytes: 0, verified };
      }
      if (last === "silence" && !this.#started) break;
    }
    throw this.#failure(last, application);
  }

  #failure(last: Sent | "wrong", application: Uint8Array) {
    const { board } = this.options;
    if (last === "silence")
      return error(
        "no-answer",
        { what: "from the nRF52 boot loader", seconds: (sendsPerFrame * acknowledgeWait) / 1000 },
        undefined,
        this.link.heard(),
      );
    if (last === "restarted")
      return error("refused", { what: "take the application", status: "it restarted (is another SoftDevice on it?)" });
    const wanted = dfuCrc(application).toString(16);
    return error("verify-digest", {
      ...{ address: board.image.start, bytes: application.length },
      ...{ wanted, found: "another (the boot loader does not say which)" },
    });
  }

  async #transfer(application: Uint8Array): Promise<Sent | "wrong"> {
    const { link, options } = this;
    const { softDevices = [anySoftDevice] } = options.board.boot;
    const pages = Math.floor(application.length / pageBytes) + 1;
    const started = await this.#send(dfuPayloads.start(application.length), true);
    if (started !== "acknowledged") return started;
    link.stage("erasing");
    await link.sleep(Math.max(500, pages * erasePageMilliseconds));
    const init = initPacket({ version: anyVersion, softDevices, crc: dfuCrc(application) });
    const initialised = await this.#send(dfuPayloads.init(init));
    if (initialised !== "acknowledged") return initialised;
    this.#started = true;
    link.stage("writing", application.length);
    for (let at = 0; at < application.length; at += dataBytes) {
      const data = application.subarray(at, at + dataBytes);
      const sent = await this.#send(dfuPayloads.data(data));
      if (sent !== "acknowledged") return sent;
      options.listener.advance(data.length);
      // It writes a page when it has one.
      if ((at + data.length) % pageBytes === 0) await link.sleep(writePageMilliseconds);
    }
    await link.sleep(writePageMilliseconds);
    return this.#finish();
  }

  /** After STOP it checks the CRC: right, and it is gone; wrong, and it still acknowledges. */
  async #finish(): Promise<Sent | "wrong"> {
    const { link } = this;
    link.stage("verifying");
    const stop = hciFrame(this.#sequence, dfuPayloads.stop());
    const sent = await this.#send(dfuPayloads.stop());
    if (sent === "restarted" || this.options.verify === false) return sent === "silence" ? "acknowledged" : sent;
    try {
      await link.sleep(erasePageMilliseconds + writePageMilliseconds + 300);
      for (let probe = 0; probe < 2; probe++) {
        await link.send(stop);
        if ((await this.#answer(acknowledgeWait)) !== undefined) return "wrong";
      }
    } catch (cause) {
      // Native USB leaves with the boot loader.
      if (!isLost(cause)) throw cause;
    }
    link.stage("resetting");
    return "acknowledged";
  }

  #answer(milliseconds: number): Promise<number | undefined> {
    return this.link.frame(acknowledged, milliseconds, 64);
  }

  async #send(payload: readonly number[], mayAdopt = false): Promise<Sent> {
    for (let attempt = 0; attempt < sendsPerFrame; attempt++) {
      const sequence = this.#sequence;
      const next = (sequence + 1) & 7;
      await this.link.send(hciFrame(sequence, payload));
      const end = this.link.now() + acknowledgeWait;
      for (let wait = acknowledgeWait; wait >= 0; wait = end - this.link.now()) {
        const expected = await this.#answer(wait);
        if (expected === undefined) break;
        if (expected === next) {
          this.#sequence = next;
          return "acknowledged";
        }
        // Its own number again: a late answer to what was sent twice, or a frame that it could not read; send again after the wait.
        if (expected === sequence) continue;
        if (!mayAdopt) return "restarted";
        this.#sequence = expected;
        break;
      }
    }
    return "silence";
  }
}

/** One run of bytes from where the boot loader puts applications; words. */
function applicationOf({ board, parts }: FlashOptions): Uint8Array {
  const { start } = board.image;
  const end = parts.reduce((last, { address, data }) => Math.max(last, address + data.length), start);
  const whole = new Uint8Array(Math.ceil((end - start) / 4) * 4).fill(0xff);
  for (const { address, data } of parts) {
    if (address < start)
      throw error("outside-flash", {
        ...{ board: board.name, address, bytes: data.length },
        where: "before the place where the boot loader puts applications",
      });
    whole.set(data, address - start);
  }
  return whole;
}
