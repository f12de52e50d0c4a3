// The quick suite's cases of the serial boot loaders, with every kind of noise and more faults.

import "./flash-ports.test.ts";
