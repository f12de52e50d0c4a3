// The long recording on pico, and by replay in QEMU: long-recording-cases.ts. Other boards: long-recording-{nrf,stm32}.slow.ts.

import { describeLive, describeRecording, describeReplay } from "./long-recording-cases.ts";

describeRecording();
describeLive(["pico"]);
describeReplay(["mps2-an386", "netduinoplus2", "microbit"]);
