// Every kind of fault at every transfer of flashing over USB: the quick test's cases, all of them.

import "./flash-usb.test.ts";
