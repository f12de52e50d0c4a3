// Drivers of the CMSDK peripherals, in the two forms that the boards have them: AN386, and SSE-200's Secure addresses in AN505.

import { describeMps2 } from "./cmsdk-cases.ts";

describeMps2("mps2-an386", 25e6);
describeMps2("mps2-an505", 20e6);
