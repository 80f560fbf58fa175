import type { SqlHandle, SqlResultColumn } from "../driver/handle.ts";
import { limited } from "../driver/limited.ts";
import { sendForValues } from "../driver/send.ts";
import { sendForTexts } from "../driver/send-script.ts";
import { type Connection, expr, type SchemaSnapshot, type Statement, transaction } from "../index.ts";
import { requireDifferentNames } from "../rows/result-columns.ts";
import { literalText } from "../statements/copy-out-sql.ts";
import { querySql } from "../statements/fragment-sql.ts";
import { tokensOf } from "../statements/scan-sql.ts";
import { arrayCodec } from "../types/array.ts";
import type { Codec } from "../types/codec.ts";
import { codecFor } from "../types/resolve.ts";
import { codecShown, type ShownColumn } from "./output/shown-column.ts";

/** The result of raw SQL. */
export interface QueryRows {
  readonly columns: readonly ShownColumn[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Runs one SQL statement and returns its rows with every digit and microsecond, and its columns also without rows. After an
 * error nothing is written.
 */
export async function queryRows(
  { sql, schema }: Connection,
  text: string,
  parameters: readonly string[],
): Promise<QueryRows> {
  const statement = querySql(schema, expr(withoutEnd(text), parameters));
  if (!MAY_RETURN_WRITTEN.has(firstWord(text)))
    return await limited(sql, undefined, inner => statementRows(inner, schema, statement));
  return await transaction(sql, tx => statementRows(tx as unknown as SqlHandle, schema, statement));
}

// Statements that may write and return rows with two columns of one name, which is known only after they have run. Others,
// such as VACUUM, may not be allowed in a transaction.
const MAY_RETURN_WRITTEN: ReadonlySet<string> = new Set([
  "insert",
  "update",
  "delete",
  "merge",
  "with",
  "select",
]);

function firstWord(text: string): string {
  for (const { found } of tokensOf(text)) if (/^\w/.test(found)) return found.toLowerCase();
  return "";
}

async function statementRows(
  sql: SqlHandle,
  schema: SchemaSnapshot,
  statement: Statement,
): Promise<QueryRows> {
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

// A statement usually ends with a semicolon, and a file with comments.
function withoutEnd(text: string): string {
  let end = text.length;
  let hasSemicolon = false;
  for (const token of [...tokensOf(text)].reverse()) {
    const isEnd = isComment(token.found) || (token.found === ";" && !hasSemicolon);
    if (!isEnd || text.slice(token.end, end).trim() !== "") break;
    hasSemicolon ||= token.found === ";";
    end = token.start;
  }
  return text.slice(0, end).trimEnd();
}

function isComment(found: string): boolean {
  return found.startsWith("--") || found.startsWith("/*");
}

// The keys of types in a snapshot: `int4`, `public.mood`.
const TYPES = `SELECT t.oid::text, k.key, e.key, e.typdelim FROM pg_catalog.pg_type t
  CROSS JOIN LATERAL (SELECT CASE n.nspname WHEN 'pg_catalog' THEN t.typname ELSE quote_ident(n.nspname) || '.' || quote_ident(t.typname) END AS key
    FROM pg_catalog.pg_namespace n WHERE n.oid = t.typnamespace) AS k
  LEFT JOIN LATERAL (SELECT CASE n.nspname WHEN 'pg_catalog' THEN x.typname ELSE quote_ident(n.nspname) || '.' || quote_ident(x.typname) END AS key, x.typdelim
    FROM pg_catalog.pg_type x JOIN pg_catalog.pg_namespace n ON n.oid = x.typnamespace
    WHERE x.oid = t.typelem AND x.typarray = t.oid) AS e ON true
  WHERE t.oid = ANY ($1::oid[])`;

/** Returns the codec of each column of a result; undefined for a type that the snapshot does not have. */
async function resultCodecs(
  sql: SqlHandle,
  schema: SchemaSnapshot,
  columns: readonly SqlResultColumn[],
): Promise<readonly (Codec | undefined)[]> {
  if (columns.length === 0) return [];
  const rows = await sendForValues(sql, TYPES, [`{${columns.map(({ type }) => type).join(",")}}`]);
  const codecs = new Map(
    rows.map(([oid, key, element, delimiter]) => [
      Number(oid),
      element === null
        ? codecOfKey(schema, String(key))
        : elementsCodec(codecOfKey(schema, String(element)), String(delimiter)),
    ]),
  );
  return columns.map(({ type }) => codecs.get(type));
}

function codecOfKey(schema: SchemaSnapshot, key: string): Codec | undefined {
  return key.includes(".") && !Object.hasOwn(schema.types, key) ? undefined : codecFor(schema, key, -1);
}

function elementsCodec(element: Codec | undefined, delimiter: string): Codec | undefined {
  return element && arrayCodec(element, { delimiter, castType: `${element.castType}[]`, isBuiltin: true });
}
