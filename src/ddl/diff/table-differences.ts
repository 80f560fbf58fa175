import { ArgumentError } from "../../errors.ts";
import type { Column, ForeignKey, Relation } from "../../schema/snapshot.ts";

/** Throws ArgumentError with the differences between a requested table and the existing one. */
export function requireSameTable(wanted: Relation, there: Relation): void {
  const differences = tableDifferences(wanted, there);
  if (differences.length > 0)
    throw new ArgumentError(
      `table ${there.key} already exists and differs:\n${differences.map(line => `  ${line}`).join("\n")}`,
    );
}

/**
 * The differences between an existing table and a requested one, one line per difference: columns, types, NOT NULL,
 * identity, keys and foreign keys. Expressions are not compared, because PostgreSQL rewrites them.
 */
function tableDifferences(wanted: Relation, there: Relation): readonly string[] {
  const asked = wanted.columns.map(({ name }) => name);
  const unknown = there.columns.filter(({ name }) => !asked.includes(name));
  return [
    ...wanted.columns.flatMap(column => {
      const found = there.columns.find(({ name }) => name === column.name);
      if (found === undefined) return [`column ${column.name} is missing`];
      return columnDifferences(column, found);
    }),
    ...unknown.map(({ name }) => `column ${name} was not asked for`),
    ...listDifferences(
      "primary key",
      [wanted.primaryKey?.columns ?? []].map(keyText),
      [there.primaryKey?.columns ?? []].map(keyText),
    ),
    ...listDifferences("unique key", uniqueConstraints(wanted), uniqueConstraints(there)),
    ...listDifferences(
      "foreign key",
      wanted.foreignKeys.map(foreignKeyText),
      there.foreignKeys.map(foreignKeyText),
    ),
  ];
}

// A type given as raw SQL is not compared.
function columnDifferences(asked: Column, found: Column): readonly string[] {
  const words = ({ type, notNull, identity, generated }: Column): string =>
    [
      ...(asked.typeKey === "" ? [] : [type]),
      notNull ? "NOT NULL" : "NULL",
      ...(identity === null ? [] : [`identity ${identity}`]),
      ...(generated === null ? [] : ["generated"]),
    ].join(" ");
  const [wanted, have] = [words(asked), words(found)];
  return wanted === have ? [] : [`column ${asked.name}: ${wanted} was asked for, it is ${have}`];
}

function uniqueConstraints({ uniqueKeys }: Relation): readonly string[] {
  return uniqueKeys
    .filter(({ isConstraint }) => isConstraint)
    .map(
      ({ columns, nullsNotDistinct }) => keyText(columns) + (nullsNotDistinct ? " NULLS NOT DISTINCT" : ""),
    );
}

function keyText(columns: readonly (string | null)[]): string {
  return `(${columns.join(", ")})`;
}

function foreignKeyText({ columns, references, onDelete, onUpdate }: ForeignKey): string {
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
