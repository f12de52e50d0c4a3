// The I2S microphone of one of the STM32 families: i2s-cases.ts. The others' are in i2s.slow.ts.

import { describeI2s, i2sParts } from "./i2s-cases.ts";

describeI2s("nucleo-l4r5zi", i2sParts["nucleo-l4r5zi"]!);
