import { jsonText, plainText } from "../../files/plain-text.ts";
import type { WrittenColumn } from "../../files/row-writer.ts";
import type { TableColumn } from "../../files/text-table.ts";
import { writtenColumns } from "../../files/written-column.ts";
import type { SchemaSnapshot } from "../../index.ts";
import { columnOf, relationOf } from "../../schema/relation-of.ts";
import { codecOf } from "../../types/resolve.ts";

/** A column that is shown to people or programs. */
export interface ShownColumn extends WrittenColumn, TableColumn {}

const NUMBERS: ReadonlySet<string> = new Set(["integer", "float", "bigint", "numeric"]);

/** The columns of a table, all readable ones or those selected, with values as PostgreSQL writes them. */
export function tableColumns(
  schema: SchemaSnapshot,
  table: string,
  select: readonly string[] | undefined,
): readonly ShownColumn[] {
  const relation = relationOf(schema, table);
  return writtenColumns(schema, table, select).map(column => {
    const { shape } = codecOf(schema, relation, columnOf(schema, table, column.name));
    return { ...column, isNumber: shape.kind === "scalar" && NUMBERS.has(shape.family) };
  });
}

/** The columns of rows whose types are not known. */
export function plainColumns(
  names: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): readonly ShownColumn[] {
  return names.map(name => ({
    name,
    isNumber: rows.some(row => typeof row[name] === "number"),
    text: plainText,
    json: jsonText,
  }));
}
