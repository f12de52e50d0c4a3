// Operators of room isa as JavaScript expressions. Carry and overflow are written without branches or wide sums, so that the engine
// can move or drop them; every formula here is held against its operator by a test. What is not here is called.

import type { Expr, IntegerOperator } from "../../isa/isa.ts";

export interface Printer {
  expr(expr: Expr): string;
  test(expr: Expr): string;
  hold(text: string): string;
  /** Name of an operator's function. */
  operator(name: string): string;
}

type Print = (args: readonly string[], hold: (text: string) => string) => string | undefined;

const number = (text: string | undefined) => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined);
const below32 = (text: string | undefined) => {
  const value = number(text);
  return value !== undefined && value >= 0 && value < 32;
};

/** r = a + b + c; carry out where two of a, b, ~r agree; overflow where r's sign differs from both. */
const sumParts = ([a, b, c]: readonly string[], hold: (text: string) => string) => {
  const [x, y] = [hold(a!), hold(b!)];
  return { x, y, r: hold(c === "0" ? `${x}+${y}|0` : `${x}+${y}+${c}|0`) };
};

/** Two steps that both overflow cancel (their signs differ); otherwise one overflow is the whole sum's. */
const longOverflow: Print = ([a, b, c], hold) => {
  const [x, y, w] = [hold(a!), hold(b!), hold(c!)];
  const s = hold(`${x}+${y}|0`);
  const r = hold(`${s}+${w}|0`);
  return `(((${x}^${s})&(${y}^${s})^(${s}^${r})&(${w}^${r}))>>>31)`;
};

export const printed: Partial<Record<IntegerOperator, Print>> = {
  add: ([a, b]) => `(${a}+${b}|0)`,
  sub: ([a, b]) => `(${a}-${b}|0)`,
  mul: ([a, b]) => `Math.imul(${a},${b})`,
  and: ([a, b]) => `(${a}&${b})`,
  or: ([a, b]) => `(${a}|${b})`,
  xor: ([a, b]) => `(${a}^${b})`,
  not: ([a]) => `(~(${a}))`,
  neg: ([a]) => `(-(${a})|0)`,
  shl: ([a, b]) => `(${a}<<${b})`,
  shr: ([a, b]) => `(${a}>>>${b}|0)`,
  sar: ([a, b]) => `(${a}>>${b})`,
  lsl: ([a, b]) => (below32(b) ? `(${a}<<${b})` : undefined),
  lsr: ([a, b]) => (below32(b) ? `(${a}>>>${b}|0)` : undefined),
  asr: ([a, b]) => (below32(b) ? `(${a}>>${b})` : undefined),
  ror: ([a, b], hold) => {
    if (!below32(b)) return undefined;
    const x = hold(a!);
    return `(${x}>>>${b}|${x}<<${-Number(b) & 31})`;
  },
  rrx: ([a, c]) => `(${a}>>>1|${c}<<31)`,
  isZero: ([a]) => `(Math.clz32(${a})>>>5)`,
  eq: ([a, b]) => `(Math.clz32(${a}^${b})>>>5)`,
  sxtb: ([a]) => `(${a}<<24>>24)`,
  sxth: ([a]) => `(${a}<<16>>16)`,
  uxtb: ([a]) => `(${a}&255)`,
  uxth: ([a]) => `(${a}&65535)`,
  sxtb16: ([a], hold) => {
    const x = hold(a!);
    return `(${x}<<24>>24&65535|${x}<<8>>24<<16)`;
  },
  uxtb16: ([a]) => `(${a}&16711935)`,
  clz: ([a]) => `Math.clz32(${a})`,
  pack: ([a, b]) => `(${a}&65535|${b}<<16)`,
  sbfx: ([a, lsb, width]) => {
    const [l, w] = [number(lsb), number(width)];
    return l !== undefined && w !== undefined ? `(${a}<<${32 - l - w}>>${32 - w})` : undefined;
  },
  ubfx: ([a, lsb, width]) => {
    const [l, w] = [number(lsb), number(width)];
    return l !== undefined && w !== undefined && w < 32 ? `(${a}>>>${l}&${(2 ** w - 1) | 0})` : undefined;
  },
  carry: (args, hold) => {
    const { x, y, r } = sumParts(args, hold);
    return `((${x}&${y}|(${x}|${y})&~${r})>>>31)`;
  },
  overflow: (args, hold) => {
    const c = args[2]!;
    if (c !== "0" && c !== "1" && c !== "C") return longOverflow(args, hold);
    const { x, y, r } = sumParts(args, hold);
    return `(((${x}^${r})&(${y}^${r}))>>>31)`;
  },
  // Products of halves (Warren, Hacker's Delight 8-2); no partial sum leaves 32 bits.
  smulhi: (args, hold) => {
    const [x, y] = [hold(args[0]!), hold(args[1]!)];
    const t = hold(`Math.imul(${x}>>16,${y}&65535)+(Math.imul(${x}&65535,${y}&65535)>>>16)|0`);
    const w = hold(`Math.imul(${x}&65535,${y}>>16)+(${t}&65535)|0`);
    return `(Math.imul(${x}>>16,${y}>>16)+(${t}>>16)+(${w}>>16)|0)`;
  },
  umulhi: (args, hold) => {
    const [x, y] = [hold(args[0]!), hold(args[1]!)];
    const t = hold(`Math.imul(${x}>>>16,${y}&65535)+(Math.imul(${x}&65535,${y}&65535)>>>16)|0`);
    const w = hold(`Math.imul(${x}&65535,${y}>>>16)+(${t}&65535)|0`);
    return `(Math.imul(${x}>>>16,${y}>>>16)+(${t}>>>16)+(${w}>>>16)|0)`;
  },
};

export function printOperator(op: IntegerOperator, args: readonly Expr[], printer: Printer): string {
  if (op === "select") {
    const [when, a, b] = args as readonly [Expr, Expr, Expr];
    const [yes, no] = [printer.hold(printer.expr(a)), printer.hold(printer.expr(b))];
    return `(${printer.test(when)}?${yes}:${no})`;
  }
  const texts = args.map((arg) => printer.expr(arg));
  const inline = printed[op]?.(texts, (text) => printer.hold(text));
  return inline ?? `${printer.operator(op)}(${texts.join()})`;
}
