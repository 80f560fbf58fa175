import type { SqlHandle } from "../../driver/handle.ts";
import { type OptionNames, requireOptions, requireUnscoped, SEND_OPTIONS } from "../../schema/arguments.ts";
import type { WithTable } from "../../schema/changed-table.ts";
import { quoteIdentifier, quoteLiteral, quoteName } from "../../schema/quote.ts";
import { isSameName } from "../../schema/relation.ts";
import { relationNamed, relationOf } from "../../schema/relation-of.ts";
import type {
  AnySchema,
  Check,
  Column,
  ForeignKey,
  Relation,
  RelationName,
  SchemaSnapshot,
} from "../../schema/snapshot.ts";
import { withClause } from "../../schema/storage-options.ts";
import type { KnownTables, TableName } from "../../schema/tables.ts";
import { type ChangeOptions, createUnlessExists } from "../change-schema.ts";
import { relationOfKind } from "../define/existing-name.ts";
import { defaultName, newName, requireFree } from "../define/new-name.ts";
import { isOwner } from "../define/sequence-definition.ts";
import { requireSameTable } from "../diff/table-differences.ts";
import { changeTableStatements } from "../diff/table-statements.ts";
import { requireAllRows } from "../require-all-rows.ts";

/** Options of `duplicateTable`. */
export interface DuplicateTableOptions extends ChangeOptions {
  /** `false` for an empty table; default: all rows. */
  readonly rows?: boolean;
  /** Leave an existing table with its rows unchanged if it has these columns and keys; reject any other. */
  readonly ifNotExists?: boolean;
}

const DUPLICATE_TABLE_OPTIONS: OptionNames<DuplicateTableOptions> = {
  rows: "boolean",
  ifNotExists: true,
  ...SEND_OPTIONS,
};

/**
 * The statements of `duplicateTable`.
 * @param schema a snapshot
 * @param table the table's name
 * @param name the copy's name
 * @param options `rows: false` for an empty copy; `ifNotExists`
 * @returns the DDL in order, and the statements that copy the rows
 * @throws ArgumentError if the name already exists; UnknownNameError
 * @example `duplicateTableSql(schema, "genre", "style", { rows: false })` →
 * `['CREATE TABLE "public"."style" (LIKE "public"."genre" INCLUDING ALL)']`
 */
export function duplicateTableSql(
  schema: AnySchema,
  table: string,
  name: string,
  options: DuplicateTableOptions = {},
): readonly string[] {
  requireOptions("duplicateTable", options, DUPLICATE_TABLE_OPTIONS);
  const relation = relationOfKind(schema, table, ["table"]);
  const copy = newName(schema, name);
  const existing = options.ifNotExists === true ? relationNamed(schema, copy) : undefined;
  if (existing === undefined) requireFree(schema, copy);
  const serials = relation.columns.filter(column => isSerial(schema, relation, column));
  // LIKE makes the copy of a NOT VALID check valid, which the existing rows may violate.
  const isKept = ({ validated, enforced }: Check): boolean => validated || !enforced;
  const liked: Relation = { ...relation, ...copy, foreignKeys: [], comment: null };
  const filled: Relation = {
    ...liked,
    comment: relation.comment,
    checks: relation.checks.filter(isKept),
    columns: relation.columns.map(column => (serials.includes(column) ? identityColumn(column) : column)),
  };
  const finished: Relation = {
    ...filled,
    checks: relation.checks,
    foreignKeys: copiedForeignKeys(relation, copy),
  };
  if (existing !== undefined) {
    requireSameTable(finished, relationOfKind(schema, existing.key, ["table"]));
    return [];
  }
  const unlogged = relation.persistence === "unlogged" ? "UNLOGGED " : "";
  return [
    `CREATE ${unlogged}TABLE ${quoteName(copy)} (LIKE ${quoteName(relation)} INCLUDING ALL)${withClause(relation.options)}`,
    ...changeTableStatements(schema, liked, filled),
    ...(options.rows === false ? [] : copyStatements(relation, copy, serials)),
    ...changeTableStatements(schema, filled, finished),
  ];
}

const NUMBER = /^\(?nextval\('(?:[^']|'')*'::regclass\)\)?(?:::\w+)?$/;

// An identity column has an integer type and no expression: another column keeps its default, with the original's sequence.
function isSerial({ sequences }: AnySchema, relation: Relation, column: Column): boolean {
  if (!["smallint", "integer", "bigint"].includes(column.type) || !NUMBER.test(column.default ?? ""))
    return false;
  return sequences.some(sequence => isOwner(relation, sequence) && sequence.ownedBy?.column === column.name);
}

// The copy of a serial column would take its values from the original's sequence.
function identityColumn(column: Column): Column {
  return { ...column, default: null, identity: "byDefault" };
}

function copyStatements(
  relation: Relation,
  copy: RelationName,
  serials: readonly Column[],
): readonly string[] {
  const stored = relation.columns.filter(({ generated }) => generated === null);
  const list = stored.map(({ name }) => quoteIdentifier(name)).join(", ");
  const identities = relation.columns.filter(
    column => column.identity !== null || serials.some(({ name }) => name === column.name),
  );
  const overriding = identities.length > 0 ? " OVERRIDING SYSTEM VALUE" : "";
  return [
    `INSERT INTO ${quoteName(copy)} (${list})${overriding} SELECT ${list} FROM ${quoteName(relation)}`,
    ...identities.map(({ name }) => setIdentitySql(relation, copy, name)),
  ];
}

// The last value of a sequence that was never used is NULL, for which setval does nothing.
function setIdentitySql(relation: RelationName, copy: RelationName, column: string): string {
  const sequenceOf = (table: RelationName): string =>
    `pg_get_serial_sequence(${quoteLiteral(quoteName(table))}, ${quoteLiteral(column)})`;
  return `SELECT setval(${sequenceOf(copy)}, pg_sequence_last_value(${sequenceOf(relation)}::regclass))`;
}

// LIKE copies no foreign keys.
function copiedForeignKeys(relation: Relation, copy: RelationName): readonly ForeignKey[] {
  const used = new Set(relation.checks.map(({ name }) => name));
  return relation.foreignKeys.map(foreignKey => {
    const name = defaultName(copy.name, foreignKey.columns, "fkey", used);
    used.add(name);
    const isSelfReference = isSameName(foreignKey.references, relation);
    const references = isSelfReference ? { ...foreignKey.references, ...copy } : foreignKey.references;
    return { ...foreignKey, name, references };
  });
}

/**
 * Copies a table with its columns, keys, constraints, foreign keys, indexes, comments, storage parameters and rows; the copy
 * of an UNLOGGED table is UNLOGGED. Identity columns continue after the original's last value. Triggers, policies, privileges
 * and the replica identity are not copied.
 * @param sql a Bun SQL handle
 * @param schema a snapshot without a scope
 * @param table the table's name
 * @param name the copy's name
 * @param options `rows: false` for an empty copy; `ifNotExists: true` leaves an existing table with these columns and keys
 * unchanged, with its rows; `onStatement`
 * @returns the new snapshot
 * @throws ArgumentError if the name already exists, the existing table differs, or row security hides rows from the role;
 * ScopeError; UnknownNameError; QueryError
 * @example `schema = await duplicateTable(sql, schema, "genre", "style")`
 */
export async function duplicateTable<Tables, Name extends TableName<Tables>, const New extends string>(
  sql: SqlHandle,
  schema: SchemaSnapshot<Tables>,
  table: Name,
  name: New,
  options?: DuplicateTableOptions,
): Promise<SchemaSnapshot<WithTable<Tables, New, KnownTables<Tables>[Name]>>> {
  requireUnscoped(schema);
  const statementsOf = (current: AnySchema): readonly string[] =>
    duplicateTableSql(current, table, name, options);
  const requireAble = async (tx: SqlHandle): Promise<void> => {
    if (options?.rows === false) return;
    await requireAllRows(tx, relationOf(schema, table), "duplicateTable cannot copy all rows");
  };
  return await createUnlessExists(sql, schema, name, statementsOf, options, { requireAble });
}
