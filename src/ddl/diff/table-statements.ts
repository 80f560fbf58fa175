import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { commentSql } from "../define/comment-definition.ts";
import { indexDefinitionSql } from "../define/index-definition.ts";
import { isConstraint } from "../define/key-parts.ts";
import { type TableDefinitionOptions, tableDefinitionSql } from "../define/table-definition.ts";
import { alterColumnSteps, dropColumnSteps, dropDefaultSteps } from "./column-steps.ts";
import { tableComments } from "./comment-steps.ts";
import { isSame, pairByName } from "./compare.ts";
import { addForeignKeyStep } from "./foreign-keys.ts";
import { addKeyStep, dropConstraintSql, dropKeyStep, keyPlan } from "./keys.ts";
import { NOTHING_LOST } from "./lost-parts.ts";
import { descendantsOf, dropOwnDefaultSteps, ownDefaultSteps } from "./own-defaults.ts";
import { NO_HINTS, type TableContext, type TableHints, type TablePlan, tablePlan } from "./table-plan.ts";

/** The statements that create a table with its indexes and comments. */
export function createTableStatements(
  table: Relation,
  options: TableDefinitionOptions = {},
): readonly string[] {
  const indexes = [...table.uniqueKeys.filter(key => !key.isConstraint), ...table.indexes];
  return [
    tableDefinitionSql(table, options),
    ...indexes.map(index => indexDefinitionSql(table, index, options)),
    ...[...tableComments(table)].map(([target, comment]) => commentSql(target, comment)),
  ];
}

/**
 * The statements that change a table into another one of its name. Unlike `migrationSql`, they leave the indexes,
 * constraints and partitions of a retyped column to PostgreSQL.
 */
export function changeTableStatements(
  schema: AnySchema,
  before: Relation,
  after: Relation,
  hints: TableHints = NO_HINTS,
): readonly string[] {
  const { cascade } = hints;
  const context = {
    from: schema,
    to: schema,
    replaced: new Set<string>(),
    columnOrder: () => false,
    lost: NOTHING_LOST,
  };
  const plan = renamingPlan(context, before, after, hints);
  const keys = keyPlan(before, after, new Set());
  const foreignKeys = pairByName(before.foreignKeys, after.foreignKeys, ({ name }) => name).filter(
    pair => !pair.before || !pair.after || !isSame(pair.before, pair.after),
  );
  const comments = tableComments(plan.before);
  const descendants = descendantsOf(schema, before);
  return [
    // First, because they may refer to the keys.
    ...foreignKeys.flatMap(pair => (pair.before ? [dropConstraintSql(before, pair.before, cascade)] : [])),
    ...keys.dropped.map(key => dropKeyStep(before, key, cascade).text),
    ...[
      ...dropColumnSteps(plan),
      ...dropDefaultSteps(plan),
      ...dropOwnDefaultSteps(plan, descendants, NOTHING_LOST),
      ...alterColumnSteps(context, plan),
      ...ownDefaultSteps(plan, descendants, NOTHING_LOST),
    ].map(({ text }) => text),
    ...keys.created.filter(isConstraint).map(key => addKeyStep(after, key).text),
    ...foreignKeys.flatMap(({ after: key }) =>
      key ? [addForeignKeyStep({ table: after, key }, false).text] : [],
    ),
    ...keys.created.filter(key => !isConstraint(key)).map(key => addKeyStep(after, key).text),
    ...[...tableComments(after)]
      .filter(([target, comment]) => comments.get(target) !== comment)
      .map(([target, comment]) => commentSql(target, comment)),
  ];
}

/** The plan with renames; another column may get the name of a dropped one. */
function renamingPlan(
  context: TableContext,
  before: Relation,
  after: Relation,
  hints: TableHints,
): TablePlan {
  const { renamed } = hints;
  const names = new Set(renamed.values());
  const replaced = before.columns.filter(({ name }) => names.has(name) && !renamed.has(name));
  const columns = before.columns
    .filter(column => !replaced.includes(column))
    .map(column => ({ ...column, name: renamed.get(column.name) ?? column.name }));
  const plan = tablePlan(context, { ...before, columns }, after, hints);
  return { ...plan, dropped: [...replaced, ...plan.dropped] };
}
