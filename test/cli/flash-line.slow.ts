// The quick suite's cases of flash over lines, and those behind pseudo-terminals.

import "./flash-line.test.ts";
