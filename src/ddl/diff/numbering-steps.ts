import { nameParts, quoteIdentifier, quoteLiteral, quoteName } from "../../schema/quote.ts";
import { relationId } from "../../schema/relation-name.ts";
import type { AnySchema, Column, Relation, Sequence, SequenceOptions } from "../../schema/snapshot.ts";
import { furthestNumber } from "../../statements/advance-sequences-sql.ts";
import { isOwner } from "../define/sequence-definition.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import { sequenceOptions } from "./sequence-range.ts";
import type { TablePlan } from "./table-plan.ts";

/**
 * Lets the new sequences of existing columns continue after the stored values. These steps follow the drops of old
 * sequences, because `pg_get_serial_sequence` returns any sequence of a column.
 */
export function numberingSteps({ from, to, tables }: MigrationPlan): readonly MigrationStep[] {
  const existing = new Set(from.sequences.map(relationId));
  return [
    ...tables.flatMap(plan => newIdentities(plan).flatMap(column => identityStep(to, plan.after, column))),
    ...to.sequences
      .filter(sequence => !existing.has(relationId(sequence)))
      .flatMap(sequence => ownSteps(to, tables, sequence)),
  ];
}

function newIdentities({ kept, appended }: TablePlan): readonly Column[] {
  const moved = appended.filter(({ before }) => before !== undefined);
  const changed = kept.filter(({ before }) => before.identity === null);
  return [...changed, ...moved].map(({ after }) => after).filter(({ identity }) => identity !== null);
}

function identityStep(schema: AnySchema, table: Relation, column: Column): readonly MigrationStep[] {
  const sequence = `pg_get_serial_sequence(${quoteLiteral(quoteName(table))}, ${quoteLiteral(column.name)})`;
  return continueSteps(schema, sequence, table, column, sequenceOptions(column));
}

/** Steps for each existing column that owns the sequence or has its values by default. */
function ownSteps(
  schema: AnySchema,
  tables: readonly TablePlan[],
  sequence: Sequence,
): readonly MigrationStep[] {
  const columns = tables.flatMap(({ before, after }) =>
    after.columns
      .filter(column => isNumberedBy(after, column, sequence))
      .filter(({ name }) => before.columns.some(column => column.name === name))
      .map(column => ({ table: after, column })),
  );
  const target = quoteLiteral(quoteName(sequence));
  // Several columns: none puts the sequence back.
  const position = columns.length > 1 ? `(SELECT last_value FROM ${quoteName(sequence)})` : undefined;
  return columns.flatMap(({ table, column }) =>
    continueSteps(schema, target, table, column, sequence, position),
  );
}

function isNumberedBy(table: Relation, column: Column, sequence: Sequence): boolean {
  if (isOwner(table, sequence) && sequence.ownedBy?.column === column.name) return true;
  const name = /^nextval\('((?:[^']|'')+)'::regclass\)$/.exec(column.default ?? "")?.[1];
  if (name === undefined) return false;
  const [schema, own] = nameParts(name.replaceAll("''", "'"));
  return schema === sequence.schema && own === sequence.name;
}

// Of no rows the aggregate is NULL, and setval then does nothing.
function continueSteps(
  schema: AnySchema,
  sequence: string,
  table: Relation,
  column: Column,
  { increment, start, minimum, maximum }: SequenceOptions,
  position?: string,
): readonly MigrationStep[] {
  const isDescending = increment.startsWith("-");
  const last = furthestNumber(schema, column, !isDescending);
  if (last === undefined) return [];
  const range = isDescending ? `${minimum} AND ${start}` : `${start} AND ${maximum}`;
  const having = position === undefined ? "" : ` HAVING ${last} ${isDescending ? "<=" : ">="} ${position}`;
  return withAllRows(
    table,
    step(
      `SELECT setval(${sequence}, ${last}) FROM ${quoteName(table)} WHERE ${quoteIdentifier(column.name)} BETWEEN ${range}${having}`,
    ),
  );
}

// Otherwise the owner of the table would only see the rows that its policies allow.
function withAllRows(
  { schema, name, rowSecurityEnabled, rowSecurityForced }: Relation,
  read: MigrationStep,
): readonly MigrationStep[] {
  if (!rowSecurityEnabled || !rowSecurityForced) return [read];
  const alter = `ALTER TABLE ${quoteName({ schema, name })}`;
  return [step(`${alter} NO FORCE ROW LEVEL SECURITY`), read, step(`${alter} FORCE ROW LEVEL SECURITY`)];
}
