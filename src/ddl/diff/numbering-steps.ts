import { quoteIdentifier, quoteLiteral, quoteName } from "../../schema/quote.ts";
import type { Column, Relation, Sequence, SequenceOptions } from "../../schema/snapshot.ts";
import { isOwner } from "../define/sequence-definition.ts";
import { sequenceOptions } from "./column-attributes.ts";
import { relationId } from "./compare.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import type { TablePlan } from "./table-plan.ts";

/**
 * Lets the new sequences of existing columns continue after the stored values. These steps follow the drops of old
 * sequences, because `pg_get_serial_sequence` returns any sequence of a column.
 */
export function numberingSteps({ from, to, tables }: MigrationPlan): readonly MigrationStep[] {
  const existing = new Set(from.sequences.map(relationId));
  return [
    ...tables.flatMap(plan => newIdentities(plan).map(column => identityStep(plan.after, column))),
    ...to.sequences
      .filter(sequence => !existing.has(relationId(sequence)))
      .flatMap(sequence => tables.flatMap(plan => sequenceStep(plan, sequence) ?? [])),
  ];
}

function newIdentities({ kept, appended }: TablePlan): readonly Column[] {
  const moved = appended.filter(({ before }) => before !== undefined);
  const changed = kept.filter(({ before }) => before.identity === null);
  return [...changed, ...moved].map(({ after }) => after).filter(({ identity }) => identity !== null);
}

function identityStep(table: Relation, column: Column): MigrationStep {
  const sequence = `pg_get_serial_sequence(${quoteLiteral(quoteName(table))}, ${quoteLiteral(column.name)})`;
  return continueStep(sequence, table, column.name, sequenceOptions(column));
}

function sequenceStep({ before, after }: TablePlan, sequence: Sequence): MigrationStep | undefined {
  const { ownedBy } = sequence;
  if (ownedBy === null || !isOwner(after, sequence)) return undefined;
  if (!before.columns.some(({ name }) => name === ownedBy.column)) return undefined;
  return continueStep(quoteLiteral(quoteName(sequence)), after, ownedBy.column, sequence);
}

// Of no rows the aggregate is NULL, and setval then does nothing.
function continueStep(
  sequence: string,
  table: Relation,
  name: string,
  { increment, start, minimum, maximum }: SequenceOptions,
): MigrationStep {
  const column = quoteIdentifier(name);
  const isDescending = increment.startsWith("-");
  const last = isDescending ? `min(${column})` : `max(${column})`;
  const range = isDescending ? `${minimum} AND ${start}` : `${start} AND ${maximum}`;
  return step(
    `SELECT setval(${sequence}, ${last}) FROM ${quoteName(table)} WHERE ${column} BETWEEN ${range}`,
  );
}
