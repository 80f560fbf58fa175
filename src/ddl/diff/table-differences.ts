import type { Column, ForeignKey, Relation } from "../../schema/snapshot.ts";
import type { ColumnDefinition } from "../define/column-definition.ts";
import type { ForeignKeyDefinition } from "../define/constraint-definition.ts";
import type { NewTable } from "../define/new-table.ts";

/**
 * The differences between an existing table and a requested one, one line per difference: columns, types, NOT NULL,
 * identity, keys and foreign keys. Expressions are not compared, because PostgreSQL rewrites them.
 */
export function tableDifferences({ definition, types }: NewTable, there: Relation): readonly string[] {
  const asked = definition.columns.map(({ name }) => name);
  const unknown = there.columns.filter(({ name }) => !asked.includes(name));
  return [
    ...definition.columns.flatMap(column => {
      const found = there.columns.find(({ name }) => name === column.name);
      if (found === undefined) return [`column ${column.name} is missing`];
      return columnDifferences(column, types.get(column.name) != null, found);
    }),
    ...unknown.map(({ name }) => `column ${name} was not asked for`),
    ...listDifferences(
      "primary key",
      [definition.primaryKey?.columns ?? []].map(keyText),
      [there.primaryKey?.columns ?? []].map(keyText),
    ),
    ...listDifferences(
      "unique key",
      definition.uniqueKeys.map(({ columns }) => keyText(columns)),
      there.uniqueKeys.filter(({ isConstraint }) => isConstraint).map(({ columns }) => keyText(columns)),
    ),
    ...listDifferences(
      "foreign key",
      definition.foreignKeys.map(foreignKeyText),
      there.foreignKeys.map(foreignKeyText),
    ),
  ];
}

function columnDifferences(asked: ColumnDefinition, isTypeKnown: boolean, found: Column): readonly string[] {
  const words = ({ type, notNull, identity, generated }: ColumnDefinition): string =>
    [
      ...(isTypeKnown ? [type] : []),
      notNull ? "NOT NULL" : "NULL",
      ...(identity === null ? [] : [`identity ${identity}`]),
      ...(generated === null ? [] : ["generated"]),
    ].join(" ");
  const [wanted, have] = [words(asked), words(found)];
  return wanted === have ? [] : [`column ${asked.name}: ${wanted} was asked for, it is ${have}`];
}

function keyText(columns: readonly (string | null)[]): string {
  return `(${columns.join(", ")})`;
}

function foreignKeyText({
  columns,
  references,
  onDelete,
  onUpdate,
}: ForeignKeyDefinition | ForeignKey): string {
  const { schema, name } = references;
  return `${keyText(columns)} → ${schema}.${name} ${keyText(references.columns)} ${onDelete} ${onUpdate}`;
}

function listDifferences(
  noun: string,
  asked: readonly string[],
  found: readonly string[],
): readonly string[] {
  return [
    ...asked.filter(text => !found.includes(text)).map(text => `${noun} ${text} is missing`),
    ...found.filter(text => !asked.includes(text)).map(text => `${noun} ${text} was not asked for`),
  ];
}
