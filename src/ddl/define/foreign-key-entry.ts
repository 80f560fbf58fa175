import { ArgumentError } from "../../errors.ts";
import { choiceText, type OptionNames, requireObject, requireOptions } from "../../schema/arguments.ts";
import { newIdentifier } from "../../schema/new-identifier.ts";
import type {
  AnySchema,
  ForeignKey,
  ReferentialAction,
  RelationName,
  UniqueKey,
} from "../../schema/snapshot.ts";
import { describeValue } from "../../types/problem.ts";
import { type ColumnList, columnList, relationOfKind, requireColumns, TABLE_KINDS } from "./existing-name.ts";
import { defaultName } from "./new-name.ts";

/** Foreign key options other than the columns and the referenced table. */
export interface ForeignKeyOptions {
  /** The referenced columns; default: the primary key. */
  readonly to?: ColumnList;
  /** The ON DELETE action; default: `noAction`, an error. */
  readonly onDelete?: ReferentialAction;
  /** The ON UPDATE action; default: `noAction`. */
  readonly onUpdate?: ReferentialAction;
  /** Check at the end of the transaction. */
  readonly deferrable?: boolean;
  /** Default: the name that PostgreSQL would choose, `album_artist_id_fkey`. */
  readonly name?: string;
}

/** The names of the options in `ForeignKeyOptions`. */
export const FOREIGN_KEY_OPTIONS: OptionNames<ForeignKeyOptions> = {
  to: true,
  onDelete: true,
  onUpdate: true,
  deferrable: true,
  name: true,
};

/** A foreign key of a new table. */
export interface ForeignKeyEntry extends ForeignKeyOptions {
  readonly columns: ColumnList;
  /** The referenced table, which may be the new one. */
  readonly references: string;
}

const FOREIGN_KEY_ENTRY: OptionNames<ForeignKeyEntry> = {
  columns: true,
  references: true,
  ...FOREIGN_KEY_OPTIONS,
};

/** The table that has the foreign key. */
export interface ReferringTable {
  readonly relation: RelationName;
  /** The name that the caller gave. */
  readonly key: string;
  readonly columns: readonly string[];
  /** Empty without a primary key. */
  readonly primaryKey: readonly string[];
  /** The columns of all keys that a foreign key can reference, including the primary key. */
  readonly keys: readonly (readonly string[])[];
  /** The keys WITHOUT OVERLAPS, which PERIOD foreign keys reference. */
  readonly periodKeys?: readonly (readonly string[])[];
}

/** The definition of a foreign key; throws if the referenced columns do not exist or are not a key. */
export function foreignKeyDefinition(
  schema: AnySchema,
  table: ReferringTable,
  entry: ForeignKeyEntry,
  taken: ReadonlySet<string>,
): ForeignKey {
  requireObject(`${table.key}: a foreign key`, entry);
  requireOptions(foreignKeyLabel(table, entry), entry, FOREIGN_KEY_ENTRY);
  const columns = columnList(table.key, "a foreign key", entry.columns);
  requireColumns(table.key, table.columns, columns);
  if (typeof entry.references !== "string")
    throw new ArgumentError(
      `${table.key} (${columns.join(", ")}): a foreign key must name its table: { references: "table" }`,
    );
  const target = entry.references === table.key ? table : referringTable(schema, entry.references);
  const references = referredColumns(table, target, entry);
  if (references.length !== columns.length)
    throw new ArgumentError(
      `${table.key}: the foreign key (${columns.join(", ")}) does not have as many columns as (${references.join(", ")}) of ${target.key}; list the referenced columns in to`,
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
    period: target.periodKeys?.some(key => key.every(name => references.includes(name))) === true,
    isInherited: false,
    comment: null,
  };
}

function foreignKeyLabel({ key }: ReferringTable, { columns }: ForeignKeyEntry): string {
  const names = typeof columns === "string" ? [columns] : Array.isArray(columns) ? columns : [];
  return names.length === 1
    ? `${key}.${names[0]}: a foreign key`
    : `${key}${names.length > 1 ? ` (${names.join(", ")})` : ""}: a foreign key`;
}

/** The foreign key side of a table of the snapshot. */
export function referringTable(schema: AnySchema, name: string): ReferringTable {
  const relation = relationOfKind(schema, name, TABLE_KINDS);
  const keys = [...(relation.primaryKey ? [relation.primaryKey] : []), ...relation.uniqueKeys];
  return {
    relation,
    key: relation.key,
    columns: relation.columns.map(column => column.name),
    primaryKey: fullKeys(relation.primaryKey ? [relation.primaryKey] : [])[0] ?? [],
    keys: fullKeys(keys),
    periodKeys: fullKeys(keys.filter(({ period }) => period)),
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
    throw new ArgumentError(
      `${table.key}: the referenced table ${target.key} has no primary key; list the referenced columns in to`,
    );
  }
  const columns = columnList(table.key, "a foreign key", to);
  requireColumns(target.key, target.columns, columns);
  const isKey = target.keys.some(
    key => key.length === columns.length && key.every(name => columns.includes(name)),
  );
  if (isKey) return columns;
  throw new ArgumentError(
    `${table.key}: (${columns.join(", ")}) is not a key of ${target.key}; its keys are ${target.keys.map(key => `(${key.join(", ")})`).join(", ") || "none"}`,
  );
}

const ACTIONS: readonly string[] = ["noAction", "restrict", "cascade", "setNull", "setDefault"];

function requireAction(table: string, action: string): void {
  if (!ACTIONS.includes(action))
    throw new ArgumentError(
      `${table}: onDelete and onUpdate must be ${choiceText(ACTIONS)}, received ${describeValue(action)}`,
    );
}
