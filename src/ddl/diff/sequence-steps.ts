import { quoteIdentifier, quoteLiteral, quoteName } from "../../schema/quote.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Sequence } from "../../schema/snapshot.ts";
import {
  createSequenceSql,
  isOwner,
  sequenceOwnerSql,
  sequenceParts,
} from "../define/sequence-definition.ts";
import { isSame, type Pair, pairByName } from "./compare.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { rangeChange } from "./sequence-range.ts";
import type { TablePlan } from "./table-plan.ts";
import { temporaryNames } from "./temporary-names.ts";

/** The steps for sequences, except identity sequences. */
export interface SequenceSteps {
  /** Before owning columns are dropped, which would drop their sequences. */
  readonly release: readonly MigrationStep[];
  /** Before the columns that use them in defaults. */
  readonly create: readonly MigrationStep[];
  /** After the owning columns have been created. */
  readonly own: readonly MigrationStep[];
  /** After tables, which take their sequences along. */
  readonly persistence: readonly MigrationStep[];
  /** After the defaults that use them have been dropped. */
  readonly drop: readonly MigrationStep[];
}

export function sequenceSteps(from: AnySchema, to: AnySchema, tables: readonly TablePlan[]): SequenceSteps {
  const pairs = pairByName(from.sequences, to.sequences, relationId);
  const remaining = pairs.filter(hasBoth);
  const released = remaining.filter(({ before }) => isDroppedWithColumn(before, tables));
  const created = pairs.flatMap(({ before, after }) => (before === undefined && after ? [after] : []));
  const dropped = pairs.flatMap(({ before, after }) => (after === undefined && before ? [before] : []));
  // A default of another table would keep the sequence, and its column, from being dropped.
  const shared = dropped.filter(one => isDroppedWithColumn(one, tables) && isUsedElsewhere(from, one));
  const explicit = dropped.filter(one => !isDroppedWithColumn(one, tables) || shared.includes(one));
  const oldNames = temporaryNames(from, to, dropped);
  return {
    release: [
      ...[...released.map(({ before }) => before), ...shared].map(sequence =>
        step(sequenceOwnerSql({ ...sequence, ownedBy: null })),
      ),
      ...[...oldNames].map(([sequence, name]) =>
        step(`ALTER SEQUENCE ${quoteName(sequence)} RENAME TO ${quoteIdentifier(name)}`),
      ),
    ],
    create: [
      ...created.map(sequence => step(createSequenceSql(sequence))),
      ...remaining.filter(isAltered).flatMap(({ before, after }) => alterSequence(before, after)),
    ],
    own: [
      ...created.filter(({ ownedBy }) => ownedBy !== null),
      ...remaining
        .filter(pair =>
          released.includes(pair)
            ? pair.after.ownedBy !== null
            : !isSame(ownerOf(pair.before), ownerOf(pair.after)),
        )
        .map(({ after }) => after),
    ].map(sequence => step(sequenceOwnerSql(sequence))),
    persistence: persistenceSteps(to, remaining, tables),
    drop: explicit.map(sequence =>
      step(`DROP SEQUENCE ${quoteName({ ...sequence, name: oldNames.get(sequence) ?? sequence.name })}`),
    ),
  };
}

function isUsedElsewhere({ relations }: AnySchema, sequence: Sequence): boolean {
  return relations.some(table =>
    table.columns.some(
      column =>
        column.default?.includes(sequence.name) === true &&
        !(isOwner(table, sequence) && column.name === sequence.ownedBy?.column),
    ),
  );
}

interface Both {
  readonly before: Sequence;
  readonly after: Sequence;
}

function hasBoth(pair: Pair<Sequence>): pair is Both {
  return pair.before !== undefined && pair.after !== undefined;
}

function isDroppedWithColumn(sequence: Sequence, tables: readonly TablePlan[]): boolean {
  const { ownedBy } = sequence;
  if (ownedBy === null) return false;
  const plan = tables.find(({ before }) => isOwner(before, sequence));
  return plan === undefined || !plan.kept.some(({ before }) => before.name === ownedBy.column);
}

function isAltered({ before, after }: Both): boolean {
  return !isSame(before, after, ["ownedBy", "comment", "isUnlogged"]);
}

// PostgreSQL 14 has no unlogged sequences.
function persistenceSteps(
  { serverVersionNum }: AnySchema,
  remaining: readonly Both[],
  tables: readonly TablePlan[],
): readonly MigrationStep[] {
  return remaining
    .filter(pair => serverVersionNum >= 150_000 && changesPersistence(pair, tables))
    .map(({ after }) =>
      step(`ALTER SEQUENCE ${quoteName(after)} SET ${after.isUnlogged ? "UNLOGGED" : "LOGGED"}`),
    );
}

function changesPersistence({ before, after }: Both, tables: readonly TablePlan[]): boolean {
  const table = tables.find(plan => isOwner(plan.before, before));
  const isMoved = table !== undefined && table.before.persistence !== table.after.persistence;
  return isMoved
    ? (after.isUnlogged ?? false) !== (table.after.persistence === "unlogged")
    : before.isUnlogged !== after.isUnlogged;
}

function ownerOf({ ownedBy }: Sequence): object {
  return ownedBy ?? {};
}

function alterSequence(before: Sequence, after: Sequence): readonly MigrationStep[] {
  const { value, restart } = rangeChange(quoteLiteral(quoteName(after)), before, after);
  return [
    ...value,
    step(`ALTER SEQUENCE ${quoteName(after)} AS ${after.type} ${sequenceParts(after).join(" ")}${restart}`),
  ];
}
