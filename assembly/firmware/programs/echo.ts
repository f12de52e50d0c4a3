// Sends back every byte that the console receives, as fast as the host takes them.

import { clockStart, consolePoll, consoleStart, timerStart } from "../../hal/kinds";
import { cpsid, cpsie, wfi } from "../../cpu";
import { begin, end, nextReceived, put, receivedAny, sendRoom } from "../console";
import { enableInterrupts } from "../interrupts";

export function echo_main(): void {
  clockStart();
  timerStart();
  consoleStart();
  enableInterrupts();
  cpsie();
  for (;;) {
    consolePoll();
    begin();
    for (let room = sendRoom(); room; room--) {
      const byte = nextReceived();
      if (byte < 0) break;
      put(byte);
    }
    end();
    // WFI wakes on a pending interrupt with PRIMASK set too: none is lost between the look and the sleep
    cpsid();
    if (!receivedAny() || !sendRoom()) wfi();
    cpsie();
  }
}
