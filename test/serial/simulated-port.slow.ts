// The quick suite's cases of sim:BOARD, and those with programs of their own: noise, USB, flash that is kept, the touch.

import "./simulated-port.test.ts";
