// The long recording on pico, and by replay in QEMU: long-recording-cases.ts. The Cortex-M4 boards: long-recording-m4.slow.ts.

import { describeLive, describeRecording, describeReplay } from "./long-recording-cases.ts";

describeRecording();
describeLive(["pico"]);
describeReplay(["mps2-an386", "netduinoplus2", "microbit"]);
