// Where a verb prints: data to stdout, words for people to stderr. Colour only on a terminal (NO_COLOR and FORCE_COLOR
// are honoured), progress only on a terminal.

export interface Terminal {
  /** Data: what a pipe should receive. A newline is added. */
  out(text: string): void;
  /** Bytes to stdout as they are. */
  outBytes(bytes: Uint8Array): void;
  /** Words for people. A newline is added. */
  note(text: string): void;
  readonly json: boolean;
  readonly color: boolean;
  readonly isTty: boolean;
  readonly columns: number;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function openTerminal(json: boolean): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: (text) => void stdout.write(`${text}\n`),
    outBytes: (bytes) => void stdout.write(bytes),
    note: (text) => void stderr.write(`${text}\n`),
    json,
    color: wantsColor(env, stdout.isTTY === true),
    isTty: stdout.isTTY === true,
    columns: stdout.columns ?? 120,
    cwd: process.cwd(),
    env,
  };
}

function wantsColor(env: NodeJS.ProcessEnv, isTty: boolean): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] && env["FORCE_COLOR"] !== "0") return true;
  return isTty && env["TERM"] !== "dumb";
}

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
const codes: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

export function paint(terminal: Pick<Terminal, "color">, style: Style, text: string): string {
  return terminal.color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text;
}
