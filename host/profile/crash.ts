// What a device recorded of its crash, in words: which layer, function and source line. In: the object of the line {"crash":{…}}
// (assembly/firmware/fault.ts; it comes from a device, so nothing of it is taken for granted) and the image that ran; out: the place.
//
//   pc ─ symbols ─▶ function        pc ─ lines ─▶ assembly/kernels/conv2d.ts:41        pc in layer_NN_…, else `slice` ─▶ layer
//
// A layer's kernels are part of its function. What hung says the same of the place where it hung: its exception is PendSV (hang.ts), or
// the watchdog's interrupt. Where nothing could be recorded before the watchdog bit, the exception is 0 and only the layer is known.

import { type Image, SymbolIndex } from "../image/image.ts";

export interface CrashPlace {
  readonly exception: string;
  /** As far as the core says (CFSR, DDI 0403E B3.2.15); v6-M does not. */
  readonly cause: string;
  readonly pc: number;
  /** That was accessed. */
  readonly address?: number;
  readonly layer?: string;
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  /** A store that was buffered: the instruction at pc is a few behind the one at fault. */
  readonly imprecise: boolean;
  /** All that on one line. */
  readonly text: string;
}

const exceptions: Readonly<Record<number, string>> = {
  ...{
    0: "watchdog",
    2: "NMI",
    3: "HardFault",
    4: "MemManage",
    5: "BusFault",
    6: "UsageFault",
    11: "SVCall",
    14: "PendSV",
    15: "SysTick",
  },
};

/** By bit of CFSR. */
const causes: Readonly<Record<number, string>> = {
  0: "instruction fetch that the memory protection forbids",
  1: "access that the memory protection forbids",
  8: "instruction fetch where nothing answers",
  9: "access where nothing answers",
  10: "buffered write where nothing answers",
  11: "stack where nothing answers, returning from an exception",
  12: "stack where nothing answers, entering an exception",
  16: "undefined instruction",
  17: "branch to code that is not Thumb",
  18: "broken return from an exception",
  19: "floating point while the unit is off",
  24: "unaligned access",
  25: "division by zero",
};
const impreciseBit = 10;
const unrecorded = 0;

/** Undefined: that is no crash record. */
export function describeCrash(crash: unknown, image: Image): CrashPlace | undefined {
  const record = crashOf(crash);
  if (!record) return undefined;
  const { pc, cfsr, number, slice } = record;
  const index = new SymbolIndex(image);
  const symbol = number === unrecorded ? undefined : index.at(pc);
  const line = number === unrecorded ? undefined : index.lineAt(pc);
  const own = symbol && image.layers.find(({ address, bytes }) => pc >= address && pc < address + bytes);
  const layer = (own ?? image.layers[slice])?.name;
  const bits = Object.keys(causes).filter((bit) => (cfsr >>> Number(bit)) & 1);
  const known = {
    exception: exceptions[number] ?? `interrupt ${number - 16}`,
    cause: bits.length ? bits.map((bit) => causes[Number(bit)]).join(", ") : causeWithout(number),
    pc,
    ...(record.address ? { address: record.address } : {}),
    ...(layer === undefined ? {} : { layer }),
    ...(symbol ? { function: symbol.name } : {}),
    ...(line ? { file: line.file, line: line.line } : {}),
    imprecise: ((cfsr >>> impreciseBit) & 1) === 1,
  };
  return { ...known, text: textOf(known) };
}

function causeWithout(number: number): string {
  if (number === unrecorded) return "it bit where nothing could be recorded: in a handler, or with interrupts off";
  if (number === 14) return "the main loop did not come round in the watchdog's time";
  return number >= 16
    ? "an interrupt that nobody serves: the watchdog's, before it bites, or one without a driver"
    : "the core does not say why";
}

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

function textOf({
  exception,
  cause,
  pc,
  address,
  layer,
  function: name,
  file,
  line,
  imprecise,
}: Omit<CrashPlace, "text">) {
  const what = `${exception}: ${cause}${address === undefined ? "" : ` (${hex(address)})`}`;
  const where = [
    ...(layer === undefined || layer === name ? [] : [layer]),
    ...(name === undefined ? [] : [name]),
    ...(file === undefined ? [] : [`${file}:${line}`]),
    ...(pc ? [`pc ${hex(pc)}${imprecise ? " or a few instructions before" : ""}`] : []),
  ];
  return where.length ? `${what}, in ${where.join(", ")}` : what;
}

function crashOf(crash: unknown) {
  if (typeof crash !== "object" || crash === null) return undefined;
  const fields = crash as Readonly<Record<string, unknown>>;
  const { exception, slice } = fields;
  const [pc, cfsr, address] = [word(fields["pc"]), word(fields["cfsr"]), word(fields["address"])];
  if (!Number.isInteger(exception) || pc === undefined || cfsr === undefined) return undefined;
  return { number: exception as number, pc, cfsr, address, slice: Number.isInteger(slice) ? (slice as number) : -1 };
}

const word = (value: unknown): number | undefined =>
  typeof value === "string" && /^0x[0-9a-f]{8}$/.test(value) ? Number(value) : undefined;
