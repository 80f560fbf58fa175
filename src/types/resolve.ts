import { SnapshotError } from "../errors.ts";
import { formsOf } from "../schema/column-forms.ts";
import { derive } from "../schema/derived.ts";
import { quoteName } from "../schema/quote.ts";
import type { AnySchema, ArrayType, Column, DomainType, PgType, Relation } from "../schema/snapshot.ts";
import { arrayCodec } from "./array.ts";
import { builtinCodec } from "./builtin.ts";
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

/** The codec that a value compared with a column goes through: without the modifier, and without a domain's CHECKs. */
export function comparisonCodec(schema: AnySchema, relation: Relation, column: Column): Codec {
  let key = column.typeKey;
  for (let type = schema.types[key]; type?.kind === "domain"; type = schema.types[key]) key = type.base;
  return codecFor(formsOf(schema, relation, column), key, -1);
}

/** The codec of a type of the snapshot, or of a built-in scalar type that no column has. */
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
    throw new SnapshotError(`the snapshot has no type ${typeKey}`);
  switch (type?.kind) {
    case undefined:
      return absentCodec(schema, typeKey, typmod);
    case "base":
      return isBuiltin(type) ? builtinCodec(typeKey, { ...schema, typmod }) : extensionCodec(type);
    case "enum":
      return enumCodec(quoteName(type), type.labels);
    case "domain":
      return domainCodec(codecFor(schema, type.base, type.baseTypmod), type);
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
      return rangeCodec(castOf(type), codecFor(schema, type.subtype, -1));
    case "multirange":
      return multirangeCodec(castOf(type), codecFor(schema, type.range, -1));
  }
}

// pg_range.dat: the built-in ranges, for raw queries on databases no column of which has them.
const SUBTYPES: ReadonlyMap<string, string> = new Map([
  ["int4range", "int4"],
  ["int8range", "int8"],
  ["numrange", "numeric"],
  ["tsrange", "timestamp"],
  ["tstzrange", "timestamptz"],
  ["daterange", "date"],
]);

function absentCodec(schema: AnySchema, name: string, typmod: number): Codec {
  const subtype = SUBTYPES.get(name);
  if (subtype !== undefined) return rangeCodec(name, codecFor(schema, subtype, -1));
  const range = name.replace("multirange", "range");
  const rangeSubtype = name === range ? undefined : SUBTYPES.get(range);
  return rangeSubtype === undefined
    ? builtinCodec(name, { ...schema, typmod })
    : multirangeCodec(name, codecFor(schema, range, -1));
}

function isBuiltin({ schema }: PgType): boolean {
  return schema === "pg_catalog";
}

function castOf(type: PgType): string {
  return isBuiltin(type) ? type.name : quoteName(type);
}

// citext, ltree and hstore are text to the driver; only those whose operators are text's count as text.
function extensionCodec(type: PgType): Codec {
  return textCodec(quoteName(type), type.name === "citext" ? "text" : "other");
}

// The modifier of `numeric(5,2)[]` is its element's.
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
  // An array of a domain over an array is not an array of more dimensions.
  const isNested = elementType?.kind === "domain" && element.shape.kind === "array";
  return `${isNested ? quoteName(elementType as DomainType) : element.castType}[]`;
}
