// Mad hosts at length: usb-fuzz.ts.

import { fuzzUsb } from "./usb-fuzz.ts";

for (const seed of [3, 4, 5]) for (const board of ["pico", "nano33ble"]) fuzzUsb(board, seed, 10_000);
