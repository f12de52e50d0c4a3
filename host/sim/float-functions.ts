// Float operators of room isa as the closures and translated code call them: they read FPSCR and OR exceptions into it.

export interface FloatFunction {
  (x: Int32Array, args: readonly (number | bigint)[]): number | bigint;
  /** The result is a 64-bit pattern. */
  readonly wide: boolean;
}

export function floatFunction(name: string): FloatFunction {
  throw new Error(`thumbelina defect: float operator ${name} is not there yet`);
}
