import { ArgumentError } from "../../errors.ts";
import type { AnySchema, ReferentialAction, RelationName, UniqueKey } from "../../schema/snapshot.ts";
import type { ForeignKeyDefinition } from "./constraint-definition.ts";
import { type ColumnList, columnList, relationOfKind, requireColumns, TABLE_KINDS } from "./existing-name.ts";
import { defaultName, newIdentifier } from "./new-name.ts";

/** What a foreign key is, beside its columns and the table it refers to. */
export interface ForeignKeyOptions {
  /** The columns it refers to; the primary key by default. */
  readonly to?: ColumnList;
  /** What happens to the rows when the row they refer to is deleted; `noAction`, an error, by default. */
  readonly onDelete?: ReferentialAction;
  /** The same when its key changes. */
  readonly onUpdate?: ReferentialAction;
  /** Checked at the end of the transaction. */
  readonly deferrable?: boolean;
  /** `album_artist_id_fkey` by default, as PostgreSQL would call it. */
  readonly name?: string;
}

/** A foreign key of a table that is being made. */
export interface ForeignKeyEntry extends ForeignKeyOptions {
  readonly columns: ColumnList;
  /** The table it refers to, which may be the new one. */
  readonly references: string;
}

/** The table that has the foreign key. */
export interface ReferringTable {
  readonly relation: RelationName;
  /** As the caller calls it. */
  readonly key: string;
  readonly columns: readonly string[];
  /** Empty without one. */
  readonly primaryKey: readonly string[];
  /** All that a foreign key can refer to, the primary key among them. */
  readonly keys: readonly (readonly string[])[];
}

/** The definition of a foreign key; throws when it refers to what is not there or not unique. */
export function foreignKeyDefinition(
  schema: AnySchema,
  table: ReferringTable,
  entry: ForeignKeyEntry,
  taken: ReadonlySet<string>,
): ForeignKeyDefinition & { readonly name: string } {
  const columns = columnList(table.key, "a foreign key", entry.columns);
  requireColumns(table.key, table.columns, columns);
  const target = entry.references === table.key ? table : referringTable(schema, entry.references);
  const references = referredColumns(table, target, entry);
  if (references.length !== columns.length)
    throw new ArgumentError(
      `${table.key}: a foreign key of (${columns.join(", ")}) cannot refer to (${references.join(", ")}) of ${target.key}`,
    );
  const { onUpdate = "noAction", onDelete = "noAction", deferrable = false, name } = entry;
  for (const action of [onUpdate, onDelete]) requireAction(table.key, action);
  return {
    name: name === undefined ? defaultName(table.relation.name, columns, "fkey", taken) : newIdentifier(name),
    columns,
    references: { schema: target.relation.schema, name: target.relation.name, columns: references },
    onUpdate,
    onDelete,
    deleteSetColumns: null,
    match: "simple",
    deferrable,
    initiallyDeferred: deferrable,
    validated: true,
    enforced: true,
    period: false,
  };
}

/** A table of the snapshot as foreign keys see it. */
export function referringTable(schema: AnySchema, name: string): ReferringTable {
  const relation = relationOfKind(schema, name, TABLE_KINDS);
  return {
    relation,
    key: relation.key,
    columns: relation.columns.map(column => column.name),
    primaryKey: fullKeys(relation.primaryKey ? [relation.primaryKey] : [])[0] ?? [],
    keys: fullKeys([...(relation.primaryKey ? [relation.primaryKey] : []), ...relation.uniqueKeys]),
  };
}

// Neither partial nor deferrable nor of expressions (manual, CREATE TABLE).
function fullKeys(keys: readonly UniqueKey[]): readonly (readonly string[])[] {
  return keys.flatMap(({ columns, predicate, deferrable, valid }) => {
    const names = columns.filter(name => name !== null);
    return predicate === null && !deferrable && valid && names.length === columns.length ? [names] : [];
  });
}

function referredColumns(
  table: ReferringTable,
  target: ReferringTable,
  { to }: ForeignKeyEntry,
): readonly string[] {
  if (to === undefined) {
    if (target.primaryKey.length > 0) return target.primaryKey;
    throw new ArgumentError(`${table.key}: ${target.key} has no primary key: name the columns with to`);
  }
  const columns = columnList(table.key, "a foreign key", to);
  requireColumns(target.key, target.columns, columns);
  const isKey = target.keys.some(
    key => key.length === columns.length && key.every(name => columns.includes(name)),
  );
  if (isKey) return columns;
  throw new ArgumentError(
    `${table.key}: (${columns.join(", ")}) is no key of ${target.key}; it has ${target.keys.map(key => `(${key.join(", ")})`).join(", ") || "none"}`,
  );
}

const ACTIONS: readonly string[] = ["noAction", "restrict", "cascade", "setNull", "setDefault"];

function requireAction(table: string, action: string): void {
  if (!ACTIONS.includes(action))
    throw new ArgumentError(
      `${table}: onDelete and onUpdate are one of ${ACTIONS.join(", ")}, received ${action}`,
    );
}
