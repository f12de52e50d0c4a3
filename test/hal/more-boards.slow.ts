// The boards whose families other boards prove in every run.

import { describeMps2 } from "./cmsdk-cases.ts";
import { describeBus, describeCore, testFlashStuck, testLoader, testMicrophone } from "./nrf-cases.ts";
import * as stm32 from "./stm32-cases.ts";

describeCore("feather-nrf52840", 64e6);
describeBus("feather-nrf52840");
testLoader("feather-nrf52840", 0x57);
// one step of the converter a sample: 3.6 V in 4096
testMicrophone("feather-nrf52840", "analog2", (n) => ((n % 3700) + 0.01) * (3.6 / 4096), 3700);
describeMps2("mps2-an385", 25e6);
describeMps2("mps2-an500", 25e6);
describeMps2("mps2-an505", 20e6);
stm32.describeBoard("blackpill-f411", { hz: 100e6, faults: { hse: [1, 16e6] } });
stm32.describeBus("blackpill-f411");
stm32.describeSound("blackpill-f411");
stm32.testStore("blackpill-f411", 0x08010000, 0x10000, 0.55 + 64 * 16e-6);
stm32.testStoreStuck("nucleo-l4r5zi", 0x081fe000);
testFlashStuck("nano33ble", 0xe0000);
