// The quick suite's cases of the verb flash, each as a real process.

import "./flash.test.ts";
