import { ArgumentError } from "../../errors.ts";
import { abilitiesOf, printEngine } from "../../schema/engine.ts";
import type { AnySchema, Check, Exclusion, Index, Relation, UniqueKey } from "../../schema/snapshot.ts";
import { columnReferences } from "../expression-columns.ts";

/** A key, index, check or exclusion of a relation. */
export type KeyPart =
  | { readonly kind: "primaryKey" | "uniqueKey"; readonly part: UniqueKey }
  | { readonly kind: "index"; readonly part: Index }
  | { readonly kind: "check"; readonly part: Check }
  | { readonly kind: "exclusion"; readonly part: Exclusion };

/** The key parts of a relation, in the order in which they are created. */
export function keyParts(relation: Relation): readonly KeyPart[] {
  const { primaryKey, uniqueKeys, indexes, checks, exclusions } = relation;
  return [
    ...(primaryKey === null ? [] : [{ kind: "primaryKey" as const, part: primaryKey }]),
    ...uniqueKeys.map(part => ({ kind: "uniqueKey" as const, part })),
    ...exclusions.map(part => ({ kind: "exclusion" as const, part })),
    ...checks.map(part => ({ kind: "check" as const, part })),
    ...indexes.map(part => ({ kind: "index" as const, part })),
  ];
}

/** Whether the key part is a constraint, not only an index. */
export function isConstraint({ kind, part }: KeyPart): boolean {
  if (kind === "index") return false;
  return kind === "uniqueKey" ? part.isConstraint : true;
}

/** Whether CREATE INDEX CONCURRENTLY failed, or an index of a partitioned table is not on all partitions. */
export function isInvalidIndex(key: KeyPart): boolean {
  return (key.kind === "index" || key.kind === "uniqueKey") && !isConstraint(key) && !key.part.valid;
}

/** The unique constraints that CREATE TABLE would silently merge with the primary key or with another one. */
export function repeatedKeys({
  primaryKey,
  uniqueKeys,
}: Pick<Relation, "primaryKey" | "uniqueKeys">): readonly UniqueKey[] {
  const constraints = uniqueKeys.filter(key => key.isConstraint);
  return constraints.filter((key, index) =>
    [...(primaryKey === null ? [] : [primaryKey]), ...constraints.slice(0, index)].some(other =>
      isMerged(key, other),
    ),
  );
}

function isMerged(key: UniqueKey, other: UniqueKey): boolean {
  const merged = (one: UniqueKey): unknown => [
    ...[one.columns, one.include, one.nullsNotDistinct],
    ...[one.deferrable, one.initiallyDeferred, one.period],
  ];
  return Bun.deepEquals(merged(key), merged(other));
}

/** The expressions of a key part as printed SQL. */
export function partExpressions({ kind, part }: KeyPart): readonly string[] {
  if (kind === "exclusion") return [part.definition];
  if (kind === "check") return [part.expression];
  return [...part.expressions, ...(part.predicate === null ? [] : [part.predicate])];
}

/** The columns of a key part, with all names in its expressions that can be columns. */
export function partColumns(key: KeyPart): readonly string[] {
  if (key.kind === "check") return key.part.columns;
  const names = partExpressions(key).flatMap(namesIn);
  if (key.kind === "exclusion") return names;
  return [...key.part.columns.filter(name => name !== null), ...key.part.include, ...names];
}

function namesIn(sql: string): readonly string[] {
  return columnReferences(sql).map(({ name }) => name);
}

/** The option `nullsNotDistinct` of a unique key; throws ArgumentError if the engine of the snapshot lacks it. */
export function equalNulls(schema: AnySchema, table: string, given: boolean | undefined): boolean {
  if (given !== true || abilitiesOf(schema).nullsNotDistinct) return given ?? false;
  throw new ArgumentError(
    `${table}: nullsNotDistinct requires NULLS NOT DISTINCT, which ${printEngine(schema)} lacks; declare the columns NOT NULL`,
  );
}
