// Drivers of the CMSDK peripherals on AN386; SSE-200's Secure addresses in AN505, and the others, in more-boards.slow.ts.

import { describeMps2 } from "./cmsdk-cases.ts";

describeMps2("mps2-an386", 25e6);
