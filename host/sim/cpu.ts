// The registers of one core. One Int32Array holds what instructions touch, so that interpreter closures and translated code
// share it; the rest are fields. SP is banked: x[13] is the one in use, `otherSp` the one that is not.
//
//   x  0…12 R   13 SP   14 LR   15 PC   16 N  17 Z  18 C  19 V  20 Q  21 GE   22 FPSCR   32…63 S0…S31
//   clock  0 cycles   1 instructions   2 deadline: the cycle at which the machine must look up from running

export const slot = {
  sp: 13,
  lr: 14,
  pc: 15,
  N: 16,
  Z: 17,
  C: 18,
  V: 19,
  Q: 20,
  GE: 21,
  fpscr: 22,
  single: 32,
} as const;
export const clockSlot = { cycles: 0, instructions: 1, deadline: 2 } as const;

export class Cpu {
  readonly x = new Int32Array(64);
  readonly clock = new Float64Array(3);
  /** ITSTATE of the instruction about to run (DDI 0403E A7.3.3). */
  it = 0;
  /** IPSR: number of the exception that runs, 0 in Thread mode. */
  ipsr = 0;
  thumb = true;
  primask = 0;
  faultmask = 0;
  basepri = 0;
  /** CONTROL bits: 0 unprivileged thread, 1 thread uses PSP, 2 floating-point context active. */
  control = 0;
  otherSp = 0;
  #usesPsp = false;
  /** v8-M stack limits. */
  msplim = 0;
  psplim = 0;

  get handlerMode(): boolean {
    return this.ipsr !== 0;
  }

  get privileged(): boolean {
    return this.ipsr !== 0 || (this.control & 1) === 0;
  }

  get usesPsp(): boolean {
    return this.#usesPsp;
  }

  /** Makes the bank in use follow mode and CONTROL.SPSEL; call after changing either. */
  selectStack(): void {
    const wanted = this.ipsr === 0 && (this.control & 2) !== 0;
    if (wanted === this.#usesPsp) return;
    this.#usesPsp = wanted;
    const sp = this.x[slot.sp]!;
    this.x[slot.sp] = this.otherSp;
    this.otherSp = sp;
  }

  get msp(): number {
    return this.#usesPsp ? this.otherSp : this.x[slot.sp]!;
  }

  set msp(value: number) {
    if (this.#usesPsp) this.otherSp = value & ~3;
    else this.x[slot.sp] = value & ~3;
  }

  get psp(): number {
    return this.#usesPsp ? this.x[slot.sp]! : this.otherSp;
  }

  set psp(value: number) {
    if (this.#usesPsp) this.x[slot.sp] = value & ~3;
    else this.otherSp = value & ~3;
  }

  /** Bits 31:27 and 19:16 of xPSR. */
  get apsr(): number {
    const { x } = this;
    const nzcvq = (x[16]! << 31) | (x[17]! << 30) | (x[18]! << 29) | (x[19]! << 28) | (x[20]! << 27);
    return nzcvq | (x[21]! << 16);
  }

  set apsr(value: number) {
    this.setFlags(value);
    this.x[slot.GE] = (value >>> 16) & 15;
  }

  setFlags(value: number): void {
    for (let i = 0; i < 5; i++) this.x[slot.N + i] = (value >>> (31 - i)) & 1;
  }

  /** xPSR as it is stacked: APSR, ITSTATE, T, exception number. */
  get xpsr(): number {
    const it = ((this.it & 3) << 25) | ((this.it >> 2) << 10);
    return this.apsr | it | (this.thumb ? 1 << 24 : 0) | this.ipsr;
  }

  setXpsr(value: number): void {
    this.apsr = value;
    this.it = ((value >>> 25) & 3) | (((value >>> 10) & 0x3f) << 2);
    this.thumb = (value & (1 << 24)) !== 0;
    this.ipsr = value & 0x1ff;
  }

  reset(): void {
    this.x.fill(0);
    this.it = this.ipsr = this.primask = this.faultmask = this.basepri = this.control = this.otherSp = 0;
    this.msplim = this.psplim = 0;
    this.#usesPsp = false;
    this.thumb = true;
    this.x[slot.lr] = -1; // DDI 0403E B1.5.5: LR is 0xFFFFFFFF at reset
  }
}
