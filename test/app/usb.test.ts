// The motion app streams over USB of a simulated pico, and survives its cable: usb-cases.ts.

import { testUnplugging } from "./usb-cases.ts";

testUnplugging("pico");
