// The cores, by name.

import type { Core, CoreName } from "../core.ts";
import { cortexM0 } from "./cortex-m0.ts";
import { cortexM0plus } from "./cortex-m0plus.ts";
import { cortexM3 } from "./cortex-m3.ts";
import { cortexM4 } from "./cortex-m4.ts";
import { cortexM7 } from "./cortex-m7.ts";
import { cortexM33 } from "./cortex-m33.ts";

export const cores: Readonly<Record<CoreName, Core>> = {
  "cortex-m0": cortexM0,
  "cortex-m0plus": cortexM0plus,
  "cortex-m3": cortexM3,
  "cortex-m4": cortexM4,
  "cortex-m7": cortexM7,
  "cortex-m33": cortexM33,
};
