import { defineConfig } from "vitest/config";

// npm test runs the quick suites; *.slow.ts files (corpus, fuzz, judges) have scripts of their own, run by .ci/run.
export default defineConfig({
  test: {
    include: [process.env.THUMBELINA_SUITE === "slow" ? "test/**/*.slow.ts" : "test/**/*.test.ts"],
    testTimeout: process.env.THUMBELINA_SUITE === "slow" ? 1_200_000 : 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
