// Pitfalls of AssemblyScript that compile but compute something else than the source seems to say. Found in the source text,
// with comments and strings blanked; what only types can tell is found in the compiled text instead (check.mjs).
// Each message is `file:line: what, and what to write`.
//
//   load<i8>(p)      takes the type of its context: through an i8 variable it wraps. Write <i32>load<i8>(p)
//   let x = 0.5      is f64. Write <f32>0.5, or declare the variable `: f32`
//   Math.*, f64      there is no double precision on the device; Mathf.* compiles to f64 code as well

const narrowLoad = /\bload<(i8|u8|i16|u16|bool)>/g;
const widened = /<(i32|u32|i64|u64|isize|usize|f32)>\s*$/;
const decimal = /(?<![\w.])(\d+\.\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|\d+e[+-]?\d+)(?![\w.])/gi;
const single = /(?:<f32>\s*-?\s*|:\s*f32\s*=\s*-?\s*|\bf32\.const\(\s*-?\s*)$/;
const double = /\b(f64|Math|Mathf|NativeMath|NativeMathf)\b/g;

/** Comments and the insides of strings become blanks; line breaks stay. */
export function blankComments(text) {
  const blank = (found) => found.replace(/[^\n]/g, " ");
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, blank);
}

export function lint(file, source) {
  const text = blankComments(source);
  const problems = [];
  const report = (index, words) => problems.push(`${file}:${text.slice(0, index).split("\n").length}: ${words}`);
  for (const match of text.matchAll(narrowLoad))
    if (!widened.test(text.slice(0, match.index)))
      report(match.index, `${match[0]} takes its context's type; write <i32>${match[0]}`);
  for (const match of text.matchAll(decimal))
    if (!single.test(text.slice(0, match.index)))
      report(match.index, `${match[0]} is an f64 literal; write <f32>${match[0]} or declare \`: f32 = ${match[0]}\``);
  for (const match of text.matchAll(double))
    report(match.index, `${match[0]} is double precision, which the device does not have; use f32`);
  return problems;
}
