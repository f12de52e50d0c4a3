// Rows of the Cortex-M System Design Kit's peripherals.

import type { PeripheralModel } from "../models.ts";
import { CmsdkResetInfo } from "./reset-info.ts";
import { CmsdkTimer } from "./timer.ts";
import { CmsdkWatchdog } from "./watchdog.ts";

export const cmsdkModels: Readonly<Record<string, PeripheralModel>> = {
  "cmsdk-reset-info": { make: (ports) => new CmsdkResetInfo(ports) },
  "cmsdk-timer": { make: (ports) => new CmsdkTimer(ports) },
  "cmsdk-watchdog": { make: (ports) => new CmsdkWatchdog(ports) },
};
