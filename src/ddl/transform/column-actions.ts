import { quoteIdentifier } from "../../schema/quote.ts";
import type { AnySchema, Relation } from "../../schema/snapshot.ts";
import { addedColumnSql, defaultSql } from "../define/column-entry.ts";
import { bareType, conversion, isWider } from "../diff/retype.ts";
import type { ChangedColumns, RemainingColumn } from "./changed-columns.ts";
import type { TableChanges, TransformTableOptions } from "./table-changes.ts";

/** The actions of ALTER TABLE that drop, rename, retype and add columns, and set defaults and NOT NULL. */
export function columnActions(
  schema: AnySchema,
  relation: Relation,
  columns: ChangedColumns,
  changes: TableChanges,
  options: TransformTableOptions,
): readonly string[] {
  const { dropped, remaining } = columns;
  const cascade = options.cascade === true ? " CASCADE" : "";
  return [
    ...dropped.map(({ name }) => `DROP COLUMN ${quoteIdentifier(name)}${cascade}`),
    ...remaining
      .filter(({ before, name }) => before.name !== name)
      .map(({ before, name }) => `RENAME COLUMN ${quoteIdentifier(before.name)} TO ${quoteIdentifier(name)}`),
    ...remaining.flatMap(column => retypeActions(schema, column, changes, options)),
    ...addActions(schema, relation, columns, changes),
    ...remaining.flatMap(column => attributeActions(schema, relation, column, changes)),
  ];
}

function retypeActions(
  schema: AnySchema,
  { before, name, retype }: RemainingColumn,
  { defaults = {} }: TableChanges,
  { allowLoss = false }: TransformTableOptions,
): readonly string[] {
  if (retype === null) return [];
  const { type, using } = retype;
  const column = quoteIdentifier(name);
  const convert = (expression: string): string => conversion(expression, before, type);
  const isLossy = allowLoss && !isWider(schema, before, schema, type);
  const cast = isLossy ? `${convert(column)}::${type.type}` : convert(column);
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
    const isRequired = notNull[column.name] ?? column.notNull;
    return `ADD COLUMN ${addedColumnSql({ ...column, notNull: isRequired, default: value })}`;
  });
}

function attributeActions(
  schema: AnySchema,
  relation: Relation,
  { before, name, retype }: RemainingColumn,
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
