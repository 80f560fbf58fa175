import { ArgumentError } from "../../errors.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import { referrersOf } from "../../schema/referrers.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { columnDefinition } from "../define/column-definition.ts";
import { defaultSql } from "../define/column-entry.ts";
import { columnList, requireColumns } from "../define/column-names.ts";
import { checkConstraint, foreignKeyConstraint, uniqueConstraint } from "../define/constraint-definition.ts";
import { indexDefinitionSql } from "../define/index-definition.ts";
import { newConstraints } from "../define/new-constraints.ts";
import { namesInUse, relationOfKind, TABLE_KINDS } from "../define/relation-name.ts";
import { bareType, conversion, isWider } from "../diff/retype.ts";
import { mentions } from "../diff/table-plan.ts";
import { constraintNames } from "../tables/add-foreign-key.ts";
import { viewsOf } from "../tables/drop-table.ts";
import { type ChangedColumns, changedColumns, type StayingColumn } from "./changed-columns.ts";
import type { TableChanges } from "./table-changes.ts";

/** Options of `transformTable`. */
export interface TransformTableSqlOptions {
  /** Drop columns that have values, and round or cut values that the new type cannot hold. */
  readonly allowLoss?: boolean;
}

/**
 * The statements of `transformTable`, without its look at the data.
 * @param schema a snapshot
 * @param table the table's name
 * @param changes what changes
 * @param options `allowLoss`
 * @returns the DDL in order
 * @throws UnknownNameError; ArgumentError for what cannot be meant, and when views or foreign keys are in the way
 * @example `transformTableSql(schema, "genre", { rename: { name: "title" }, notNull: { name: false } })` →
 * `['ALTER TABLE "public"."genre" RENAME COLUMN "name" TO "title"', 'ALTER TABLE "public"."genre" ALTER COLUMN "title" DROP NOT NULL']`
 */
export function transformTableSql(
  schema: AnySchema,
  table: string,
  changes: TableChanges,
  options: TransformTableSqlOptions = {},
): readonly string[] {
  const relation = relationOfKind(schema, table, TABLE_KINDS);
  const columns = changedColumns(schema, relation, changes);
  const gone = goneConstraints(schema, relation, changes);
  requireFreeColumns(schema, relation, columns, gone);
  const alter = `ALTER TABLE ${quoteName(relation)}`;
  const actions = [
    ...gone.map(name => `DROP CONSTRAINT ${quoteIdentifier(name)}`),
    ...columns.dropped.map(({ name }) => `DROP COLUMN ${quoteIdentifier(name)}`),
    ...columns.staying
      .filter(({ before, name }) => before.name !== name)
      .map(({ before, name }) => `RENAME COLUMN ${quoteIdentifier(before.name)} TO ${quoteIdentifier(name)}`),
    ...columns.staying.flatMap(column => retypeActions(schema, column, changes, options)),
    ...addActions(schema, relation, columns, changes),
    ...columns.staying.flatMap(column => attributeActions(schema, relation, column, changes)),
  ];
  return [
    ...actions.map(action => `${alter} ${action}`),
    ...constraintStatements(schema, relation, columns, changes, gone),
  ];
}

function goneConstraints(schema: AnySchema, relation: Relation, changes: TableChanges): readonly string[] {
  const { dropConstraints = [], primaryKey } = changes;
  requireColumns(`${relation.key}: the constraints`, [...constraintNames(relation)], dropConstraints);
  const key = relation.primaryKey;
  const names = new Set(
    primaryKey === undefined || key === null ? dropConstraints : [...dropConstraints, key.name],
  );
  const lost = [...(key ? [key] : []), ...relation.uniqueKeys].filter(({ name }) => names.has(name));
  const cut = referrersOf(schema, relation)
    .filter(({ table, foreignKey }) => table !== relation.key || !names.has(foreignKey.name))
    .filter(({ foreignKey: { references } }) =>
      lost.some(
        ({ columns }) =>
          columns.length === references.columns.length &&
          columns.every(name => name !== null && references.columns.includes(name)),
      ),
    )
    .map(({ table, foreignKey }) => `${foreignKey.name} of ${table}`);
  if (cut.length > 0)
    throw new ArgumentError(`${relation.key}: foreign keys refer to a key that would go: ${cut.join("; ")}`);
  return [...names];
}

// PostgreSQL would refuse a view's column without its name, and drop keys of several columns without a word.
function requireFreeColumns(
  schema: AnySchema,
  relation: Relation,
  { dropped, staying }: ChangedColumns,
  gone: readonly string[],
): void {
  const lost = new Set(dropped.map(({ name }) => name));
  const touched = new Set([
    ...lost,
    ...staying.filter(one => one.retype !== null).map(one => one.before.name),
  ]);
  const { primaryKey, uniqueKeys, foreignKeys, checks, indexes } = relation;
  const own = [...(primaryKey ? [primaryKey] : []), ...uniqueKeys, ...foreignKeys, ...checks, ...indexes]
    .filter(
      ({ columns, name }) =>
        columns.length > 1 && !gone.includes(name) && columns.some(one => one !== null && lost.has(one)),
    )
    .map(({ name }) => name);
  const others = referrersOf(schema, relation)
    .filter(({ foreignKey }) => foreignKey.references.columns.some(name => lost.has(name)))
    .map(({ table, foreignKey }) => `${foreignKey.name} of ${table}`);
  const views = viewsOf(schema, relation)
    .filter(({ definition }) => mentions(definition, touched))
    .map(({ key }) => `view ${key}`);
  const all = [...new Set([...own, ...others, ...views])];
  if (all.length > 0)
    throw new ArgumentError(
      `${relation.key}: drop first what uses ${[...touched].join(", ")}: ${all.join("; ")}`,
    );
}

function retypeActions(
  schema: AnySchema,
  { before, name, retype }: StayingColumn,
  { defaults = {} }: TableChanges,
  { allowLoss = false }: TransformTableSqlOptions,
): readonly string[] {
  if (retype === null) return [];
  const { type, using } = retype;
  const column = quoteIdentifier(name);
  const convert = (expression: string): string => conversion(expression, before, type);
  const isCut = allowLoss && !isWider(schema, before, schema, type);
  const cast = isCut ? `${convert(column)}::${type.type}` : convert(column);
  const value = using === null ? cast : `(${using})::${bareType(type)}`;
  const clause = value === column ? "" : ` USING ${value}`;
  const hasDefault = before.default !== null && before.typeKey !== type.typeKey;
  return [
    ...(hasDefault ? [`ALTER COLUMN ${column} DROP DEFAULT`] : []),
    `ALTER COLUMN ${column} TYPE ${type.type}${clause}`,
    ...(hasDefault && !Object.hasOwn(defaults, before.name)
      ? [`ALTER COLUMN ${column} SET DEFAULT ${convert(`(${before.default})`)}`]
      : []),
  ];
}

function addActions(
  schema: AnySchema,
  relation: Relation,
  { added }: ChangedColumns,
  { defaults = {}, notNull = {} }: TableChanges,
): readonly string[] {
  return added.map(column => {
    const value = Object.hasOwn(defaults, column.name)
      ? defaultSql(schema, `${relation.key}.${column.name}`, column.columnType, defaults[column.name])
      : column.default;
    const definition = columnDefinition({
      ...column,
      notNull: notNull[column.name] ?? column.notNull,
      default: value,
      collation: null,
      identity: null,
      identityOptions: null,
      generated: null,
      generationExpression: null,
    });
    return `ADD COLUMN ${definition}`;
  });
}

function attributeActions(
  schema: AnySchema,
  relation: Relation,
  { before, name, retype }: StayingColumn,
  { defaults = {}, notNull = {} }: TableChanges,
): readonly string[] {
  const actions: string[] = [];
  if (Object.hasOwn(defaults, before.name)) {
    const type = retype?.type ?? before;
    const value = defaultSql(schema, `${relation.key}.${before.name}`, type, defaults[before.name]);
    actions.push(value === null ? "DROP DEFAULT" : `SET DEFAULT ${value}`);
  }
  if (Object.hasOwn(notNull, before.name))
    actions.push(notNull[before.name] ? "SET NOT NULL" : "DROP NOT NULL");
  return actions.map(action => `ALTER COLUMN ${quoteIdentifier(name)} ${action}`);
}

function constraintStatements(
  schema: AnySchema,
  relation: Relation,
  { staying, added }: ChangedColumns,
  changes: TableChanges,
  gone: readonly string[],
): readonly string[] {
  const existing = staying.map(({ before, name }) => ({
    name,
    columnType: before,
    type: before.type,
    notNull: before.notNull,
    default: null,
    checks: [],
    comment: null,
  }));
  const columns = [...existing, ...added];
  const primaryKey = changes.primaryKey ? columnList(relation.key, "a primary key", changes.primaryKey) : [];
  requireColumns(
    relation.key,
    columns.map(({ name }) => name),
    primaryKey,
  );
  const taken = [...constraintNames(relation), ...namesInUse(schema, relation.schema)];
  const { definition, indexes } = newConstraints(
    schema,
    { key: relation.key, name: relation, columns, primaryKey },
    changes,
    new Set(taken.filter(name => !gone.includes(name))),
  );
  const texts = [
    ...(definition.primaryKey ? [uniqueConstraint("PRIMARY KEY", definition.primaryKey)] : []),
    ...definition.uniqueKeys.map(key => uniqueConstraint("UNIQUE", key)),
    ...definition.checks.map(checkConstraint),
    ...definition.foreignKeys.map(foreignKeyConstraint),
  ];
  return [
    ...texts.map(text => `ALTER TABLE ${quoteName(relation)} ADD ${text}`),
    ...indexes.map(index => indexDefinitionSql(relation, index)),
  ];
}
