// A Report as a speedscope file (speedscope.app, "Importing from custom sources": file-format-schema.json). One sample for each
// call path, its weight the cycles spent there, so the flame graph's widths are exact; "time order" shows paths, not time.

/** A call path, or any other way to divide cycles into parts; a Report's tree is one. */
export interface Stack {
  readonly name: string;
  readonly self: { readonly cycles: number };
  readonly callees: readonly Stack[];
}

export function speedscopeFile(report: { readonly board: string; readonly paths: Stack }): string {
  const frames: { name: string }[] = [];
  const numbers = new Map<string, number>();
  const frame = (name: string): number => {
    let number = numbers.get(name);
    if (number === undefined) {
      number = frames.push({ name }) - 1;
      numbers.set(name, number);
    }
    return number;
  };
  const samples: number[][] = [];
  const weights: number[] = [];
  const visit = (path: Stack, above: readonly number[]): void => {
    if (path.self.cycles > 0) {
      samples.push(above.length > 0 ? [...above] : [frame("(no symbol)")]);
      weights.push(path.self.cycles);
    }
    for (const callee of path.callees) visit(callee, [...above, frame(callee.name)]);
  };
  visit(report.paths, []);
  const endValue = weights.reduce((sum, weight) => sum + weight, 0);
  const name = `${report.board}, cycles`;
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter: "thumbelina",
    name,
    shared: { frames },
    profiles: [{ type: "sampled", name, unit: "none", startValue: 0, endValue, samples, weights }],
  });
}
