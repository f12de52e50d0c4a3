// Mad hosts, a thousand packets of each: usb-fuzz.ts.

import { fuzzUsb } from "./usb-fuzz.ts";

fuzzUsb("pico", 1, 1000);
fuzzUsb("nano33ble", 2, 1000);
