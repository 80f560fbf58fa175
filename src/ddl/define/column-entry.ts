import * as v from "valibot";
import { ArgumentError } from "../../errors.ts";
import { newColumnIdentifier } from "../../schema/new-identifier.ts";
import { quoteIdentifier, quoteLiteral } from "../../schema/quote.ts";
import type { AnySchema, Column } from "../../schema/snapshot.ts";
import { type Fragment, isFragment } from "../../statements/fragment.ts";
import { describeValue } from "../../types/problem.ts";
import { printUntyped } from "../../types/untyped.ts";
import { type ColumnType, columnType, typeCodec } from "./column-type.ts";
import { literalSql, valueLiteral } from "./literal-sql.ts";
import { type EntrySchema, entryDraft, isEntrySchema } from "./valibot-column.ts";
import type { Draft, Rule } from "./valibot-rules.ts";

/**
 * The definition of a column: a valibot schema, or the name of a PostgreSQL type, `"text"` or `"text not null"`. A type
 * that is not in the snapshot, such as an extension's, is raw SQL: ``expr`vector(3) not null` ``.
 */
export type ColumnEntry = v.GenericSchema | string | Fragment;

/** A column that is to be created. */
export interface NewColumn {
  readonly column: Column;
  /** The conditions of its CHECK constraints, as SQL. */
  readonly checks: readonly string[];
}

/** The column of an entry; throws ArgumentError with the column's name if the entry has no PostgreSQL type. */
export function newColumn(schema: AnySchema, table: string, name: string, entry: ColumnEntry): NewColumn {
  const label = `${table}.${newColumnIdentifier(name)}`;
  if (typeof entry === "string" || isFragment(entry)) return namedColumn(schema, label, name, entry);
  if (isEntrySchema(entry)) return schemaColumn(schema, label, name, entry);
  throw new ArgumentError(
    `${label} must be the name of a PostgreSQL type, expr or a valibot schema, received ${describeValue(entry)}; pass keys, foreign keys and defaults as options`,
  );
}

const NOT_NULL = /\s+not\s+null\s*$/i;

function namedColumn(schema: AnySchema, label: string, name: string, entry: string | Fragment): NewColumn {
  const text = typeof entry === "string" ? entry : literalSql(schema, entry);
  const notNull = NOT_NULL.test(text);
  const typeName = text.replace(NOT_NULL, "").trim();
  const type = typeof entry === "string" ? columnType(schema, typeName, label) : rawType(typeName);
  return { column: withNotNull(plainColumn(name, type), notNull), checks: [] };
}

// The type of raw SQL is not looked up.
function rawType(type: string): ColumnType {
  return { type, typeKey: "", typmod: -1 };
}

/** A column without a default that accepts NULL. */
function plainColumn(name: string, { type, typeKey, typmod }: ColumnType): Column {
  return {
    ...{ name, position: 0, type, typeKey, typmod, collation: null, comment: null },
    ...{ notNull: false, nullOnRead: "possible", default: null, identity: null, identityOptions: null },
    ...{ generated: null, generationExpression: null, updatable: true, isInherited: false },
    privileges: { select: true, insert: true, update: true },
  };
}

function schemaColumn(
  schema: AnySchema,
  label: string,
  name: string,
  entry: EntrySchema & v.GenericSchema,
): NewColumn {
  const draft = entryDraft(entry);
  if (typeof draft === "string")
    throw new ArgumentError(`${label}: ${draft}; name a PostgreSQL type instead, such as "jsonb"`);
  const type = columnType(schema, narrowedType(draft));
  return {
    column: {
      ...withNotNull(plainColumn(name, type), !draft.nullable),
      default: draft.default === undefined ? null : defaultSql(schema, label, type, draft.default),
      comment: v.getDescription(entry) ?? null,
    },
    checks: draft.rules.map(rule => ruleSql(schema, label, name, type, rule)),
  };
}

/** The column with or without NOT NULL. */
export function withNotNull(column: Column, notNull: boolean): Column {
  return { ...column, notNull, nullOnRead: notNull ? "never" : "possible" };
}

const INTEGER_MAX = 2_147_483_647;

// An integer whose limits fit in four bytes is an integer column.
function narrowedType({ type, rules }: Draft): string {
  if (type !== "bigint") return type;
  const isWithin = (operator: string): boolean =>
    rules.some(
      rule => "operator" in rule && "value" in rule && rule.operator === operator && fitsInteger(rule.value),
    );
  return isWithin(">=") && isWithin("<=") ? "integer" : type;
}

function fitsInteger(value: unknown): boolean {
  return typeof value === "number" && value >= -INTEGER_MAX - 1 && value <= INTEGER_MAX;
}

/** A default as SQL: raw SQL unchanged, any other value as a literal of the column's type. */
export function defaultSql(
  schema: AnySchema,
  label: string,
  type: ColumnType,
  value: unknown,
): string | null {
  if (value === null) return null;
  if (isFragment(value)) return literalSql(schema, value);
  if (value === undefined)
    throw new ArgumentError(`${label}: the default must not be undefined; leave the key out for no default`);
  if (type.typeKey !== "") return valueLiteral(typeCodec(schema, type), `${label}, default`, value);
  return quoteLiteral(printUntyped(value) ?? "");
}

function ruleSql(schema: AnySchema, label: string, name: string, type: ColumnType, rule: Rule): string {
  const column = quoteIdentifier(name);
  const literal = (value: unknown): string => valueLiteral(typeCodec(schema, type), label, value);
  if ("oneOf" in rule) return `${column} IN (${rule.oneOf.map(literal).join(", ")})`;
  if ("notEmpty" in rule) return `${column} <> ''`;
  if ("measure" in rule) return `${rule.measure}(${column}) ${rule.operator} ${rule.size}`;
  return `${column} ${rule.operator} ${literal(rule.value)}`;
}
