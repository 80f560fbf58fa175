import { ArgumentError, UnknownNameError } from "../../errors.ts";
import { nearest } from "../../schema/nearest.ts";
import { quoteIdentifier } from "../../schema/quote.ts";
import type { AnySchema, PgType } from "../../schema/snapshot.ts";
import type { Codec } from "../../types/codec.ts";
import { codecFor } from "../../types/resolve.ts";
import { builtinNames, parseTypeName } from "../../types/type-name.ts";

/** A type as a column of the snapshot has it. */
export interface ColumnType {
  /** As PostgreSQL prints it: `character varying(120)`. */
  readonly type: string;
  readonly typeKey: string;
  readonly typmod: number;
  readonly dimensions: number;
}

/**
 * The type of a name: PostgreSQL's own in every spelling (`varchar(120)`, `timestamp(3) with time zone`, `int[]`), and
 * the snapshot's enums, domains, ranges and composites by name. Throws UnknownNameError for any other text, so that no
 * SQL hides in it; ArgumentError for a modifier the type cannot have.
 */
export function columnType(schema: AnySchema, text: string): ColumnType {
  const { base, brackets } = splitBrackets(text);
  const found = builtinNamed(base) ?? userNamed(schema, base);
  if (found === undefined) throw unknownType(schema, text);
  return brackets === 0 ? found : arrayOf(schema, found, brackets);
}

/** The array type of a type; an array of arrays has more dimensions. */
function arrayOf(schema: AnySchema, element: ColumnType, dimensions: number): ColumnType {
  if (element.dimensions > 0) return { ...element, dimensions: element.dimensions + dimensions };
  const { type, typeKey, typmod } = element;
  return { type: `${type}[]`, typeKey: arrayKey(schema, typeKey), typmod, dimensions };
}

function splitBrackets(text: string): { readonly base: string; readonly brackets: number } {
  const name = String(text).trim();
  const [tail = ""] = /(?:\s*\[\s*\])*$/.exec(name) ?? [];
  return { base: name.slice(0, name.length - tail.length), brackets: tail.split("[").length - 1 };
}

function builtinNamed(text: string): ColumnType | undefined {
  const named = parseTypeName(text);
  return named && { type: named.printed, typeKey: named.key, typmod: named.typmod, dimensions: 0 };
}

function userNamed(schema: AnySchema, text: string): ColumnType | undefined {
  const key = userTypeKey(schema, text);
  const type = key === undefined ? undefined : schema.types[key];
  if (key === undefined || type === undefined || type.schema === "pg_catalog") return undefined;
  return { type: printedName(schema, key, type), typeKey: key, typmod: -1, dimensions: 0 };
}

/** The key of a type of the snapshot: by this key (`public.mood`), or by the name alone when that is visible. */
export function userTypeKey(schema: AnySchema, text: string): string | undefined {
  if (Object.hasOwn(schema.types, text)) return text;
  return schema.searchPath.map(namespace => keyIn(schema, namespace, text)).find(key => key !== undefined);
}

function keyIn({ types }: AnySchema, namespace: string, name: string): string | undefined {
  return Object.keys(types).find(key => types[key]!.schema === namespace && types[key]!.name === name);
}

// As format_type does: without the schema when the name alone finds the type.
function printedName(schema: AnySchema, key: string, { schema: namespace, name }: PgType): string {
  const first = schema.searchPath.find(path => keyIn(schema, path, name) !== undefined);
  if (first !== namespace) return key;
  return key.slice(schemaPart(key, namespace).length);
}

/** A key's beginning, `public.`, which may be quoted. */
function schemaPart(key: string, namespace: string): string {
  const quoted = `"${namespace.replaceAll('"', '""')}".`;
  return key.startsWith(quoted) ? quoted : `${namespace}.`;
}

// An array that no column has yet is not in the snapshot.
function arrayKey({ types }: AnySchema, element: string): string {
  const known = Object.keys(types).find(key => {
    const type = types[key]!;
    return type.kind === "array" && type.element === element;
  });
  if (known !== undefined) return known;
  const base = types[element];
  if (base === undefined || base.schema === "pg_catalog") return `_${element}`;
  // No keyword begins with a line, so only other characters ask for quotes.
  const name = `_${base.name}`;
  const isPlain = /^[a-z0-9_]+$/.test(name);
  return schemaPart(element, base.schema) + (isPlain ? name : quoteIdentifier(name));
}

function unknownType(schema: AnySchema, text: string): UnknownNameError | ArgumentError {
  if (/serial\d?$/i.test(text))
    return new ArgumentError(
      `${text} is no type: the key numbers itself (identity), or name the type bigint`,
    );
  const own = Object.values(schema.types).filter(({ schema: namespace }) => namespace !== "pg_catalog");
  const names = [...builtinNames(), ...own.map(({ name }) => name)];
  return new UnknownNameError(`there is no type ${JSON.stringify(text)}${nearest(String(text), names)}`);
}

/** The codec of a type, also of an array that no column of the snapshot has yet. */
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
