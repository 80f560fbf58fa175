import type { SchemaSnapshot } from "../../index.ts";
import { columnOf, relationOf } from "../../schema/relation-of.ts";
import { printJsonWithBigints } from "../../types/json-text.ts";
import { codecOf } from "../../types/resolve.ts";

/** A column as it is shown and exported. */
export interface ShownColumn {
  readonly name: string;
  readonly isNumber: boolean;
  /** A value (never null) as text: PostgreSQL's own, which import reads again. */
  readonly print: (value: unknown) => string;
  /** A value as JSON; what JSON has no form for is PostgreSQL's text. */
  readonly json: (value: unknown) => string;
}

const NUMBERS: ReadonlySet<string> = new Set(["integer", "float", "bigint", "numeric"]);

/** The columns of a table, all readable ones or those selected. */
export function tableColumns(
  schema: SchemaSnapshot,
  table: string,
  select: readonly string[] | undefined,
): readonly ShownColumn[] {
  const relation = relationOf(schema, table);
  const readable = relation.columns.filter(({ privileges }) => privileges.select).map(({ name }) => name);
  return (select ?? readable).map(name => {
    const { shape, print } = codecOf(schema, relation, columnOf(schema, table, name));
    const family = shape.kind === "scalar" ? shape.family : shape.kind;
    return {
      name,
      isNumber: NUMBERS.has(family),
      json: family === "json" ? printJsonWithBigints : plainJson,
      print: print as (value: unknown) => string,
    };
  });
}

/** The columns of rows whose types are not known. */
export function plainColumns(
  names: readonly string[],
  rows: readonly Record<string, unknown>[],
): readonly ShownColumn[] {
  return names.map(name => ({
    name,
    isNumber: rows.some(row => typeof row[name] === "number"),
    print: plainText,
    json: plainJson,
  }));
}

function plainJson(value: unknown): string {
  return JSON.stringify(value, withForm);
}

function withForm(_key: string, value: unknown): unknown {
  const hasNone = value instanceof Uint8Array || (typeof value === "number" && !Number.isFinite(value));
  return hasNone ? plainText(value) : value;
}

function plainText(value: unknown): string {
  if (value instanceof Uint8Array) return `\\x${value.toHex()}`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
