// The motion app streams over USB of a simulated pico: usb-cases.ts.

import { describeMotion } from "./usb-cases.ts";

describeMotion("pico");
