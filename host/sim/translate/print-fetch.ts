// Wait states as text (memory-timing.ts): what a new line of code, or a load from that memory, adds to `c`. A hit in a cache is done by
// the printed code; the memory is asked for everything else.
//
//   h   the line held, a local while the region runs       w   a way       Y, U   ways of lines, most recent ways of sets

import type { TimedMemory } from "../memory-timing.ts";

/** `known`: the line held at this place is another one. */
export function printFetch({ hits }: TimedMemory, line: number, now: string, known: boolean): string {
  const miss = `c+=F(${line},${now});`;
  const text = hits ? `if((w=Y[${line}])<0)${miss}else U[${line & hits.setMask}]=w;` : miss;
  return known ? `${text}h=${line};` : `if(h!==${line}){${text}h=${line};}`;
}

/** After a load from the offset `at` of the memory. A run that was begun in the hope of no waits leaves by `bail` before the first. */
export function printReadWaits({ hits, lineBytes, base }: TimedMemory, at: string, bail: string): string {
  const miss = `${bail}c+=R(${at}+${base});`;
  if (!hits) return miss;
  const line = `${at}>>>${Math.log2(lineBytes)}`;
  return `if((w=Y[${line}])<0){${miss}}else U[${line}&${hits.setMask}]=w;`;
}

/** Names of the printed code. */
export const timingScope = (timing: TimedMemory): Readonly<Record<string, unknown>> => ({
  Y: timing.hits?.wayOf,
  U: timing.hits?.recent,
  M: timing.held,
  F: (line: number, now: number) => timing.fetchLine(line, now),
  R: (address: number) => timing.read(address),
});
