// The long recording on the Cortex-M4 boards: long-recording-cases.ts.

import { describeLive } from "./long-recording-cases.ts";

const full = process.env.THUMBELINA_SUITE === "full";
describeLive(["nano33ble", "nucleo-f446re", "nucleo-l4r5zi", ...(full ? ["blackpill-f411"] : [])]);
