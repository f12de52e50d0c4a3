// Samples from this computer in the sensor's place (device.md, SMP group 64). The device takes a piece only when it has room for it and
// answers then: that answer is the credit for the next one, so nothing is lost and nothing runs ahead, however slow either side is.
//
//   replay start {rate, n} ─►      replay data {seq 0, bytes} ─► ◄─ {seq 1}      replay data {seq 1, bytes} ─► ◄─ {seq 2} …
//
// The device ends with a summary line whose CRC-32 is that of all samples that it used; `replay` returns ours.

import { crc32 } from "../../base/crc.ts";
import { error } from "../errors.ts";
import { numberIn, type SmpClient, smpCommands } from "./smp-client.ts";

export interface ReplayRequest {
  /** All channels of a sample together, as the sensor's driver would deliver them. */
  readonly samples: Int16Array;
  readonly channels: number;
  readonly rateHz: number;
  readonly onProgress?: (samples: number) => void;
  readonly abort?: AbortSignal;
}

export interface Replayed {
  readonly samples: number;
  /** Of the samples' bytes, little-endian. */
  readonly crc: number;
}

/** What a frame has beside the bytes: its header, {seq: u32, bytes: of up to 64 KB}, and length and CRC around it. */
const overheadBytes = 8 + 19 + 4;
/** A window may be in the way: the answer comes when the model is done with it. */
const patience = { timeoutMilliseconds: 3000, tries: 10 } as const;

export async function replay(client: SmpClient, request: ReplayRequest): Promise<Replayed> {
  const { samples, channels, rateHz, onProgress = () => {}, abort } = request;
  const { params, replayStart, replayData } = smpCommands;
  const bufferBytes = numberIn(await client.request(params), "buf_size", params, 65_535);
  const perPiece = Math.floor((bufferBytes - overheadBytes) / (2 * channels));
  if (perPiece < 1) throw error("smp-nonsense", { command: params.name, problem: `buf_size ${bufferBytes}` });
  const bytes = littleEndian(samples);
  const count = Math.floor(samples.length / channels);
  await client.request(replayStart, { rate: Math.round(rateHz), n: count });
  for (let seq = 0, at = 0; at < count && !abort?.aborted; seq++, at += perPiece) {
    const end = Math.min(count, at + perPiece);
    const piece = { seq, bytes: bytes.subarray(2 * channels * at, 2 * channels * end) };
    const credit = numberIn(await client.request(replayData, piece, patience), "seq", replayData);
    if (credit !== seq + 1)
      throw error("smp-nonsense", { command: replayData.name, problem: `credit for ${credit}, after piece ${seq}` });
    onProgress(end);
  }
  return { samples: count, crc: crc32(bytes.subarray(0, 2 * channels * count)) };
}

function littleEndian(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, i) => void view.setInt16(2 * i, sample, true));
  return bytes;
}
