// A file of measurements → Recording, by its content: WAV by its first bytes, JSONL by its first brace, CSV otherwise.

import { feedError } from "../errors.ts";
import type { Recording } from "./playback.ts";
import { resampled } from "./resample.ts";
import { readCsvFeed, readJsonlFeed } from "./text-feeds.ts";
import { readWavFeed } from "./wav-feed.ts";

export { fromFirstUse, type Recording, sampled } from "./playback.ts";

export interface FeedWish {
  /** Sound is brought to this rate; measurements keep their own. */
  readonly soundHz?: number;
}

/** An hour of 16-bit sound at 16 kHz; days of anything else. */
const most = 1 << 27;

export function readFeed(bytes: Uint8Array, { soundHz }: FeedWish = {}): Recording {
  if (bytes.length > most) throw feedError("feed-too-long", { bytes: bytes.length, most });
  if (bytes[0] === 0x52 && bytes[1] === 0x49) {
    const sound = readWavFeed(bytes);
    return soundHz === undefined ? sound : resampled(sound, soundHz, 0);
  }
  const first = bytes.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return first === 0x7b ? readJsonlFeed(bytes) : readCsvFeed(bytes);
}
