// Captured samples as files that `sim --feed` and `stream --replay` read again.
//
//   WAV   "RIFF" size "WAVE" │ "fmt " 16: PCM, channels, rate, 16 bits │ "data" size │ int16 …       RIFF, Microsoft 1991
//   CSV   t_s,ax_g,ay_g,az_g │ 0.00,0.024,-0.809,0.145 …       physical values where the app is known, else steps: c0_raw,c1_raw …

export interface SampleShape {
  readonly channels: number;
  readonly rateHz: number;
}

export const wavHeadBytes = 44;

/** Its sizes are of so many bytes of samples: written at first with 0, and again at the end. */
export function wavHead({ channels, rateHz }: SampleShape, dataBytes: number): Uint8Array {
  const head = new Uint8Array(wavHeadBytes);
  const view = new DataView(head.buffer);
  const word = (at: number, text: string) => void head.set(new TextEncoder().encode(text), at);
  const rate = Math.round(rateHz);
  word(0, "RIFF");
  view.setUint32(4, wavHeadBytes - 8 + dataBytes, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2 * channels, true);
  view.setUint16(32, 2 * channels, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, dataBytes, true);
  return head;
}

export function wavData(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => void view.setInt16(2 * i, sample, true));
  return bytes;
}

export interface SampleColumn {
  readonly column: string;
  /** Units a step. */
  readonly step: number;
}

/** Undefined app: the channels' steps themselves. */
export function columnsOf(channels: number, known: readonly SampleColumn[] | undefined): readonly SampleColumn[] {
  if (known && known.length === channels) return known;
  return Array.from({ length: channels }, (_, i) => ({ column: `c${i}_raw`, step: 1 }));
}

/** As many digits as tell neighbouring steps apart, and no more. */
export function physical(raw: number, step: number): number {
  const digits = Math.max(0, Math.ceil(-Math.log10(step)) + 1);
  return Number((raw * step).toFixed(Math.min(digits, 12)));
}

export const samplesHead = (columns: readonly SampleColumn[]): string =>
  ["t_s", ...columns.map(({ column }) => column)].join(",");

/** Rows of samples from number `first` on. */
export function sampleRows(
  samples: Int16Array,
  first: number,
  columns: readonly SampleColumn[],
  rateHz: number,
): readonly string[] {
  const channels = columns.length;
  return Array.from({ length: samples.length / channels }, (_, i) => {
    const values = columns.map(({ step }, c) => physical(samples[i * channels + c]!, step));
    return [Number(((first + i) / rateHz).toFixed(6)), ...values].join(",");
  });
}
