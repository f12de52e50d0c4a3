import { defineConfig } from "vitest/config";

// npm test runs the quick suites; *.slow.ts files (corpus, fuzz, judges) have scripts of their own, run by .ci/run. In suite "full" some of
// them take more boards.
const isSlow = process.env.THUMBELINA_SUITE === "slow" || process.env.THUMBELINA_SUITE === "full";

export default defineConfig({
  test: {
    include: [isSlow ? "test/**/*.slow.ts" : "test/**/*.test.ts"],
    testTimeout: isSlow ? 1_200_000 : 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    // Quick files share a process: compiling and loading the compiler for each of them would take as long as they do. What a test changes,
    // it puts back.
    isolate: isSlow,
    maxWorkers: 2,
  },
});
