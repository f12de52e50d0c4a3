// The motion app streams over USB of the nRF52840: usb-cases.ts.

import { describeMotion } from "./usb-cases.ts";

describeMotion("nano33ble");
describeMotion("feather-nrf52840");
