// A verb that compiles calls each of Binaryen's thousands of functions a few times and ends. V8's optimising compiler and its counters
// never pay then: code of the baseline compiler alone (flag `--liftoff-only`) halves the processor time of a first build, see
// `npm run bench:start`. Verbs that run models in WebAssembly are left as they are. To be called before the first WebAssembly is compiled.

export async function useBaseline(): Promise<void> {
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--liftoff-only");
}
