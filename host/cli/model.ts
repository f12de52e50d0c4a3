// A model from a file, and raw tensors to and from files, for the verbs that take a MODEL.

import { UserError } from "../base/errors.ts";
import type { Graph } from "../graph/graph.ts";
import { importModel } from "../import/import.ts";
import { readBytes } from "./files.ts";

/** Errors say the file's name as the user typed it. */
export function loadModel(file: string): Graph {
  const bytes = readBytes(file);
  return within(file, () => importModel(bytes, { name: file }));
}

/** Runs a stage on what came from `file`, so that its errors name the file. */
export function within<T>(file: string, stage: () => T): T {
  try {
    return stage();
  } catch (cause) {
    if (cause instanceof UserError) throw cause.within({ file });
    throw cause;
  }
}

export async function withinAsync<T>(file: string, stage: () => Promise<T>): Promise<T> {
  try {
    return await stage();
  } catch (cause) {
    if (cause instanceof UserError) throw cause.within({ file });
    throw cause;
  }
}

/** The options of every verb that takes a repeatable option come as one value or a list. */
export function listOf(value: unknown): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
