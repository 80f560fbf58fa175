import { quoteIdentifier, quoteLiteral, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Column, Relation, SequenceOptions } from "../../schema/snapshot.ts";
import { identityClause } from "../define/column-definition.ts";
import { sequenceParts } from "../define/sequence-definition.ts";
import { isSame } from "./matched.ts";
import { type MigrationStep, step } from "./migration-step.ts";

export function defaultSteps(table: Relation, before: Column, after: Column): readonly MigrationStep[] {
  if (before.default === after.default) return [];
  const action = after.default === null ? "DROP DEFAULT" : `SET DEFAULT ${after.default}`;
  return [alterColumn(table, after, action)];
}

/**
 * NOT NULL of the column itself: whether it has it cannot be told where its domain has it too, so that it is said once
 * more when only the domain loses it.
 */
export function nullSteps(
  { from, to }: { readonly from: AnySchema; readonly to: AnySchema },
  table: Relation,
  before: Column,
  after: Column,
): readonly MigrationStep[] {
  if (!after.notNull) return before.notNull ? [alterColumn(table, after, "DROP NOT NULL")] : [];
  if (isUnproven(after) || isNotNullDomain(to, after.typeKey)) return [];
  const isTold = before.notNull && !isUnproven(before) && !isNotNullDomain(from, before.typeKey);
  return isTold ? [] : [alterColumn(table, after, "SET NOT NULL")];
}

/** NOT NULL NOT VALID (PostgreSQL 18): stored rows may hold NULL. */
export function isUnproven({ notNull, nullOnRead }: Column): boolean {
  return notNull && nullOnRead === "possible";
}

function isNotNullDomain({ types }: AnySchema, key: string): boolean {
  const type = types[key];
  return type?.kind === "domain" && (type.notNull || isNotNullDomain({ types } as AnySchema, type.base));
}

export function identitySteps(table: Relation, before: Column, after: Column): readonly MigrationStep[] {
  if (after.identity === null) return [];
  if (before.identity === null)
    return [alterColumn(table, after, `ADD ${identityClause(after)}`), continueIdentity(table, after)];
  const kind = after.identity === "always" ? "ALWAYS" : "BY DEFAULT";
  const [old, now] = [countingOf(before), countingOf(after)];
  return [
    ...(before.identity === after.identity ? [] : [alterColumn(table, after, `SET GENERATED ${kind}`)]),
    ...(before.type === after.type && isSame(old, now)
      ? []
      : [
          alterColumn(
            table,
            after,
            sequenceParts(now)
              .map(part => `SET ${part}`)
              .join(" "),
          ),
        ]),
  ];
}

const MAXIMUM: Readonly<Record<string, string>> = {
  smallint: "32767",
  integer: "2147483647",
  bigint: "9223372036854775807",
};

function countingOf({ type, identityOptions }: Column): SequenceOptions {
  const maximum = MAXIMUM[type] ?? MAXIMUM["bigint"]!;
  return (
    identityOptions ?? { type, start: "1", increment: "1", minimum: "1", maximum, cache: "1", cycle: false }
  );
}

// An identity column of a table with rows goes on behind the greatest value there is.
function continueIdentity(table: Relation, { name }: Column): MigrationStep {
  const sequence = `pg_get_serial_sequence(${quoteLiteral(quoteName(table))}, ${quoteLiteral(name)})`;
  return step(`SELECT setval(${sequence}, max(${quoteIdentifier(name)})) FROM ${quoteName(table)}`);
}

function alterColumn(table: Relation, { name }: Column, action: string): MigrationStep {
  return step(`ALTER TABLE ${quoteName(table)} ALTER COLUMN ${quoteIdentifier(name)} ${action}`);
}
