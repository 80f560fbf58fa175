import { ScopeError } from "../errors.ts";
import { abilitiesOf } from "../schema/engine.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { type BulkColumns, bulkColumns, valueText } from "./bulk-rows.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { referenceGuard } from "./reference-guard.ts";
import { planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";
import { assignedText } from "./row-values.ts";
import { ownBinder, type Statement } from "./statement.ts";

type Row = Readonly<Record<string, unknown>>;

/** `COPY ... FROM STDIN` and its data in COPY's text format (manual, COPY, File Formats). */
export interface CopyStatement extends Statement {
  /** Chunks of about 64,000 characters, generated one at a time. */
  readonly chunks: Iterable<string>;
}

/**
 * The COPY of `insertMany` for many rows that passed validation and have the same columns.
 * @param schema a snapshot
 * @param table the table's name
 * @param rows at least one row, all with the columns of the first
 * @returns the SQL and its data
 * @throws UnknownNameError for an unknown table or column; ArgumentError for a value that contradicts the scope; ScopeError for
 * a foreign key that only a statement can check against the scope
 * @example `copySql(schema, "genre", [{ genre_id: 13, name: "Polka" }]).text` →
 * `COPY "public"."genre" ("genre_id", "name") FROM STDIN`
 */
export function copySql(schema: AnySchema, table: string, rows: readonly Row[]): CopyStatement {
  const plan = relationPlan(schema, table);
  const columns = bulkColumns(plan, rows);
  if (referenceGuard(schema, plan, columns.given, "").shape !== "")
    throw new ScopeError(
      `${plan.relation.key}: COPY cannot check a foreign key against the snapshot's scope; use insertManySql`,
    );
  const names = [...columns.given, ...columns.stamps.map(({ column }) => column)].map(({ quoted }) => quoted);
  return {
    text: `COPY ${plan.name} (${names.join(", ")}) FROM STDIN`,
    params: ownBinder(schema).params,
    chunks: copyChunks(plan, columns, rows),
  };
}

/**
 * Whether COPY can write these columns of the table. COPY ignores rules, is rejected by row-level security and views
 * (manual, COPY, Notes), and has no casts, which money and regclass need.
 */
export function canCopy({ relation, columns }: RelationPlan, names: readonly string[]): boolean {
  const { kind, hasRules, rowSecurityEnabled } = relation;
  if ((kind !== "table" && kind !== "partitioned") || hasRules || rowSecurityEnabled) return false;
  return names.every(name => !columns.get(name)?.codec.castType.includes("::"));
}

/** Whether COPY can also insert into the table, which would not check foreign keys against the scope. */
export function canInsertByCopy(schema: AnySchema, plan: RelationPlan, names: readonly string[]): boolean {
  const columns = names.map(name => planColumn(plan, name));
  return (
    abilitiesOf(schema).copy && canCopy(plan, names) && referenceGuard(schema, plan, columns, "").shape === ""
  );
}

const CHUNK = 64_000;

/** The lines of the rows, joined to chunks. */
export function* copyChunks(
  plan: RelationPlan,
  { given, stamps }: BulkColumns,
  rows: readonly Row[],
): Generator<string, void> {
  const fields = given.map(column => copyField(plan, column));
  const scoped = stamps
    .map(stamp => {
      const text = assignedText(stamp);
      return `\t${text === null ? NULL : escapeText(text)}`;
    })
    .join("");
  let chunk = "";
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    for (let at = 0; at < fields.length; at++) chunk += (at === 0 ? "" : "\t") + fields[at]!(row, index);
    chunk += `${scoped}\n`;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}

const NULL = "\\N";

function copyField(plan: RelationPlan, column: ColumnPlan): (row: Row, index: number) => string {
  const { name } = column.column;
  const print = column.codec.print as (value: unknown) => string;
  return (row, index) => {
    const value = row[name];
    // The text of a number or a Date never needs escaping.
    if (typeof value === "number" || value instanceof Date) return print(value);
    if (typeof value === "string") return escapeText(print(value));
    const text = valueText(plan, column, row, index);
    return text === null ? NULL : escapeText(text);
  };
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escapeText(text: string): string {
  return SPECIAL.test(text) ? text.replaceAll(/[\\\t\n\r]/g, found => ESCAPES[found]!) : text;
}
