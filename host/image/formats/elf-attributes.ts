// Section .ARM.attributes (Arm IHI 0045, "Build Attributes"): tells objdump, gdb and readelf which instructions to expect.
//
//   'A' │ length u32 │ "aeabi\0" │ 1 = whole file │ length u32 │ tag uleb, value uleb …

/** Tag_CPU_arch values (IHI 0045, table of Tag_CPU_arch): v6S-M 12, v7 10, v7E-M 13, v8-M.main 17. */
const architectures: Record<string, { readonly arch: number; readonly fpArch?: number }> = {
  "cortex-m0": { arch: 12 },
  "cortex-m0plus": { arch: 12 },
  "cortex-m3": { arch: 10 },
  "cortex-m4": { arch: 13, fpArch: 6 },
  "cortex-m7": { arch: 13, fpArch: 8 },
  "cortex-m33": { arch: 17, fpArch: 8 },
};

export function buildAttributes(core: string | undefined): Uint8Array | undefined {
  const row = core === undefined ? undefined : architectures[core];
  if (!row) return undefined;
  const tags = [
    ...[6, row.arch],
    ...[7, 0x4d], // Tag_CPU_arch_profile: 'M'
    ...[9, row.arch === 17 ? 3 : row.arch === 12 ? 1 : 2], // Tag_THUMB_ISA_use: Thumb-1, Thumb-2, as the architecture
    ...(row.fpArch === undefined ? [] : [10, row.fpArch]), // Tag_FP_arch: 6 VFPv4-D16, 8 FP for Armv8
    ...(row.fpArch === undefined ? [] : [27, 1]), // Tag_ABI_HardFP_use: single precision only
  ];
  const fileBytes = 1 + 4 + tags.length;
  const name = new TextEncoder().encode("aeabi\0");
  const out = new Uint8Array(1 + 4 + name.length + fileBytes);
  const view = new DataView(out.buffer);
  out[0] = 0x41;
  view.setUint32(1, 4 + name.length + fileBytes, true);
  out.set(name, 5);
  out[5 + name.length] = 1;
  view.setUint32(6 + name.length, fileBytes, true);
  out.set(tags, 10 + name.length);
  return out;
}
