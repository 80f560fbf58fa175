import { SnapshotError } from "../errors.ts";
import { derive } from "../schema/derived.ts";
import { formsOf } from "../schema/js-types.ts";
import { quoteName } from "../schema/quote.ts";
import type { AnySchema, ArrayType, Column, PgType, Relation } from "../schema/snapshot.ts";
import { arrayCodec } from "./array.ts";
import { builtinCodec } from "./catalogue.ts";
import type { Codec } from "./codec.ts";
import { compositeCodec } from "./composite.ts";
import { domainCodec } from "./domain.ts";
import { enumCodec } from "./enum.ts";
import { multirangeCodec } from "./multirange.ts";
import { rangeCodec } from "./range.ts";
import { textCodec } from "./text.ts";

const codecs = derive((_types: AnySchema["types"]) => new Map<string, Codec>());

/** The codec of a column's type with its modifier. */
export function codecOf(schema: AnySchema, relation: Relation, column: Column): Codec {
  return codecFor(formsOf(schema, relation, column), column.typeKey, column.typmod);
}

/** The codec of a value that is compared with a column: without the modifier and a domain's CHECKs. */
export function comparisonCodec(schema: AnySchema, relation: Relation, column: Column): Codec {
  const key = baseTypeKey(schema, column.typeKey);
  const codec = codecFor(formsOf(schema, relation, column), key, -1);
  const type = schema.types[key];
  const element = type?.kind === "array" ? schema.types[type.element] : undefined;
  // Operators of arrays need equal element types. A value to store is cast to the base type, which truncates nothing.
  return element?.kind === "domain" ? { ...codec, castType: `${quoteName(element)}[]` } : codec;
}

/** The key of the type that a domain, or a domain over a domain, is based on; the key itself for other types. */
export function baseTypeKey({ types }: AnySchema, typeKey: string): string {
  let key = typeKey;
  for (let type = types[key]; type?.kind === "domain"; type = types[key]) key = type.base;
  return key;
}

/** The collation of a column or a domain as SQL, also that of a domain below; null for that of the built-in type. */
export function effectiveCollation(
  { types }: AnySchema,
  { typeKey, collation }: Pick<Column, "typeKey" | "collation">,
): string | null {
  if (collation !== null) return collation;
  for (let type = types[typeKey]; type?.kind === "domain"; type = types[type.base])
    if (type.collation !== null) return type.collation;
  return null;
}

/** The codec of a type of the snapshot, or of a built-in type that no column has. */
export function codecFor(schema: AnySchema, typeKey: string, typmod: number): Codec {
  const known = codecs(schema.types);
  const key = `${typeKey},${typmod}`;
  const codec = known.get(key) ?? makeCodec(schema, typeKey, typmod);
  known.set(key, codec);
  return codec;
}

function makeCodec(schema: AnySchema, typeKey: string, typmod: number): Codec {
  const type = Object.hasOwn(schema.types, typeKey) ? schema.types[typeKey]! : undefined;
  if (type === undefined && typeKey.includes("."))
    throw new SnapshotError(`type ${typeKey} does not exist in the snapshot`);
  switch (type?.kind) {
    case undefined:
      return builtin(schema, typeKey, typmod);
    case "base":
      return isBuiltin(type) ? builtin(schema, typeKey, typmod) : extensionCodec(type);
    case "enum":
      return enumCodec(quoteName(type), type.labels);
    case "domain":
      return domainCodec(
        codecFor(schema, type.base, type.baseTypmod),
        type,
        effectiveCollation(schema, { typeKey, collation: null }) !== null,
      );
    case "array":
      return makeArrayCodec(schema, type, typmod);
    case "composite":
      return compositeCodec(
        quoteName(type),
        type.attributes.map(({ name, typeKey: key, typmod: modifier }) => ({
          name,
          codec: codecFor(schema, key, modifier),
        })),
      );
    case "range":
      return isBuiltin(type)
        ? builtin(schema, typeKey, -1)
        : rangeCodec(quoteName(type), codecFor(schema, type.subtype, -1));
    case "multirange":
      return isBuiltin(type)
        ? builtin(schema, typeKey, -1)
        : multirangeCodec(quoteName(type), codecFor(schema, type.range, -1));
  }
}

function builtin(schema: AnySchema, key: string, typmod: number): Codec {
  const { jsTypes, serverVersionNum } = schema;
  const partCodec = (part: string): Codec => codecFor(schema, part, -1);
  return builtinCodec(key, typmod, { jsTypes, serverVersionNum, partCodec });
}

function isBuiltin({ schema }: PgType): boolean {
  return schema === "pg_catalog";
}

// The driver returns types of extensions as strings. Only citext also has the operators of text, and of the types of
// extensions that PostgreSQL contains only these have no equality.
function extensionCodec(type: PgType): Codec {
  const isComparable = !["lquery", "ltxtquery", "query_int"].includes(type.name);
  return textCodec(
    quoteName(type),
    type.name === "citext" ? "text" : "other",
    isComparable ? undefined : null,
  );
}

// The modifier of `numeric(5,2)[]` belongs to the element.
function makeArrayCodec(schema: AnySchema, type: ArrayType, typmod: number): Codec {
  const elementType = schema.types[type.element];
  const element = codecFor(schema, type.element, typmod);
  return arrayCodec(element, {
    delimiter: type.delimiter,
    castType: arrayCast(elementType, element),
    isBuiltin: elementType === undefined || isBuiltin(elementType),
  });
}

function arrayCast(elementType: PgType | undefined, element: Codec): string {
  if (element.castType === "numeric::money") return "numeric[]::money[]";
  if (element.castType === "bpchar::regclass") return "regclass[]";
  // An array of a domain over an array has no additional dimensions.
  const isNested = elementType?.kind === "domain" && element.shape.kind === "array";
  return `${isNested ? quoteName(elementType) : element.castType}[]`;
}
