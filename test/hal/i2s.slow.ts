// I2S microphones on every board that has one: at every rate, on the other side, with faults that last; and the quick test of i2s.test.ts.

import { describeI2s, describeMoreI2s, i2sParts } from "./i2s-cases.ts";

for (const [board, parts] of Object.entries(i2sParts)) {
  if (board !== "nucleo-l4r5zi") describeI2s(board, parts);
  describeMoreI2s(board, parts);
}
