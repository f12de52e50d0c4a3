// Short names of an app and a model, printed on every result line: the first 8 hexadecimal digits of SHA-256 (FIPS 180-4), of the model
// file's bytes, and of the app as canonical JSON: defaults filled in, keys sorted, no blanks (as RFC 8785 for what an app can hold).

import { sha256 } from "@noble/hashes/sha2.js";
import type { App } from "./app-types.ts";

export function hashOf(bytes: Uint8Array): string {
  return Array.from(sha256(bytes).subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function hashOfApp(app: App): string {
  return hashOf(new TextEncoder().encode(canonical(app)));
}

export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}
