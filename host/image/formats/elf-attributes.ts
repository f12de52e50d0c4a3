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

/**
 * What the file's code needs of a core, in room isa's words for features: `v7m`, `dsp`, `fp` …; `application` for Arm's other
 * profiles. Undefined where the section does not say or cannot be read: it is advice, never an error.
 */
export function readNeeds(bytes: Uint8Array): readonly string[] | undefined {
  const tags = fileTags(bytes);
  const arch = tags.get(6);
  if (arch === undefined) return undefined;
  const profile = tags.get(7) ?? 0;
  const needs = needsOf(arch, profile);
  return (tags.get(10) ?? 0) === 0 ? needs : [...needs, "fp"];
}

function needsOf(arch: number, profile: number): readonly string[] {
  if (profile !== 0 && profile !== 0x4d) return ["application"];
  if (arch === 11 || arch === 12) return ["v6m"];
  if (arch === 10 && profile === 0x4d) return ["v7m"];
  if (arch === 13) return ["v7m", "dsp"];
  if (arch === 16) return ["v6m"];
  if (arch === 17) return ["v8m"];
  return arch === 21 ? ["v8m", "mve"] : ["application"];
}

/** Tags with a number, of the first "whole file" part of the aeabi subsection. */
function fileTags(bytes: Uint8Array): ReadonlyMap<number, number> {
  const tags = new Map<number, number>();
  const start = 1 + 4 + 6;
  if (bytes[0] !== 0x41 || new TextDecoder().decode(bytes.subarray(5, start)) !== "aeabi\0") return tags;
  if (bytes[start] !== 1) return tags;
  let at = start + 5;
  const uleb = (): number => {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value >>> 0;
  };
  while (at < bytes.length) {
    const tag = uleb();
    // Tags 4 and 5 and odd tags above 32 carry text (IHI 0045, "Coding extensibility"); 32 a number and text.
    const isText = tag === 4 || tag === 5 || (tag > 32 && tag % 2 === 1);
    if (!isText) tags.set(tag, uleb());
    if (isText || tag === 32) while (at < bytes.length && bytes[at++] !== 0) {}
  }
  return tags;
}
