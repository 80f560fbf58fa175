import type { WriterColumn } from "../../files/row-writer.ts";
import { codecColumn, writerColumns } from "../../files/row-writer.ts";
import type { TableColumn } from "../../files/text-table.ts";
import { untypedJson, untypedText } from "../../files/untyped-value.ts";
import type { SchemaSnapshot } from "../../index.ts";
import { columnOf, relationOf } from "../../schema/relation-of.ts";
import type { Codec } from "../../types/codec.ts";
import { codecOf } from "../../types/resolve.ts";

/** A column with the functions that print its values. */
export interface ShownColumn extends WriterColumn, TableColumn {}

const NUMBERS: ReadonlySet<string> = new Set(["integer", "float", "bigint", "numeric"]);

/** Returns the selected columns, by default all readable ones, with values in PostgreSQL's text format. */
export function tableColumns(
  schema: SchemaSnapshot,
  table: string,
  select: readonly string[] | undefined,
): readonly ShownColumn[] {
  const relation = relationOf(schema, table);
  return writerColumns(schema, table, select).map(column => {
    const codec = codecOf(schema, relation, columnOf(schema, table, column.name));
    return { ...column, isNumber: isNumeric(codec) };
  });
}

/** Whether the values of a codec are numbers. */
export function isNumeric({ shape }: Codec): boolean {
  return shape.kind === "scalar" && NUMBERS.has(shape.family);
}

/** Returns a column of raw SQL, whose values a codec has read; without a codec they are texts. */
export function codecShown(name: string, codec: Codec | undefined): ShownColumn {
  if (codec === undefined) return { name, isNumber: false, text: untypedText, json: untypedJson };
  return { ...codecColumn(name, codec), isNumber: isNumeric(codec) };
}

/** Returns columns of rows whose types are unknown. */
export function plainColumns(
  names: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): readonly ShownColumn[] {
  return names.map(name => ({
    name,
    isNumber: rows.some(row => typeof row[name] === "number"),
    text: untypedText,
    json: untypedJson,
  }));
}
