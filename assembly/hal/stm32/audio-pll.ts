// The PLL of an audio clock and the divider behind it, set to what comes closest to a bit clock:
//
//   input · N = VCO          VCO / R = kernel clock          kernel clock / D = bit clock
//
// All R and D that the VCO's limits leave are tried, a few hundred. Of equals the smallest R wins: a kernel clock far above the bus's.

/** In parts of 65,536: half a percent. */
const TOLERANCE: u32 = 328;

/** N | R << 9 | D << 16; 0: nothing comes within half a percent. N reaches 511, R 127, D 65,535. */
export function audioPll(
  inputHz: u32,
  bitHz: u32,
  vcoLeast: u32,
  vcoMost: u32,
  kernelMost: u32,
  rMost: u32,
  dLeast: u32,
  dMost: u32,
): u32 {
  if (bitHz > kernelMost) return 0;
  let found: u32 = 0;
  let best: u32 = TOLERANCE;
  for (let r: u32 = 2; r <= rMost; r++) {
    const step = bitHz * r;
    const most = min(vcoMost, kernelMost * r);
    let wanted = step * dLeast;
    for (let d = dLeast; d <= dMost && wanted <= most; d++) {
      const n = (wanted + (inputHz >> 1)) / inputHz;
      const vco = n * inputHz;
      if (vco >= vcoLeast && vco <= most) {
        const off = vco > wanted ? vco - wanted : wanted - vco;
        const share = off / (wanted >> 16);
        if (share < best) {
          best = share;
          found = n | (r << 9) | (d << 16);
        }
        if (off == 0) return found;
      }
      wanted += step;
    }
  }
  return found;
}
