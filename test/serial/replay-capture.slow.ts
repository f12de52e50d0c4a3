// The quick suite's cases of replay, on a slower core, and an app that permits raw samples.

import "./replay-capture.test.ts";
