// Parallel addition and subtraction (DSP extension): four bytes or two halfwords side by side. Six variants of six shapes:
// plain (s, u) wraps and sets GE, q and uq saturate, sh and uh halve. `sadd16(a, b)` is the value, `sadd16GE(a, b)` the new
// GE bits. Shapes (DDI 0403E A7.7): asx adds high, subtracts low with b's halves exchanged; sax the other way round.

type Lane = (a: number, b: number) => number;
type Variant = "s" | "q" | "sh" | "u" | "uq" | "uh";
type Shape = "add16" | "asx" | "sax" | "sub16" | "add8" | "sub8";
type Name = `${Variant}${Shape}` | `${"s" | "u"}${Shape}GE`;

const add: Lane = (a, b) => a + b;
const sub: Lane = (a, b) => a - b;

/** Lanes from the least significant: which operation, and which halfword or byte of b meets lane i of a. */
const shapes: Readonly<Record<Shape, { bits: 8 | 16; lanes: readonly Lane[]; exchange: boolean }>> = {
  add16: { bits: 16, lanes: [add, add], exchange: false },
  asx: { bits: 16, lanes: [sub, add], exchange: true },
  sax: { bits: 16, lanes: [add, sub], exchange: true },
  sub16: { bits: 16, lanes: [sub, sub], exchange: false },
  add8: { bits: 8, lanes: [add, add, add, add], exchange: false },
  sub8: { bits: 8, lanes: [sub, sub, sub, sub], exchange: false },
};

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

/** What a variant makes of the exact lane result before it is cut to the lane's width. */
const finish: Readonly<Record<Variant, (x: number, bits: number) => number>> = {
  s: (x) => x,
  u: (x) => x,
  q: (x, bits) => clamp(x, -(1 << (bits - 1)), (1 << (bits - 1)) - 1),
  uq: (x, bits) => clamp(x, 0, (1 << bits) - 1),
  sh: (x) => x >> 1,
  uh: (x) => x >> 1,
};

/** The exact results, lane by lane. */
function exact(shape: Shape, signed: boolean, a: number, b: number, take: (x: number, lane: number) => void): void {
  const { bits, lanes, exchange } = shapes[shape];
  const up = 32 - bits;
  const extend = (x: number): number => (signed ? (x << up) >> up : (x << up) >>> up);
  for (let i = 0; i < lanes.length; i++) {
    const j = exchange ? 1 - i : i;
    take((lanes[i] as Lane)(extend(a >> (i * bits)), extend(b >> (j * bits))), i);
  }
}

function value(variant: Variant, shape: Shape): Lane {
  const { bits } = shapes[shape];
  const signed = !variant.startsWith("u");
  const mask = (1 << bits) - 1;
  return (a, b) => {
    let result = 0;
    exact(shape, signed, a, b, (x, i) => {
      result |= (finish[variant](x, bits) & mask) << (i * bits);
    });
    return result;
  };
}

/** GE: signed, the lane is >= 0; unsigned, an addition carried or a subtraction did not borrow. */
function greaterEqual(signed: boolean, shape: Shape): Lane {
  const { bits, lanes } = shapes[shape];
  const lane = bits === 16 ? 3 : 1;
  return (a, b) => {
    let ge = 0;
    exact(shape, signed, a, b, (x, i) => {
      const limit = !signed && lanes[i] === add ? 1 << bits : 0;
      if (x >= limit) ge |= lane << ((i * bits) / 8);
    });
    return ge;
  };
}

function build(): Record<Name, Lane> {
  const result: Partial<Record<Name, Lane>> = {};
  for (const shape of Object.keys(shapes) as Shape[]) {
    for (const variant of Object.keys(finish) as Variant[]) result[`${variant}${shape}`] = value(variant, shape);
    result[`s${shape}GE`] = greaterEqual(true, shape);
    result[`u${shape}GE`] = greaterEqual(false, shape);
  }
  return result as Record<Name, Lane>;
}

export const parallel: Readonly<Record<Name, Lane>> = build();
