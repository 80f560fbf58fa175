import type { SqlHandle } from "../../driver/handle.ts";
import { ArgumentError } from "../../errors.ts";
import { schemaAfter } from "../../rows/schema-after.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { relationNamed } from "../../schema/relation-of.ts";
import type { AnySchema, Relation, UniqueKey } from "../../schema/snapshot.ts";
import { type ChangeOptions, sendStatements } from "../change-schema.ts";
import { cascadeAdvice, keyDependents, requireNoDependents } from "../dependents.ts";
import { migrationSql } from "../diff/migration-sql.ts";
import { printedTable, requestedTable } from "./requested-table.ts";
import type { TableChanges } from "./table-changes.ts";
import { transformTable } from "./transform-table.ts";

/** Options of a table that is changed until it is as requested. */
export interface FitOptions extends ChangeOptions {
  readonly allowLoss?: boolean;
  readonly cascade?: boolean;
}

/**
 * Changes an existing table until it is as requested, in the caller's transaction, and returns the new snapshot. Data is lost
 * only with `allowLoss`: `transformTable` drops and retypes columns, because it checks their values first.
 */
export async function fitTable(
  tx: SqlHandle,
  before: AnySchema,
  existing: Relation,
  planned: Relation,
  { allowLoss = false, cascade = false, onStatement }: FitOptions,
): Promise<AnySchema> {
  const options = onStatement && { onStatement };
  const printed = await printedTable(tx, planned, { ...options });
  const requested = requestedTable(printed, planned, existing);
  const changes = lossyChanges(existing, requested, planned);
  let current = before;
  if (!isEmpty(changes)) {
    await sendStatements(tx, plainColumnsSql(existing, requested, changes), { ...options });
    const plain = await schemaAfter(tx, before);
    const change = { allowLoss, cascade, ...options };
    current = await transformTable(tx, plain, existing.key, changes, change);
  }
  return await applyDifferences(tx, current, existing, table => requestedTable(printed, planned, table), {
    allowLoss,
    cascade,
    types: printed.types,
    options: { ...options },
  });
}

// Identity columns must be integers, and PostgreSQL does not change the type of a column that a generated column uses.
// Generated columns can be dropped, because they are computed again.
function plainColumnsSql(existing: Relation, { columns }: Relation, { retype }: Changes): readonly string[] {
  const alter = `ALTER TABLE ${quoteName(existing)}`;
  const isRetyped = Object.keys(retype).length > 0;
  return existing.columns.flatMap(({ name, identity, generated }) => {
    const after = columns.find(column => column.name === name);
    const column = `COLUMN ${quoteIdentifier(name)}`;
    if (generated !== null && (after === undefined || (isRetyped && after.generated !== null)))
      return [`${alter} DROP ${column}`];
    if (after === undefined) return [];
    if (identity !== null && after.identity === null) return [`${alter} ALTER ${column} DROP IDENTITY`];
    return generated === "stored" && after.generated === null
      ? [`${alter} ALTER ${column} DROP EXPRESSION`]
      : [];
  });
}

/** The changes of existing columns that depend on their values. */
function lossyChanges(existing: Relation, requested: Relation, planned: Relation): Changes {
  const pairs = existing.columns.map(column => ({
    column,
    after: requested.columns.find(({ name }) => name === column.name),
  }));
  const kept = pairs.flatMap(({ column, after }) => (after === undefined ? [] : [{ column, after }]));
  // The type of raw SQL is not known.
  const unknown = new Set(planned.columns.filter(({ typeKey }) => typeKey === "").map(({ name }) => name));
  const retyped = kept.filter(
    ({ column, after }) =>
      column.type !== after.type &&
      after.generated === null &&
      column.generated !== "virtual" &&
      !unknown.has(after.name),
  );
  const required = kept.filter(({ column, after }) => after.notNull && !column.notNull);
  return {
    // They may use columns in a way that the new type does not support.
    dropConstraints: [
      ...existing.checks.filter(check => !requested.checks.includes(check)),
      ...existing.foreignKeys.filter(key => !requested.foreignKeys.includes(key)),
    ].map(({ name }) => name),
    drop: pairs
      .filter(({ column, after }) => after === undefined && column.generated === null)
      .map(({ column }) => column.name),
    retype: Object.fromEntries(retyped.map(({ after }) => [after.name, after.type])),
    notNull: Object.fromEntries(required.map(({ after }) => [after.name, true])),
  };
}

type Changes = Required<Pick<TableChanges, "dropConstraints" | "drop" | "retype" | "notNull">>;

function isEmpty({ drop, retype, notNull }: Changes): boolean {
  return [...drop, ...Object.keys({ ...retype, ...notNull })].length === 0;
}

interface Applying {
  readonly allowLoss: boolean;
  readonly cascade: boolean;
  readonly types: AnySchema["types"];
  readonly options: ChangeOptions;
}

async function applyDifferences(
  tx: SqlHandle,
  before: AnySchema,
  name: Relation,
  request: (table: Relation) => Relation,
  { allowLoss, cascade, types, options }: Applying,
): Promise<AnySchema> {
  const existing = relationNamed(before, name)!;
  const requested = request(existing);
  const lost = lostForeignKeys(before, existing, requested, cascade);
  const relations = before.relations.map(one =>
    one === existing ? requested : withoutForeignKeys(one, lost.get(one.key)),
  );
  const steps = migrationSql(before, {
    ...before,
    relations,
    types: { ...builtins(types), ...before.types },
  });
  const losses = steps.flatMap(({ destructive }) => destructive ?? []);
  if (losses.length > 0 && !allowLoss)
    throw new ArgumentError(
      `table ${existing.key} was left unchanged, because a change loses data; allowLoss: true accepts it:\n${losses.map(line => `  ${line}`).join("\n")}`,
    );
  if (steps.length === 0) return before;
  await sendStatements(
    tx,
    steps.map(({ text }) => text),
    options,
  );
  return await schemaAfter(tx, before);
}

/** Table → the foreign keys that refer to a key that is dropped; throws ArgumentError for one without `cascade`. */
function lostForeignKeys(
  schema: AnySchema,
  existing: Relation,
  requested: Relation,
  cascade: boolean,
): ReadonlyMap<string, ReadonlySet<string>> {
  const remaining = keysOf(requested).map(({ columns }) => new Set(columns));
  const isLost = ({ columns }: UniqueKey): boolean =>
    !remaining.some(names => names.symmetricDifference(new Set(columns)).size === 0);
  const found = new Map<string, Set<string>>();
  for (const key of keysOf(existing).filter(isLost)) {
    const dependents = keyDependents(schema, existing, key).filter(({ table }) => table !== existing.key);
    if (!cascade) requireNoDependents(existing.key, `key ${key.name}`, dependents, cascadeAdvice);
    for (const { table, name } of dependents)
      found.set(table, (found.get(table) ?? new Set<string>()).add(name));
  }
  return found;
}

function keysOf({ primaryKey, uniqueKeys }: Relation): readonly UniqueKey[] {
  return primaryKey === null ? uniqueKeys : [primaryKey, ...uniqueKeys];
}

function withoutForeignKeys(relation: Relation, names: ReadonlySet<string> | undefined): Relation {
  if (names === undefined) return relation;
  return { ...relation, foreignKeys: relation.foreignKeys.filter(({ name }) => !names.has(name)) };
}

// The requested table may use a type that the snapshot's columns do not.
function builtins(types: AnySchema["types"]): AnySchema["types"] {
  return Object.fromEntries(Object.entries(types).filter(([, type]) => type.schema === "pg_catalog"));
}
