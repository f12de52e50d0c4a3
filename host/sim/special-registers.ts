// MRS, MSR and CPS (DDI 0403E B5.2.1–B5.2.3, DDI 0419E B4.2): the special registers by their SYSm number, as privilege lets them
// be read and written. v6-M has neither Q nor BASEPRI nor FAULTMASK; stack limits are v8-M's.

import type { CoreTraits } from "./core-traits.ts";
import { type Cpu, slot } from "./cpu.ts";
import type { Exceptions } from "./exceptions.ts";

export interface SpecialPorts {
  readonly cpu: Cpu;
  readonly exceptions: Exceptions;
  readonly traits: CoreTraits;
  readonly onFloatChange: () => void;
}

export class SpecialRegisters {
  constructor(readonly ports: SpecialPorts) {}

  read(sysm: number): number {
    const { cpu } = this.ports;
    if (!this.#exists(sysm)) return 0;
    if (sysm < 8) {
      const apsr = sysm & 4 ? 0 : cpu.apsr;
      return apsr | (sysm & 1 && cpu.privileged ? cpu.ipsr : 0);
    }
    if (sysm === 20) return cpu.control;
    if (!cpu.privileged) return 0;
    switch (sysm) {
      case 8:
        return cpu.msp;
      case 9:
        return cpu.psp;
      case 10:
        return cpu.msplim;
      case 11:
        return cpu.psplim;
      case 16:
        return cpu.primask;
      case 17:
      case 18:
        return cpu.basepri;
      case 19:
        return cpu.faultmask;
      default:
        return 0;
    }
  }

  #exists(sysm: number): boolean {
    const { version } = this.ports.traits;
    if (sysm === 10 || sysm === 11) return version === 8;
    return version !== 6 || sysm < 17 || sysm === 20;
  }

  write(sysm: number, mask: number, value: number): void {
    const { cpu, exceptions, traits } = this.ports;
    if (sysm < 4) {
      if (mask & 2) cpu.setFlags(traits.version === 6 ? value & 0xf0000000 : value);
      if (mask & 1 && traits.dsp) cpu.x[slot.GE] = (value >>> 16) & 15;
      return;
    }
    if (!cpu.privileged || !this.#exists(sysm)) return;
    switch (sysm) {
      case 8:
        cpu.msp = value;
        break;
      case 9:
        cpu.psp = value;
        break;
      case 10:
        cpu.msplim = value & ~7;
        break;
      case 11:
        cpu.psplim = value & ~7;
        break;
      case 16:
        cpu.primask = value & 1;
        break;
      case 17:
        cpu.basepri = value & traits.priorityMask;
        break;
      case 18: {
        const wanted = value & traits.priorityMask;
        if (wanted !== 0 && (cpu.basepri === 0 || wanted < cpu.basepri)) cpu.basepri = wanted;
        break;
      }
      case 19:
        if (exceptions.executionPriority() > -1) cpu.faultmask = value & 1;
        break;
      case 20:
        this.#writeControl(value);
        break;
    }
    exceptions.onChange();
  }

  #writeControl(value: number): void {
    const { cpu, traits, onFloatChange } = this.ports;
    const unprivileged = traits.unprivileged ? value & 1 : 0;
    const spsel = cpu.handlerMode ? cpu.control & 2 : value & 2;
    cpu.control = unprivileged | spsel | (traits.float ? value & 4 : 0);
    cpu.selectStack();
    onFloatChange();
  }

  /** CPS: `disable` sets the masks named by flags (2 PRIMASK, 1 FAULTMASK). */
  changeMasks(disable: number, flags: number): void {
    const { cpu, exceptions } = this.ports;
    if (!cpu.privileged) return;
    if (flags & 2) cpu.primask = disable;
    if (flags & 1 && (!disable || exceptions.executionPriority() > -1)) cpu.faultmask = disable;
    exceptions.onChange();
  }
}
