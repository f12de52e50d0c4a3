// Instructions of the core without a value of their own (DDI 0419E A6.7): barriers for both compilers, nothing moves over them.

/** Sleep until an interrupt is pending, PRIMASK or not. */
@external("cpu", "wfi") export declare function wfi(): void;
@external("cpu", "cpsid") export declare function cpsid(): void;
@external("cpu", "cpsie") export declare function cpsie(): void;
@external("cpu", "dmb") export declare function dmb(): void;
@external("cpu", "dsb") export declare function dsb(): void;
@external("cpu", "isb") export declare function isb(): void;
/** 1: interrupts are masked. */
@external("cpu", "primask") export declare function primask(): u32;

/** `const was = enter(); …; leave(was);` nests. */
export function enter(): u32 {
  const was = primask();
  cpsid();
  return was;
}

export function leave(was: u32): void {
  if (!was) cpsie();
}
