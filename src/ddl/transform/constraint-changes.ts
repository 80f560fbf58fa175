import { quoteName } from "../../schema/quote.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import type { NewColumn } from "../define/column-entry.ts";
import {
  checkConstraintSql,
  foreignKeyConstraintSql,
  uniqueConstraintSql,
} from "../define/constraint-definition.ts";
import { columnList, requireColumns } from "../define/existing-name.ts";
import { indexDefinitionSql } from "../define/index-definition.ts";
import { constraintNames, namesInUse } from "../define/new-name.ts";
import { newConstraints } from "../define/table-constraints.ts";
import { cascadeAdvice, keyDependents, requireNoDependents } from "../dependents.ts";
import type { ChangedColumns } from "./changed-columns.ts";
import type { TableChanges } from "./table-changes.ts";

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
      if (names.has(dropped.name)) {
        const dependents = keyDependents(schema, relation, dropped).filter(
          ({ table, name }) => table !== relation.key || !names.has(name),
        );
        requireNoDependents(relation.key, `key ${dropped.name}`, dependents, cascadeAdvice);
      }
  return [...names];
}

/** The statements that add keys, checks, foreign keys and indexes. */
export function constraintStatements(
  schema: AnySchema,
  relation: Relation,
  columns: ChangedColumns,
  changes: TableChanges,
  dropped: readonly string[],
): readonly string[] {
  const after = columnsAfter(columns);
  const names = after.map(({ name }) => name);
  const primaryKey = changes.primaryKey
    ? columnList(relation.key, "the primary key", changes.primaryKey)
    : [];
  requireColumns(relation.key, names, primaryKey);
  const taken = [...constraintNames(relation), ...namesInUse(schema, relation.schema)];
  const { definition, indexes } = newConstraints(
    schema,
    { key: relation.key, name: relation, columns: after, primaryKey },
    changes,
    new Set(taken.filter(name => !dropped.includes(name))),
  );
  const texts = [
    ...(definition.primaryKey ? [uniqueConstraintSql("PRIMARY KEY", definition.primaryKey)] : []),
    ...definition.uniqueKeys.map(key => uniqueConstraintSql("UNIQUE", key)),
    ...definition.checks.map(checkConstraintSql),
    ...definition.foreignKeys.map(foreignKeyConstraintSql),
  ];
  return [
    ...texts.map(text => `ALTER TABLE ${quoteName(relation)} ADD ${text}`),
    ...indexes.map(index => indexDefinitionSql(relation, index)),
  ];
}

function columnsAfter({ remaining, added }: ChangedColumns): readonly NewColumn[] {
  const existing = remaining.map(({ before, name }) => ({
    name,
    columnType: before,
    type: before.type,
    notNull: before.notNull,
    default: null,
    checks: [],
    comment: null,
  }));
  return [...existing, ...added];
}
