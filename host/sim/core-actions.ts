// What instructions do beyond registers and memory: supervisor calls, breakpoints, sleep, masks, exception returns.

import type { SystemAction } from "../isa/isa.ts";
import type { Actions } from "./closures.ts";
import type { Cpu } from "./cpu.ts";
import type { ExceptionEntry } from "./exception-entry.ts";
import { type Exceptions, exception } from "./exceptions.ts";
import { Fault } from "./faults.ts";
import { sequential } from "./op.ts";
import type { SpecialRegisters } from "./special-registers.ts";
import type { SystemControl } from "./system-control.ts";

export interface ActionPorts {
  readonly cpu: Cpu;
  readonly version: 6 | 7 | 8;
  readonly exceptions: Exceptions;
  readonly entry: ExceptionEntry;
  readonly system: SystemControl;
  readonly special: SpecialRegisters;
  /** The core waits for an event or interrupt. */
  readonly sleep: () => void;
  /** Look up before the next instruction. */
  readonly attend: () => void;
  /** BKPT: semihosting, or a stop (then it throws). */
  readonly bkpt: (immediate: number) => void;
}

export function coreActions(p: ActionPorts): Actions {
  const { cpu, system, special, entry } = p;
  // A target with these top bits is EXC_RETURN when a handler branches to it (DDI 0403E B1.5.8; v8-M: 0xFF).
  const returns = p.version === 8 ? 0xff : 0xf0;
  const call = (target: number): number => {
    cpu.thumb = (target & 1) !== 0;
    return target & ~1;
  };
  return {
    exchange: (target) => {
      if (cpu.ipsr === 0 || ((target >>> 24) & returns) !== returns) return call(target);
      const address = entry.leave(target);
      if (cpu.ipsr === 0 && system.sleepOnExit) p.sleep();
      p.attend();
      return address;
    },
    call,
    readSpecial: (sysm) => special.read(sysm),
    setMonitor: () => system.setMonitor(),
    takeMonitor: () => system.takeMonitor(),
    system: (action, args) => {
      act(p, action, args);
      return sequential;
    },
  };
}

function act(p: ActionPorts, action: SystemAction, args: readonly number[]): void {
  const { system, special } = p;
  switch (action) {
    case "svc":
      return supervisorCall(p);
    case "bkpt":
      return p.bkpt(args[0]!);
    case "undefined":
    case "secure":
      throw new Fault("undefined");
    case "coprocessor":
      throw new Fault(p.version === 6 ? "undefined" : "no-coprocessor");
    case "divide-by-zero":
      if (system.trapsDivideByZero) throw new Fault("divide-by-zero");
      return;
    case "cps":
      return special.changeMasks(args[0]!, args[1]!);
    case "msr":
      return special.write(args[0]!, args[1]!, args[2]!);
    case "clrex":
      return system.clearMonitor();
    case "wfi":
      return p.sleep();
    case "wfe":
      if (!system.event) return p.sleep();
      system.event = false;
      return;
    case "sev":
      system.event = true;
      return;
    // ITSTATE is part of each decoded instruction; barriers have nothing to wait for; VLSTM and VLLDM are NOPs without state.
    case "it":
    case "stack-check":
    case "dmb":
    case "dsb":
    case "isb":
    case "nop":
    case "yield":
      return;
    default:
      throw new Error(`thumbelina defect: system action ${action satisfies never}`);
  }
}

/** At a priority where SVCall cannot run it becomes a HardFault (B1.5.15). */
function supervisorCall({ exceptions, system }: ActionPorts): void {
  if (exceptions.canPreempt(exception.svCall)) exceptions.setPending(exception.svCall, true);
  else {
    system.recordEscalation();
    exceptions.setPending(exception.hardFault, true);
  }
}
