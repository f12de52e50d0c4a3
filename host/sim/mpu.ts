// The memory protection unit: PMSAv7 (DDI 0403E B3.5), PMSAv6, which is its part with regions of 256 bytes and up and no alias
// registers (DDI 0419E B3.5), and PMSAv8 (DDI 0553B, MPU_RBAR/RLAR). Without a region hit the default map serves privileged code if PRIVDEFENA is set (or the MPU is off); execute-never follows the
// default map for devices and the system region in every case. Word registers at 0xE000ED90.

import type { Cpu } from "./cpu.ts";

export type MpuAccess = "read" | "write" | "fetch";

/** AP of PMSAv7: [privileged, unprivileged], each 0 none, 1 read, 2 read and write (table B3-15). */
const permissions: readonly (readonly [number, number])[] = [
  [0, 0],
  [2, 0],
  [2, 1],
  [2, 2],
  [0, 0],
  [1, 0],
  [1, 1],
  [1, 1],
];

/** Execute-never parts of the default map: devices, external devices, system (DDI 0403E table B3-1). */
export function defaultExecuteNever(address: number): boolean {
  const region = address >>> 29;
  return region === 2 || region === 5 || region === 6 || region === 7;
}

export class Mpu {
  control = 0;
  #number = 0;
  readonly #base: Uint32Array;
  readonly #attributes: Uint32Array;
  readonly #attributeIndex = new Uint32Array(2);

  constructor(
    readonly regions: number,
    readonly version: 6 | 7 | 8,
    readonly cpu: Cpu,
    readonly onChange: () => void,
  ) {
    this.#base = new Uint32Array(regions);
    this.#attributes = new Uint32Array(regions);
  }

  get enabled(): boolean {
    return (this.control & 1) !== 0;
  }

  reset(): void {
    this.control = this.#number = 0;
    this.#base.fill(0);
    this.#attributes.fill(0);
    this.#attributeIndex.fill(0);
    this.onChange();
  }

  /** Offsets from 0xE000ED90. */
  read(offset: number): number {
    if (this.regions === 0) return 0;
    if (offset === 0) return this.regions << 8;
    if (offset === 4) return this.control;
    if (offset === 8) return this.#number;
    if (this.version === 6 && offset > 0x10) return 0;
    if (offset >= 0x30) return this.#attributeIndex[(offset - 0x30) >> 2] ?? 0;
    const region = this.#aliased(offset);
    if ((offset - 12) % 8 === 0) return (this.#base[region] ?? 0) | (this.version === 8 ? 0 : region & 15);
    return this.#attributes[region] ?? 0;
  }

  write(offset: number, value: number): void {
    if (this.regions === 0 || (this.version === 6 && offset > 0x10)) return;
    if (offset === 4) this.control = value & 7;
    else if (offset === 8) this.#number = value % 256;
    else if (offset >= 0x30) this.#attributeIndex[(offset - 0x30) >> 2] = value;
    else if (offset >= 12) this.#writeRegion(offset, value);
    this.onChange();
  }

  /** RBAR/RASR pairs at +12, +20, +28, +36; on v8 the aliases are the other regions of the number's group of four. */
  #aliased(offset: number): number {
    const alias = (offset - 12) >> 3;
    return this.version === 8 && alias > 0 ? (this.#number & ~3) + alias : this.#number;
  }

  #writeRegion(offset: number, value: number): void {
    const isBase = (offset - 12) % 8 === 0;
    // RBAR.VALID selects the region that REGION names (B3.5.8).
    if (this.version !== 8 && isBase && value & 16) this.#number = value & 15;
    const region = this.#aliased(offset);
    if (region >= this.regions) return;
    if (!isBase) this.#attributes[region] = value;
    else this.#base[region] = this.version === 8 ? value : value & (this.version === 7 ? ~31 : ~255);
  }

  allows(address: number, privileged: boolean, access: MpuAccess): boolean {
    if (!this.enabled) return access !== "fetch" || !defaultExecuteNever(address);
    // HFNMIENA: with priority −1 or −2 (or FAULTMASK) the MPU is off unless it is set.
    const { ipsr, faultmask } = this.cpu;
    if ((this.control & 2) === 0 && (ipsr === 2 || ipsr === 3 || faultmask))
      return access !== "fetch" || !defaultExecuteNever(address);
    if (address >>> 20 === 0xe00) return access !== "fetch";
    for (let region = this.regions - 1; region >= 0; region--) {
      const verdict =
        this.version === 8
          ? this.#verdict8(region, address, privileged, access)
          : this.#verdict7(region, address, privileged, access);
      if (verdict !== undefined) return verdict && !(access === "fetch" && address >= 0xe0000000);
    }
    if (!privileged || (this.control & 4) === 0) return false;
    return access !== "fetch" || !defaultExecuteNever(address);
  }

  #verdict7(region: number, address: number, privileged: boolean, access: MpuAccess): boolean | undefined {
    const attributes = this.#attributes[region]!;
    if ((attributes & 1) === 0) return undefined;
    const log = ((attributes >>> 1) & 31) + 1;
    const size = 2 ** log;
    const base = Math.floor(this.#base[region]! / size) * size;
    if (address < base || address >= base + size) return undefined;
    // Eight subregions, for regions of at least 256 bytes.
    if (log >= 8 && (attributes >>> (8 + Math.floor((address - base) / (size / 8)))) & 1) return undefined;
    const level = permissions[(attributes >>> 24) & 7]![privileged ? 0 : 1]!;
    if (access === "fetch") return level > 0 && (attributes & (1 << 28)) === 0;
    return access === "write" ? level === 2 : level > 0;
  }

  #verdict8(region: number, address: number, privileged: boolean, access: MpuAccess): boolean | undefined {
    const limit = this.#attributes[region]!;
    const base = this.#base[region]!;
    if ((limit & 1) === 0) return undefined;
    const first = (base & ~31) >>> 0;
    const last = (limit | 31) >>> 0;
    if (address < first || address > last) return undefined;
    const readOnly = (base & 4) !== 0;
    const reachable = privileged || (base & 2) !== 0;
    if (access === "fetch") return reachable && (base & 1) === 0;
    return reachable && !(access === "write" && readOnly);
  }
}
