import { sendForTexts } from "../driver/shown-statement.ts";
import { type Connection, expr } from "../index.ts";
import { requireDifferentNames } from "../rows/result-columns.ts";
import { literalText } from "../statements/copy-out-sql.ts";
import { querySql } from "../statements/fragment-sql.ts";
import { codecShown, type ShownColumn } from "./output/shown-column.ts";
import { resultCodecs } from "./result-codecs.ts";

/** The result of raw SQL. */
export interface QueryRows {
  readonly columns: readonly ShownColumn[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Runs one SQL statement and returns its rows with every digit and microsecond, and its columns also without rows. */
export async function queryRows(
  { sql, schema }: Connection,
  text: string,
  parameters: readonly string[],
): Promise<QueryRows> {
  const statement = querySql(schema, expr(withoutSemicolon(text), parameters));
  const { columns, rows } = await sendForTexts(sql, literalText(statement), statement);
  requireDifferentNames(columns);
  const codecs = await resultCodecs(sql, schema, columns);
  const readValue = (value: string | null, index: number): unknown =>
    value === null ? null : (codecs[index]?.parse(value) ?? value);
  return {
    columns: columns.map(({ name }, index) => codecShown(name, codecs[index])),
    rows: rows.map(row =>
      Object.fromEntries(row.map((value, index) => [columns[index]!.name, readValue(value, index)])),
    ),
  };
}

// Accepts a statement with its usual final semicolon.
function withoutSemicolon(text: string): string {
  return text.replace(/;\s*$/, "");
}
