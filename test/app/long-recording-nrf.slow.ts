// The long recording on nano33ble: long-recording-cases.ts.

import { describeLive } from "./long-recording-cases.ts";

describeLive(["nano33ble"]);
