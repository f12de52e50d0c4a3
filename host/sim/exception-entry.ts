// Entering and leaving exceptions: stacking, EXC_RETURN, tail chaining, lazy floating-point state (DDI 0403E B1.5.6–B1.5.8,
// B1.5.11; v8-M: DDI 0553B). The frame, from the new stack pointer up:
//
//   +0 R0 R1 R2 R3  +16 R12 LR return-address xPSR │ +32 S0 … S15  +96 FPSCR  reserved │ (pad word if xPSR bit 9)

import { type Cpu, slot } from "./cpu.ts";
import { type Exceptions, exception } from "./exceptions.ts";
import { Fault } from "./faults.ts";
import type { Port } from "./port.ts";
import type { SystemControl } from "./system-control.ts";

export interface EntryCosts {
  readonly entry: number;
  readonly exit: number;
  readonly tailChain: number;
}

export interface EntryPorts {
  readonly cpu: Cpu;
  readonly port: Port;
  readonly exceptions: Exceptions;
  readonly system: SystemControl;
  readonly costs: EntryCosts;
  readonly hasFloat: boolean;
  /** v8-M without the Security Extension runs Non-secure: EXC_RETURN bits S and ES are 0. */
  readonly returnBase: number;
  readonly version: 6 | 7 | 8;
  /** Runs when an exception is entered or left, for traces. */
  /** Told before the entry changes or costs anything, and when a handler returns. */
  readonly onException?: (number: number, entered: boolean) => void;
}

const basicFrame = 0x20;
const floatFrame = 0x68;

/** EXC_RETURN bit 4 clear: the frame holds floating-point state. Bit 3: to Thread mode. Bit 2: from PSP. */
const noFloat = 16;
const toThread = 8;
const fromPsp = 4;

export class ExceptionEntry {
  constructor(readonly p: EntryPorts) {}

  /** Stacks the context and enters; returns the handler's address. */
  enter(number: number, returnAddress: number): number {
    const { cpu, exceptions, costs, onException } = this.p;
    const excReturn = this.#excReturn();
    onException?.(number, true);
    this.#push(returnAddress);
    cpu.clock[0]! += costs.entry;
    exceptions.activate(number);
    return this.#start(number, excReturn);
  }

  #excReturn(): number {
    const { cpu, returnBase, hasFloat } = this.p;
    const base = returnBase | (hasFloat && cpu.control & 4 ? 0 : noFloat);
    if (cpu.handlerMode) return base;
    return base | toThread | (cpu.control & 2 ? fromPsp : 0);
  }

  /** Registers for the handler; the vector is read last, as the core does. */
  #start(number: number, excReturn: number): number {
    const { cpu, port, system } = this.p;
    cpu.ipsr = number;
    cpu.selectStack();
    cpu.control &= ~4;
    cpu.it = 0;
    cpu.x[slot.lr] = excReturn;
    system.clearMonitor();
    let vector: number;
    try {
      vector = port.loadVector(system.vectorTable + 4 * number);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      throw new Fault("vector-fetch");
    }
    cpu.thumb = (vector & 1) !== 0;
    return vector & ~1;
  }

  #push(returnAddress: number): void {
    const { cpu, port, hasFloat, system } = this.p;
    const { x } = cpu;
    const float = hasFloat && (cpu.control & 4) !== 0;
    const frame = float ? floatFrame : basicFrame;
    const old = x[slot.sp]!;
    const pad = system.alignsStack && (old & 4) !== 0 ? 1 : 0;
    const sp = (old - frame - 4 * pad) | 0;
    this.#checkLimit(sp);
    x[slot.sp] = sp;
    const words = [x[0]!, x[1]!, x[2]!, x[3]!, x[12]!, x[slot.lr]!, returnAddress, (cpu.xpsr & ~0x200) | (pad << 9)];
    const { privileged } = cpu;
    try {
      for (const [i, word] of words.entries()) port.store(sp + 4 * i, word, 4, privileged);
      if (float && !system.float.lazyStacking) this.#storeFloat(sp + basicFrame, privileged);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      system.noteStackingFault(fault.exception === 4 ? "stack-violation" : "stack-bus");
    }
    if (float && system.float.lazyStacking) system.float.startLazy(sp + basicFrame, privileged);
  }

  #checkLimit(sp: number): void {
    const { cpu, version } = this.p;
    if (version !== 8) return;
    const limit = cpu.usesPsp ? cpu.psplim : cpu.msplim;
    if (sp >>> 0 < limit >>> 0) throw new Fault("stack-limit");
  }

  #storeFloat(at: number, privileged: boolean): void {
    const { cpu, port } = this.p;
    for (let i = 0; i < 16; i++) port.store(at + 4 * i, cpu.x[slot.single + i]!, 4, privileged);
    port.store(at + 64, cpu.x[slot.fpscr]!, 4, privileged);
  }

  /** The state that lazy stacking owes is written before the first floating-point instruction of a handler. */
  finishLazy(): void {
    const { system } = this.p;
    const { address, privileged } = system.float.lazyTarget();
    this.#storeFloat(address, privileged);
    system.float.endLazy();
  }

  /** A branch to EXC_RETURN in Handler mode; returns the address to go on at. */
  leave(excReturn: number): number {
    const { cpu, exceptions, version, hasFloat, costs, onException } = this.p;
    const returning = cpu.ipsr;
    const kind = excReturn & 15;
    const nested = exceptions.activeCount > 1;
    const threadOk = !nested || this.p.system.nonBaseThread;
    const toThreadMode = (excReturn & toThread) !== 0;
    const known =
      version === 8
        ? (excReturn & 0xffffff80) >>> 0 === 0xffffff80 && (excReturn & 1) === (this.p.returnBase & 1)
        : (excReturn & 0xffffffe0) >>> 0 === 0xffffffe0 && (kind === 1 || kind === 9 || kind === 13);
    const valid =
      known &&
      exceptions.isActive(returning) &&
      (toThreadMode ? threadOk : nested) &&
      (hasFloat || excReturn & noFloat);
    if (returning !== exception.nmi && exceptions.executionPriority() >= -1) cpu.faultmask = 0;
    exceptions.deactivate(returning);
    onException?.(returning, false);
    if (!valid) {
      cpu.x[slot.lr] = excReturn;
      throw new Fault("invalid-return");
    }
    const chained = this.#tailChain(excReturn);
    if (chained !== undefined) return chained;
    cpu.clock[0]! += costs.exit;
    return this.#pop(excReturn, toThreadMode);
  }

  /** What is pending and urgent enough for the mode we return to starts at once, on the frame that is there. */
  #tailChain(excReturn: number): number | undefined {
    const { cpu, exceptions, costs, onException } = this.p;
    const number = exceptions.next();
    if (number === 0) return undefined;
    onException?.(number, true);
    cpu.clock[0]! += costs.tailChain;
    exceptions.activate(number);
    return this.#start(number, excReturn);
  }

  #pop(excReturn: number, toThreadMode: boolean): number {
    const { cpu, port, system, hasFloat } = this.p;
    const usePsp = toThreadMode && (excReturn & fromPsp) !== 0;
    cpu.control = (cpu.control & ~2) | (usePsp ? 2 : toThreadMode ? 0 : cpu.control & 2);
    const privileged = toThreadMode ? (cpu.control & 1) === 0 : true;
    const sp = usePsp ? cpu.psp : cpu.msp;
    const float = hasFloat && (excReturn & noFloat) === 0;
    const words: number[] = [];
    try {
      for (let i = 0; i < 8; i++) words.push(port.load(sp + 4 * i, 4, privileged));
      if (float) this.#popFloat(sp + basicFrame, privileged);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      throw new Fault(fault.exception === 4 ? "unstack-violation" : "unstack-bus");
    }
    const [r0, r1, r2, r3, r12, lr, address, xpsr] = words as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const pad = xpsr & 0x200 && system.alignsStack ? 4 : 0;
    const newSp = sp + (float ? floatFrame : basicFrame) + pad;
    const mode = xpsr & 0x1ff;
    if (toThreadMode !== (mode === 0)) throw new Fault("invalid-return");
    cpu.setXpsr(this.p.version === 6 ? xpsr & ~0x08000000 : xpsr);
    cpu.selectStack();
    if (usePsp) cpu.psp = newSp;
    else cpu.msp = newSp;
    cpu.x.set([r0, r1, r2, r3]);
    cpu.x[12] = r12;
    cpu.x[slot.lr] = lr;
    cpu.control = float ? cpu.control | 4 : cpu.control & ~4;
    system.afterReturn(toThreadMode);
    return address & ~1;
  }

  #popFloat(at: number, privileged: boolean): void {
    const { cpu, port, system } = this.p;
    // Still owed: the registers hold the state, nothing is read back (B1.5.8, PopStack).
    if (system.float.lazyActive) return system.float.endLazy();
    for (let i = 0; i < 16; i++) cpu.x[slot.single + i] = port.load(at + 4 * i, 4, privileged);
    cpu.x[slot.fpscr] = port.load(at + 64, 4, privileged);
  }
}
