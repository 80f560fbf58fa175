import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { Check, Exclusion, ForeignKey, ReferentialAction, UniqueKey } from "../../schema/snapshot.ts";
import { withClause } from "../../schema/storage-options.ts";

/** The constraint in CREATE TABLE and ADD CONSTRAINT: `CONSTRAINT "album_pkey" PRIMARY KEY ("album_id")`. */
export function uniqueConstraintSql(kind: "PRIMARY KEY" | "UNIQUE", key: UniqueKey): string {
  const columns = key.columns.map(column => quoteIdentifier(column ?? ""));
  if (key.period) columns.push(`${columns.pop()} WITHOUT OVERLAPS`);
  return [
    `${constraintName(key.name)}${kind}`,
    ...(key.nullsNotDistinct ? ["NULLS NOT DISTINCT"] : []),
    `(${columns.join(", ")})${includeClause(key.include)}${withClause(key.options)}`,
    ...timing(key),
  ].join(" ");
}

const ACTIONS: Readonly<Record<ReferentialAction, string>> = {
  noAction: "NO ACTION",
  restrict: "RESTRICT",
  cascade: "CASCADE",
  setNull: "SET NULL",
  setDefault: "SET DEFAULT",
};

/** `CONSTRAINT "album_artist_id_fkey" FOREIGN KEY ("artist_id") REFERENCES "public"."artist" ("artist_id")`. */
export function foreignKeyConstraintSql(key: ForeignKey): string {
  const { references, deleteSetColumns } = key;
  const parts = [
    `${constraintName(key.name)}FOREIGN KEY ${pairedColumns(key.columns, key.period)}`,
    `REFERENCES ${quoteName(references)} ${pairedColumns(references.columns, key.period)}`,
  ];
  if (key.match === "full") parts.push("MATCH FULL");
  if (key.onUpdate !== "noAction") parts.push(`ON UPDATE ${ACTIONS[key.onUpdate]}`);
  if (key.onDelete !== "noAction") parts.push(`ON DELETE ${ACTIONS[key.onDelete]}`);
  if (deleteSetColumns !== null) parts.push(columnListSql(deleteSetColumns));
  return [...parts, ...timing(key), ...validity(key)].join(" ");
}

/** `CONSTRAINT "quantity_positive" CHECK (quantity > 0)`. */
export function checkConstraintSql(check: Check): string {
  return [
    `${constraintName(check.name)}CHECK (${check.expression})`,
    ...(check.noInherit ? ["NO INHERIT"] : []),
    ...validity(check),
  ].join(" ");
}

export function exclusionConstraintSql({ name, definition }: Exclusion): string {
  return `${constraintName(name)}${definition}`;
}

/** `("a", "b")`. */
function columnListSql(columns: readonly string[]): string {
  return `(${columns.map(quoteIdentifier).join(", ")})`;
}

/** ` INCLUDE ("a", "b")`; an empty string without columns. */
export function includeClause(columns: readonly string[]): string {
  return columns.length === 0 ? "" : ` INCLUDE ${columnListSql(columns)}`;
}

function pairedColumns(columns: readonly string[], hasPeriod: boolean): string {
  const quoted = columns.map(quoteIdentifier);
  if (hasPeriod) quoted.push(`PERIOD ${quoted.pop()}`);
  return `(${quoted.join(", ")})`;
}

function constraintName(name: string): string {
  return `CONSTRAINT ${quoteIdentifier(name)} `;
}

function timing(constraint: {
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
}): readonly string[] {
  if (!constraint.deferrable) return [];
  return constraint.initiallyDeferred ? ["DEFERRABLE INITIALLY DEFERRED"] : ["DEFERRABLE"];
}

// PostgreSQL rejects NOT VALID together with NOT ENFORCED, which implies it.
function validity(constraint: {
  readonly validated: boolean;
  readonly enforced: boolean;
}): readonly string[] {
  if (!constraint.enforced) return ["NOT ENFORCED"];
  return constraint.validated ? [] : ["NOT VALID"];
}
