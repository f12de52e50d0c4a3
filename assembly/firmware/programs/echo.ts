// Sends back every byte that the console receives.

import { clockStart, consolePoll, consoleStart, timerStart } from "../../hal/kinds";
import { cpsid, cpsie, wfi } from "../../cpu";
import { begin, drained, end, nextReceived, put } from "../console";
import { enableInterrupts } from "../interrupts";

export function echo_main(): void {
  clockStart();
  timerStart();
  consoleStart();
  enableInterrupts();
  cpsie();
  for (;;) {
    consolePoll();
    let byte = nextReceived();
    if (byte >= 0) {
      begin();
      for (; byte >= 0; byte = nextReceived()) put(byte);
      while (!end()) wfi();
      while (!drained()) wfi();
    }
    // WFI wakes on a pending interrupt with PRIMASK set too: none is lost between the look and the sleep
    cpsid();
    const more = nextReceived();
    if (more < 0) wfi();
    cpsie();
    if (more >= 0) {
      begin();
      put(more);
      end();
    }
  }
}
