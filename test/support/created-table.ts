import { expect } from "bun:test";
import {
  type ColumnEntries,
  type CreateTableOptions,
  createTable,
  createTableSql,
} from "../../src/ddl/index.ts";
import { loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import type { TestDatabase } from "../../src/testing/index.ts";

/** Runs createTable after comparing its exact statements. */
export async function createdTable(
  { sql }: TestDatabase,
  schema: SchemaSnapshot,
  table: string,
  columns: ColumnEntries,
  options: CreateTableOptions,
  statements: readonly string[],
): Promise<SchemaSnapshot> {
  expect(createTableSql(schema, table, columns, options)).toEqual(statements);
  const sent: string[] = [];
  const onStatement = ({ text }: { text: string }): void => void sent.push(text);
  const after = await createTable(sql, schema, table, columns, { ...options, onStatement });
  expect(sent).toEqual([...statements]);
  expect(after).toEqual(await loadSchema(sql));
  return after;
}
