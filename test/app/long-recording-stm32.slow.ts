// The long recording on the STM32 boards: long-recording-cases.ts.

import { describeLive } from "./long-recording-cases.ts";

const full = process.env.THUMBELINA_SUITE === "full";
describeLive(["nucleo-f446re", "nucleo-l4r5zi", ...(full ? ["blackpill-f411"] : [])]);
