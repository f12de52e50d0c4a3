// The motion app streams over USB of every board that has one: usb-cases.ts.

import { describeStream, testUnplugging } from "./usb-cases.ts";

for (const board of ["pico", "nano33ble", "feather-nrf52840"]) describeStream(board);
for (const board of ["nano33ble", "feather-nrf52840"]) testUnplugging(board);
