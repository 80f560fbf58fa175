import { ArgumentError, UnknownNameError } from "../../errors.ts";
import { nearest } from "../../schema/nearest.ts";
import { quoteIdentifier } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import type { AnySchema, PgType } from "../../schema/snapshot.ts";
import type { Codec } from "../../types/codec.ts";
import { codecFor } from "../../types/resolve.ts";
import { builtinNames, parseTypeName } from "../../types/type-name.ts";

/** The type of a column, as in the snapshot. */
export interface ColumnType {
  /** As PostgreSQL prints it: `character varying(120)`. */
  readonly type: string;
  readonly typeKey: string;
  readonly typmod: number;
}

/**
 * The type of a name: a built-in type in every spelling (`varchar(120)`, `timestamp(3) with time zone`, `int[]`), or an
 * enum, domain, range or composite of the snapshot. Throws UnknownNameError for any other string, so that a name cannot
 * contain other SQL; ArgumentError for a modifier that the type does not take.
 * @param label the column, for messages
 */
export function columnType(schema: AnySchema, text: string, label?: string): ColumnType {
  const { base, isArray } = splitBrackets(text);
  const found = builtinNamed(base) ?? userNamed(schema, base);
  if (found === undefined) throw unknownType(schema, text, label);
  return isArray ? arrayOf(schema, found) : found;
}

// An array of an array has the type of the inner one: array types allow any number of dimensions.
function arrayOf(schema: AnySchema, element: ColumnType): ColumnType {
  const { type, typeKey, typmod } = element;
  return type.endsWith("[]") ? element : { type: `${type}[]`, typeKey: arrayKey(schema, typeKey), typmod };
}

// PostgreSQL ignores declared lengths and further dimensions.
function splitBrackets(text: string): { readonly base: string; readonly isArray: boolean } {
  const name = String(text).trim();
  const base = name.replace(/(?:\s*\[\s*\d*\s*\])+$/, "");
  return { base, isArray: base.length < name.length };
}

function builtinNamed(text: string): ColumnType | undefined {
  const named = parseTypeName(text);
  return named && { type: named.printed, typeKey: named.key, typmod: named.typmod };
}

function userNamed(schema: AnySchema, text: string): ColumnType | undefined {
  const key = userTypeKey(schema, text);
  const type = key === undefined ? undefined : schema.types[key];
  if (key === undefined || type === undefined || type.schema === "pg_catalog") return undefined;
  return { type: key, typeKey: key, typmod: -1 };
}

/** The key of a type of the snapshot, found by this key (`public.mood`), or by its name on the search path. */
export function userTypeKey(schema: AnySchema, text: string): string | undefined {
  if (Object.hasOwn(schema.types, text)) return text;
  return schema.searchPath.map(namespace => keyIn(schema, namespace, text)).find(key => key !== undefined);
}

function keyIn({ types }: AnySchema, namespace: string, name: string): string | undefined {
  return Object.keys(types).find(key => isSameName(types[key]!, { schema: namespace, name }));
}

/** The schema of a type key with the dot, `public.`, which may be quoted. */
function schemaPart(key: string, namespace: string): string {
  const quoted = `"${namespace.replaceAll('"', '""')}".`;
  return key.startsWith(quoted) ? quoted : `${namespace}.`;
}

// The array type is not in the snapshot if no column has it.
function arrayKey({ types }: AnySchema, element: string): string {
  const known = Object.keys(types).find(key => {
    const type = types[key]!;
    return type.kind === "array" && type.element === element;
  });
  if (known !== undefined) return known;
  const base = types[element];
  if (base === undefined || base.schema === "pg_catalog") return `_${element}`;
  // No keyword begins with an underscore, so only special characters require quotes.
  const name = `_${base.name}`;
  const isPlain = /^[a-z0-9_]+$/.test(name);
  return schemaPart(element, base.schema) + (isPlain ? name : quoteIdentifier(name));
}

function unknownType(schema: AnySchema, text: string, label?: string): UnknownNameError | ArgumentError {
  const place = label === undefined ? "" : `${label}: `;
  if (/serial\d?$/i.test(text))
    return new ArgumentError(
      `${place}${text} is not a type; use bigint with the option identity, or with a default`,
    );
  if (/\b(default|references|primary|unique|check|generated)\b/i.test(text))
    return new ArgumentError(
      `${place}${JSON.stringify(text)} is more than a type; pass keys, defaults and checks as options`,
    );
  const own = Object.values(schema.types).filter(({ schema: namespace }) => namespace !== "pg_catalog");
  const names = [...builtinNames(), ...own.map(({ name }) => name)];
  return new UnknownNameError(
    `${place}type ${JSON.stringify(text)} does not exist${nearest(String(text), names)}`,
  );
}

/** The codec of a type, also of an array type that no column of the snapshot has. */
export function typeCodec(schema: AnySchema, { typeKey, typmod, type }: ColumnType): Codec {
  if (Object.hasOwn(schema.types, typeKey) || !type.endsWith("[]")) return codecFor(schema, typeKey, typmod);
  const element = columnType(schema, type.slice(0, -2));
  const types: AnySchema["types"] = { ...schema.types, [typeKey]: arrayType(element.typeKey, typeKey) };
  return codecFor({ ...schema, types }, typeKey, typmod);
}

function arrayType(element: string, key: string): PgType {
  return {
    kind: "array",
    schema: "pg_catalog",
    name: key,
    extension: null,
    comment: null,
    element,
    delimiter: element === "box" ? ";" : ",",
  };
}
