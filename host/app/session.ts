// An app at work on the host: the compiled front end and decision of the firmware itself (assembly/firmware/session.ts), fed with raw
// samples; the model is asked through `invoke`. What a board says of the same samples, whole lines except time and cycles, is equal.
//
//   module (app-session.ts makes it)   memory: 16 … tables │ 64 KB: RAM objects │ model's input │ model's output

import { invariant } from "../base/errors.ts";

export interface SessionModule {
  readonly bytes: Uint8Array;
  /** Tables, with their contents. */
  readonly constants: readonly { readonly address: number; readonly data: Uint8Array }[];
  readonly input: { readonly address: number; readonly bytes: number };
  readonly output: { readonly address: number; readonly bytes: number };
  readonly memoryBytes: number;
}

export interface SessionSettings {
  readonly labels: readonly string[];
  readonly channels: number;
  /** The model: input bytes to output bytes. */
  readonly invoke: (input: Uint8Array) => Uint8Array;
}

/** What a result line says, but for time. */
export interface WindowResult {
  /** Counts windows from 0. */
  readonly seq: number;
  /** Number of samples up to the end of the window. */
  readonly window: number;
  readonly label: string;
  /** Of the label: in this window, and averaged. In ten-thousandths, as on the device. */
  readonly score: number;
  readonly mean: number;
  readonly detected: string | undefined;
}

export interface Session {
  /** One sample: an int16 a channel. Undefined: no window is complete. */
  push(sample: ArrayLike<number>): WindowResult | undefined;
  /** As after power-on. */
  restart(): void;
  /** CRC-32 over all samples pushed. */
  crc(): number;
  /** What is wrong with the samples. */
  signal(): { readonly stuck: boolean; readonly saturated: boolean };
}

type Exports = Readonly<Record<`session_${string}`, () => number>>;

export function openSession(module: SessionModule, settings: SessionSettings): Session {
  const { input, output } = module;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(module.memoryBytes / 65536) });
  const bytes = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  for (const { address, data } of module.constants) bytes.set(data, address);
  const imports = { env: { memory }, mmio: plainAccesses(view) };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.bytes), imports);
  const chain = instance.exports as unknown as Exports;
  const call = (name: string): number => chain[`session_${name}`]!();
  let seq = 0;
  let samples = 0;

  function restart(): void {
    call("restart");
    seq = 0;
    samples = 0;
  }

  function push(sample: ArrayLike<number>): WindowResult | undefined {
    invariant(sample.length === settings.channels, `a sample has ${settings.channels} channels`);
    const slot = call("slot");
    for (let i = 0; i < sample.length; i++) view.setInt16(slot + 2 * i, sample[i]!, true);
    samples++;
    if (!call("written")) return undefined;
    const answer = settings.invoke(bytes.slice(input.address, input.address + input.bytes));
    invariant(answer.length === output.bytes, "the model's output has the size that the app was checked with");
    bytes.set(answer, output.address);
    const found = call("decide");
    return {
      seq: seq++,
      window: samples,
      label: settings.labels[call("label")]!,
      ...{ score: call("score"), mean: call("mean") },
      detected: found < 0 ? undefined : settings.labels[found]!,
    };
  }

  restart();
  return {
    ...{ push, restart },
    crc: () => call("crc") >>> 0,
    signal() {
      const bits = call("signal");
      return { stuck: (bits & 1) !== 0, saturated: (bits & 2) !== 0 };
    },
  };
}

/** assembly/mmio.ts where there is no hardware: an access is an access. */
function plainAccesses(view: DataView) {
  return {
    load32: (address: number) => view.getUint32(address, true),
    load16: (address: number) => view.getUint16(address, true),
    load8: (address: number) => view.getUint8(address),
    store32: (address: number, value: number) => view.setUint32(address, value, true),
    store16: (address: number, value: number) => view.setUint16(address, value, true),
    store8: (address: number, value: number) => view.setUint8(address, value),
  };
}
