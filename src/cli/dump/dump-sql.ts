import { emptySchema } from "../../ddl/diff/schema-sql.ts";
import { type MigrationStep, migrationSql, stepsText } from "../../ddl/index.ts";
import { copyOut } from "../../driver/copy.ts";
import type { SqlHandle } from "../../driver/handle.ts";
import { sendForValues } from "../../driver/send.ts";
import { type LoadOptions, loadSchema, transaction } from "../../index.ts";
import { isWholeTable } from "../../schema/partitions.ts";
import { quoteIdentifier, quoteLiteral, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";

/** Values are printed exactly, names in them with their schemas, and row-level security cannot hide rows without an error. */
const SETTINGS = `SELECT set_config('datestyle', 'ISO', true), set_config('intervalstyle', 'postgres', true),
  set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true),
  set_config('row_security', 'off', true), set_config('search_path', '', true)`;

type Write = (bytes: Uint8Array) => Promise<void>;

/** Writes the SQL that creates tables and rows as they are at one time: foreign keys, views, triggers, policies and rules follow. */
export async function writeDump(sql: SqlHandle, options: LoadOptions, write: Write): Promise<void> {
  const text = (lines: string): Promise<void> => write(new TextEncoder().encode(lines));
  const dump = async (tx: SqlHandle): Promise<void> => {
    const schema = await loadSchema(tx, options);
    await sendForValues(tx, SETTINGS, []);
    const { before, after } = splitSteps(migrationSql(emptySchema(schema), schema));
    await text(`SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n`);
    await text(stepsText(before));
    for (const table of schema.relations.filter(isWholeTable)) {
      const columns = columnList(table);
      if (columns === "") {
        await text(await defaultRows(tx, table));
        continue;
      }
      await text(`COPY ${quoteName(table)} (${columns}) FROM stdin;\n`);
      for await (const bytes of copyTable(tx, table, columns)) await write(bytes);
      await text("\\.\n");
    }
    for (const line of await sequenceLines(tx, schema)) await text(`${line};\n`);
    await text(stepsText(after));
  };
  await transaction(sql, dump, { isolation: "repeatable read", readOnly: true });
}

/** The steps before and after the rows. Rows may violate a check that is not valid. */
function splitSteps(steps: readonly MigrationStep[]): Record<"before" | "after", readonly MigrationStep[]> {
  const first = steps.findIndex(isAfterRows);
  const { before = [], checks = [] } = Object.groupBy(first === -1 ? steps : steps.slice(0, first), step =>
    isNotValid(step) ? "checks" : "before",
  );
  return { before, after: first === -1 ? checks : [...checks, ...steps.slice(first)] };
}

function isNotValid({ text }: MigrationStep): boolean {
  return /^ALTER TABLE .* CHECK .* NOT VALID$/s.test(text);
}

function isAfterRows({ text }: MigrationStep): boolean {
  return /^(?:CREATE (?:OR REPLACE )?(?:MATERIALIZED )?VIEW|CREATE (?:CONSTRAINT )?TRIGGER|CREATE POLICY|CREATE RULE|ALTER TABLE .* FOREIGN KEY )/s.test(
    text,
  );
}

function columnList({ columns }: Relation): string {
  return columns
    .filter(({ generated }) => generated === null)
    .map(({ name }) => quoteIdentifier(name))
    .join(", ");
}

// The rows of a child table belong to the child; those of a partition to the partitioned table.
function ownRows(table: Relation): string {
  return `${table.kind === "partitioned" ? "" : "ONLY "}${quoteName(table)}`;
}

function copyTable(tx: SqlHandle, table: Relation, columns: string): AsyncIterable<Uint8Array> {
  const text = `COPY (SELECT ${columns} FROM ${ownRows(table)}) TO STDOUT`;
  return copyOut(tx, text, { text, params: [] });
}

/** The rows of a table without columns, or with generated ones only, which COPY cannot write. */
async function defaultRows(tx: SqlHandle, table: Relation): Promise<string> {
  const [row] = await sendForValues(tx, `SELECT count(*)::text FROM ${ownRows(table)}`, []);
  const count = String(row![0]);
  return count === "0" ? "" : `INSERT INTO ${quoteName(table)} SELECT FROM generate_series(1, ${count});\n`;
}

/** The positions of the sequences that are not at their start, read by two statements. */
async function sequenceLines(tx: SqlHandle, schema: AnySchema): Promise<readonly string[]> {
  const identities = schema.relations.flatMap(table =>
    table.columns
      .filter(({ identity }) => identity !== null && !table.isPartition)
      .map(({ name }) => `pg_get_serial_sequence(${quoteLiteral(quoteName(table))}, ${quoteLiteral(name)})`),
  );
  const names = [...identities, ...schema.sequences.map(sequence => quoteLiteral(quoteName(sequence)))];
  if (names.length === 0) return [];
  const sequences = await sendForValues(
    tx,
    `SELECT seqrelid::regclass::text, seqstart::text FROM unnest(ARRAY[${names.join(", ")}]::regclass[])
  WITH ORDINALITY AS named(oid, number) JOIN pg_sequence ON seqrelid = named.oid ORDER BY number`,
    [],
  );
  const reads = sequences.map(
    ([name], number) => `SELECT ${number} AS number, last_value::text, is_called FROM ${String(name)}`,
  );
  const positions = await sendForValues(tx, `${reads.join(" UNION ALL ")} ORDER BY number`, []);
  return positions.flatMap(([, value, isCalled], number) => {
    if (!isCalled && value === sequences[number]![1]) return [];
    return [`SELECT setval(${names[number]}, ${String(value)}${isCalled ? "" : ", false"})`];
  });
}
