// A part of JSON Schema (draft 2020-12), as much as app.schema.json uses, applied to untrusted data: all problems are collected, each
// with its path, and defaults are filled in. The schema that editors read is the very object that is applied here.
//
// oneOf chooses by the constant of a field (`kind`) or by the type; so an error speaks of the alternative that was meant.

export interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: "object" | "array" | "string" | "number" | "integer";
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | Schema;
  readonly maxProperties?: number;
  readonly oneOf?: readonly Schema[];
}

export type Report = (path: string, problem: string) => void;

type JsonObject = Readonly<Record<string, unknown>>;

/** The value with defaults filled in; what is wrong goes to `report` and stays as it is. */
export function applySchema(value: unknown, schema: Schema, path: string, report: Report): unknown {
  if (schema.oneOf) {
    const chosen = schema.oneOf.find((alternative) => isMeant(value, alternative));
    if (chosen) return applySchema(value, chosen, path, report);
    report(path, `expected ${schema.oneOf.map(inWords).join(", or ")}`);
    return value;
  }
  if (!hasType(value, schema.type)) {
    report(path, `expected ${inWords(schema)}`);
    return value;
  }
  if (typeof value === "string") checkString(value, schema, path, report);
  else if (typeof value === "number") checkNumber(value, schema, path, report);
  else if (Array.isArray(value)) return checkArray(value, schema, path, report);
  else return checkObject(value as JsonObject, schema, path, report);
  return value;
}

function isMeant(value: unknown, schema: Schema): boolean {
  if (!hasType(value, schema.type)) return false;
  const tags = Object.entries(schema.properties ?? {}).filter(([, { const: tag }]) => tag !== undefined);
  return tags.every(([key, { const: tag }]) => own(value as JsonObject, key) === tag);
}

function hasType(value: unknown, type: Schema["type"]): boolean {
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isSafeInteger(value);
  if (type === "number") return Number.isFinite(value);
  return typeof value === "string";
}

function inWords(schema: Schema): string {
  const tag = Object.entries(schema.properties ?? {}).find(([, { const: word }]) => word !== undefined);
  if (tag) return `an object with "${tag[0]}": "${tag[1].const}"`;
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  const words = {
    object: "an object",
    array: "a list",
    string: "a text",
    number: "a number",
    integer: "a whole number",
  };
  return schema.type ? words[schema.type] : "something else";
}

function checkString(value: string, schema: Schema, path: string, report: Report): void {
  if (schema.const !== undefined && value !== schema.const) report(path, `must be "${schema.const}"`);
  if (schema.enum && !schema.enum.includes(value)) report(path, `must be one of ${schema.enum.join(", ")}`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value))
    report(path, `"${value.slice(0, 40)}" does not look as it must (${schema.pattern})`);
  if (value.length < (schema.minLength ?? 0)) report(path, "must not be empty");
  if (value.length > (schema.maxLength ?? Number.POSITIVE_INFINITY))
    report(path, `has ${value.length} characters, at most ${schema.maxLength} are possible`);
}

function checkNumber(value: number, schema: Schema, path: string, report: Report): void {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, exclusiveMinimum } = schema;
  if (value < minimum) report(path, `is ${value}, must be at least ${minimum}`);
  if (value > maximum) report(path, `is ${value}, must be at most ${maximum}`);
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    report(path, `is ${value}, must be more than ${exclusiveMinimum}`);
}

function checkArray(value: readonly unknown[], schema: Schema, path: string, report: Report): unknown {
  const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  if (value.length < minItems) report(path, `has ${value.length} entries, needs at least ${minItems}`);
  if (value.length > maxItems) {
    report(path, `has ${value.length} entries, at most ${maxItems} are possible`);
    return value;
  }
  const twice = schema.uniqueItems ? value.find((item, i) => value.indexOf(item) !== i) : undefined;
  if (twice !== undefined) report(path, `names ${JSON.stringify(twice)} twice`);
  return items ? value.map((item, i) => applySchema(item, items, `${path}[${i}]`, report)) : value;
}

function checkObject(value: JsonObject, schema: Schema, path: string, report: Report): unknown {
  const { properties = {}, required = [], additionalProperties = {}, maxProperties } = schema;
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  if (maxProperties !== undefined && Object.keys(value).length > maxProperties) {
    report(path, `has ${Object.keys(value).length} fields, at most ${maxProperties} are possible`);
    return value;
  }
  const result = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value)) {
    const field = own(properties, key) ?? additionalProperties;
    if (field === false) report(at(key), `is unknown; known: ${Object.keys(properties).join(", ")}`);
    else result.set(key, applySchema(item, field as Schema, at(key), report));
  }
  for (const key of required) if (!result.has(key)) report(at(key), "is missing");
  for (const [key, field] of Object.entries(properties))
    if (field.default !== undefined && !result.has(key)) result.set(key, field.default);
  return Object.fromEntries(result);
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
