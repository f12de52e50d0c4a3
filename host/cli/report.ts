// UserErrors as text for people, or as JSON.

import { describePlace, type UserError } from "../base/errors.ts";
import { paint, type Terminal } from "./terminal.ts";

/** error[room/name]: message, then place, notes and hint, for the error and for every other one found with it. */
export function errorText(error: UserError, terminal: Pick<Terminal, "color">): string {
  return [error, ...error.also].map((one) => oneError(one, terminal)).join("\n");
}

function oneError(error: UserError, terminal: Pick<Terminal, "color">): string {
  const lines = [`${paint(terminal, "red", `error[${error.code}]`)}: ${printable(error.message)}`];
  const place = error.at ? describePlace(error.at) : "";
  if (place) lines.push(`  in ${printable(place)}`);
  for (const note of error.notes) lines.push(`  note: ${printable(note)}`);
  if (error.hint) lines.push(`  ${paint(terminal, "cyan", "hint")}: ${printable(error.hint)}`);
  return lines.join("\n");
}

export function errorJson(error: UserError): unknown {
  return { ok: false, exit: error.exit, errors: [error, ...error.also].map(errorFields) };
}

function errorFields(error: UserError) {
  const { code, message, at, hint, notes, facts } = error;
  return { code, message, at, hint, notes, facts };
}

/** Names in a hostile model may hold control characters; a terminal must not obey them. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
