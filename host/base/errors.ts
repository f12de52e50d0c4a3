// What a user can get wrong, as values. Each room lists its errors as rows in its own errors.ts; a row makes a UserError.
// Everything else is a defect of thumbelina: `invariant` throws a plain Error, and the stack trace is the report.
//
//   error[import/unsupported-op]: GATHER (builtin 36) has no kernel      <- code, row.message(facts)
//     in models/kws.tflite, subgraph 0, operator 14, byte 0x1a2c         <- at
//     hint: `thumbelina inspect --ops` lists what is supported           <- row.hint(facts)

/** Process exit codes of the CLI contract (ARCHITECTURE.md, "Contracts"); 0, 1 and 130 are not errors of a user. */
export type ExitCode = 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;

/** Where in the user's material an error lies. Every part is optional; `describePlace` prints those that are there. */
export interface Place {
  readonly file?: string;
  readonly subgraph?: number;
  readonly operator?: number;
  readonly tensor?: number;
  readonly byte?: number;
  readonly line?: number;
  readonly symbol?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a row's facts are typed where the row is written and where it is used.
export interface ErrorRow<F = any> {
  readonly exit: ExitCode;
  readonly message: (facts: F) => string;
  readonly hint?: (facts: F) => string | undefined;
}

export class UserError extends Error {
  override readonly name = "UserError";

  constructor(
    /** `room/kebab-name`. */
    readonly code: string,
    readonly exit: ExitCode,
    message: string,
    readonly facts: Readonly<Record<string, unknown>>,
    readonly at?: Place,
    readonly hint?: string,
    readonly notes: readonly string[] = [],
    /** Further errors found in the same material: checkers report all problems at once. */
    readonly also: readonly UserError[] = [],
  ) {
    super(message);
  }

  /** The same error with more of its place known, e.g. the file name, which only the cli has. */
  within(place: Place): UserError {
    const also = this.also.map((error) => error.within(place));
    const at = { ...place, ...this.at };
    return new UserError(this.code, this.exit, this.message, this.facts, at, this.hint, this.notes, also);
  }
}

/** Makes a room's errors from its rows: `const error = defineErrors("import", rows)`, `throw error("unsupported-op", {…})`. */
export function defineErrors<const T extends Record<string, ErrorRow>>(room: string, rows: T) {
  const make = <K extends keyof T & string>(
    name: K,
    facts: Parameters<T[K]["message"]>[0],
    at?: Place,
    notes: readonly string[] = [],
  ): UserError => {
    const row = rows[name] as ErrorRow;
    return new UserError(`${room}/${name}`, row.exit, row.message(facts), facts ?? {}, at, row.hint?.(facts), notes);
  };
  return Object.assign(make, { room, rows });
}

/** Collects errors while checking goes on; `done` throws the first with the others attached. */
export class Problems {
  readonly #errors: UserError[] = [];

  /** Reports beyond this many are counted, not kept: a hostile file can have millions of problems. */
  static readonly limit = 100;
  #dropped = 0;

  add(error: UserError): void {
    if (this.#errors.length < Problems.limit) this.#errors.push(error);
    else this.#dropped++;
  }

  get count(): number {
    return this.#errors.length + this.#dropped;
  }

  get errors(): readonly UserError[] {
    return this.#errors;
  }

  /** Throws when there are any. */
  done(): void {
    const [first, ...also] = this.#errors;
    if (!first) return;
    const notes = this.#dropped ? [...first.notes, `and ${this.#dropped} more problems`] : first.notes;
    throw new UserError(first.code, first.exit, first.message, first.facts, first.at, first.hint, notes, also);
  }
}

/** A condition that only a defect of thumbelina can break. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`thumbelina defect: ${message}`);
}

/** Closes a switch over a union: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new Error(`thumbelina defect: unexpected ${JSON.stringify(value)}`);
}

/** `models/kws.tflite, subgraph 0, operator 14, byte 0x1a2c` */
export function describePlace(at: Place): string {
  const parts: string[] = [];
  if (at.file !== undefined) parts.push(at.file);
  if (at.line !== undefined) parts.push(`line ${at.line}`);
  if (at.subgraph !== undefined) parts.push(`subgraph ${at.subgraph}`);
  if (at.operator !== undefined) parts.push(`operator ${at.operator}`);
  if (at.tensor !== undefined) parts.push(`tensor ${at.tensor}`);
  if (at.symbol !== undefined) parts.push(at.symbol);
  if (at.byte !== undefined) parts.push(`byte 0x${at.byte.toString(16)}`);
  return parts.join(", ");
}
