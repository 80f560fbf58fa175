import { quoteIdentifier } from "../../schema/quote.ts";
import type { AnySchema, Column, Relation, UniqueKey } from "../../schema/snapshot.ts";
import { columnList, requireColumns } from "../define/existing-name.ts";
import { type ReferringTable, referringTable } from "../define/foreign-key-entry.ts";
import { constraintNames, namesInUse } from "../define/new-name.ts";
import { newConstraints } from "../define/table-constraints.ts";
import { cascadeAdvice, keyDependents, requireNoDependents } from "../dependents.ts";
import { bareType, conversion, isWider } from "../diff/retype.ts";
import { changeTableStatements } from "../diff/table-statements.ts";
import { mentions } from "../expression-columns.ts";
import { type ChangedColumns, changedColumns, type RemainingColumn } from "./changed-columns.ts";
import type { TableChanges, TransformTableOptions } from "./table-changes.ts";

/** The statements of changes of a table; throws if the changes are invalid. */
export function changeStatements(
  schema: AnySchema,
  relation: Relation,
  changes: TableChanges,
  { cascade = false, allowLoss = false }: TransformTableOptions = {},
): readonly string[] {
  const columns = changedColumns(schema, relation, changes);
  const after = changedTable(schema, relation, changes, cascade);
  const { remaining } = columns;
  return changeTableStatements(schema, withoutLost(relation, columns), withoutLost(after, columns), {
    cascade,
    renamed: new Map(
      remaining.flatMap(({ before, after }) =>
        before.name === after.name ? [] : [[before.name, after.name]],
      ),
    ),
    conversions: new Map(remaining.flatMap(column => conversionEntry(schema, column, allowLoss))),
  });
}

// With CASCADE, PostgreSQL drops the columns that are generated from a dropped one.
function withoutLost(table: Relation, { dropped }: ChangedColumns): Relation {
  const names = new Set(dropped.map(({ name }) => name));
  const isLost = ({ name, generationExpression }: Column): boolean =>
    !names.has(name) && mentions(generationExpression, names);
  return { ...table, columns: table.columns.filter(column => !isLost(column)) };
}

/** The conversion of a column whose values a cast alone does not convert. */
function conversionEntry(
  schema: AnySchema,
  { before, after, retype }: RemainingColumn,
  allowLoss: boolean,
): readonly (readonly [string, string])[] {
  if (retype === null) return [];
  const { type, using } = retype;
  if (using !== null) return [[after.name, `(${using})::${bareType(type)}`]];
  return allowLoss && !isWider(schema, before, schema, type)
    ? [[after.name, `${conversion(quoteIdentifier(after.name), before, type)}::${type.type}`]]
    : [];
}

/** The names of the constraints that the changes drop; throws ArgumentError if a foreign key needs one of these keys. */
export function droppedConstraints(
  schema: AnySchema,
  relation: Relation,
  { dropConstraints = [], primaryKey }: TableChanges,
  cascade: boolean,
): readonly string[] {
  requireColumns(`${relation.key}: the constraints`, [...constraintNames(relation)], dropConstraints);
  const key = relation.primaryKey;
  const names = new Set(
    primaryKey === undefined || key === null ? dropConstraints : [...dropConstraints, key.name],
  );
  if (!cascade)
    for (const dropped of [...(key ? [key] : []), ...relation.uniqueKeys])
      if (names.has(dropped.name)) requireNoForeignKeys(schema, relation, dropped, names);
  return [...names];
}

function requireNoForeignKeys(
  schema: AnySchema,
  relation: Relation,
  key: UniqueKey,
  dropped: ReadonlySet<string>,
): void {
  const dependents = keyDependents(schema, relation, key).filter(
    ({ table, name }) => table !== relation.key || !dropped.has(name),
  );
  requireNoDependents(relation.key, `key ${key.name}`, dependents, cascadeAdvice);
}

/** The table after the changes. Keys, indexes and checks that PostgreSQL drops with a column are still in it. */
export function changedTable(
  schema: AnySchema,
  relation: Relation,
  changes: TableChanges,
  cascade = false,
): Relation {
  const { remaining, added } = changedColumns(schema, relation, changes);
  const dropped = droppedConstraints(schema, relation, changes, cascade);
  const columns = [...remaining.map(({ after }) => ({ column: after, checks: [] })), ...added];
  const names = columns.map(({ column }) => column.name);
  const primaryKey = changes.primaryKey
    ? columnList(relation.key, "the primary key", changes.primaryKey)
    : [];
  requireColumns(relation.key, names, primaryKey);
  const taken = [...constraintNames(relation), ...namesInUse(schema, relation.schema)];
  const created = newConstraints(
    schema,
    {
      key: relation.key,
      name: relation,
      columns,
      primaryKey,
      existing: existingKeys(schema, relation, remaining),
    },
    changes,
    new Set(taken.filter(name => !dropped.includes(name))),
  );
  const remains = ({ name }: { readonly name: string }): boolean => !dropped.includes(name);
  const { primaryKey: key } = relation;
  return {
    ...relation,
    columns: columns.map(({ column }) => column),
    primaryKey: created.primaryKey ?? (key !== null && remains(key) ? key : null),
    uniqueKeys: [...relation.uniqueKeys.filter(remains), ...created.uniqueKeys],
    indexes: [...relation.indexes, ...created.indexes],
    foreignKeys: [...relation.foreignKeys.filter(remains), ...created.foreignKeys],
    checks: [...relation.checks.filter(remains), ...created.checks],
    exclusions: relation.exclusions.filter(remains),
  };
}

/** The table's keys, under the new names of their columns. */
function existingKeys(
  schema: AnySchema,
  relation: Relation,
  remaining: readonly RemainingColumn[],
): Pick<ReferringTable, "primaryKey" | "keys"> {
  const renamed = new Map(remaining.map(({ before, after }) => [before.name, after.name]));
  const rename = (key: readonly string[]): readonly string[] => key.map(name => renamed.get(name) ?? name);
  const { primaryKey, keys } = referringTable(schema, relation.key);
  return { primaryKey: rename(primaryKey), keys: keys.map(rename) };
}
