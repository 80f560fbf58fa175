import { quoteIdentifier, quoteLiteral, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Column, Relation } from "../../schema/snapshot.ts";
import { identityClause } from "../define/column-definition.ts";
import { sequenceParts } from "../define/sequence-definition.ts";
import { isSame } from "./compare.ts";
import { type MigrationStep, step, uncertainStep } from "./migration-step.ts";
import { rangeChange, sequenceOptions } from "./sequence-range.ts";

export function defaultSteps(table: Relation, before: Column, after: Column): readonly MigrationStep[] {
  if (before.default === after.default) return [];
  const action = after.default === null ? "DROP DEFAULT" : `SET DEFAULT ${after.default}`;
  return [alterColumn(table, after, action)];
}

/**
 * Sets or drops NOT NULL of the column itself. If its domain is NOT NULL, a snapshot does not show whether the column is
 * too, so SET NOT NULL is repeated when the domain loses it.
 */
export function nullSteps(
  { from, to }: { readonly from: AnySchema; readonly to: AnySchema },
  table: Relation,
  before: Column,
  after: Column,
): readonly MigrationStep[] {
  const isLoosened = hasInvalidNotNull(after) && !hasInvalidNotNull(before);
  if (!after.notNull || isLoosened) return before.notNull ? [alterColumn(table, after, "DROP NOT NULL")] : [];
  if (hasInvalidNotNull(after) || isNotNullDomain(to, after.typeKey)) return [];
  const wasNotNull = before.notNull && !hasInvalidNotNull(before) && !isNotNullDomain(from, before.typeKey);
  const isSameKind = (before.notNullNoInherit ?? false) === (after.notNullNoInherit ?? false);
  if (wasNotNull && isSameKind) return [];
  return [
    ...(before.notNull && !isSameKind ? [alterColumn(table, after, "DROP NOT NULL")] : []),
    uncertainStep(
      after.notNullNoInherit
        ? `ALTER TABLE ${quoteName(table)} ADD NOT NULL ${quoteIdentifier(after.name)} NO INHERIT`
        : alterColumn(table, after, "SET NOT NULL").text,
      `${table.schema}.${table.name}.${after.name}: existing rows may have NULL`,
    ),
  ];
}

/** Whether the column is NOT NULL NOT VALID (PostgreSQL 18): existing rows may have NULL. */
export function hasInvalidNotNull({ notNull, notNullNoInherit = false, nullOnRead }: Column): boolean {
  return notNull && !notNullNoInherit && nullOnRead === "possible";
}

/** The column as ADD COLUMN can create it; `invalidNotNullSql` follows. */
export function withoutInvalidNotNull(column: Column): Column {
  return hasInvalidNotNull(column) ? { ...column, notNull: false } : column;
}

export function invalidNotNullSql({ name }: Column): string {
  return `ADD NOT NULL ${quoteIdentifier(name)} NOT VALID`;
}

function isNotNullDomain({ types }: Pick<AnySchema, "types">, key: string): boolean {
  const type = types[key];
  return type?.kind === "domain" && (type.notNull || isNotNullDomain({ types }, type.base));
}

export function identitySteps(table: Relation, before: Column, after: Column): readonly MigrationStep[] {
  if (after.identity === null) return [];
  if (before.identity === null) return [alterColumn(table, after, `ADD ${identityClause(after)}`)];
  const kind = after.identity === "always" ? "ALWAYS" : "BY DEFAULT";
  const [old, now] = [sequenceOptions(before), sequenceOptions(after)];
  const sequence = `pg_get_serial_sequence(${quoteLiteral(quoteName(table))}, ${quoteLiteral(after.name)})::regclass`;
  const { value, restart } = rangeChange(sequence, old, now);
  const parts = sequenceParts(now).map(part => `SET ${part}`);
  return [
    ...(before.identity === after.identity ? [] : [alterColumn(table, after, `SET GENERATED ${kind}`)]),
    ...(before.type === after.type && isSame(old, now)
      ? []
      : [...value, alterColumn(table, after, parts.join(" ") + restart)]),
  ];
}

function alterColumn(table: Relation, { name }: Column, action: string): MigrationStep {
  return step(`ALTER TABLE ${quoteName(table)} ALTER COLUMN ${quoteIdentifier(name)} ${action}`);
}
