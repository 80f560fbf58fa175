import { quoteName } from "../../schema/quote.ts";
import type { AnySchema, Sequence } from "../../schema/snapshot.ts";
import { createSequence, sequenceOwner, sequenceParts } from "../define/sequence-definition.ts";
import { isSame, type Matched, matched } from "./matched.ts";
import { type MigrationStep, step } from "./migration-step.ts";
import type { TablePlan } from "./table-plan.ts";
import { tableId } from "./tree-plan.ts";

/** What happens to sequences other than those of identity columns. */
export interface SequenceSteps {
  /** Before their columns go, and they with them. */
  readonly free: readonly MigrationStep[];
  readonly make: readonly MigrationStep[];
  /** When the columns are there. */
  readonly own: readonly MigrationStep[];
  /** When no default names them any more. */
  readonly drop: readonly MigrationStep[];
}

export function sequenceSteps(from: AnySchema, to: AnySchema, tables: readonly TablePlan[]): SequenceSteps {
  const pairs = matched(from.sequences, to.sequences, tableId);
  const staying = pairs.filter(hasBoth);
  const losing = staying.filter(({ before }) => goesWithColumn(before, tables));
  const made = pairs.flatMap(({ before, after }) => (before === undefined && after ? [after] : []));
  const gone = pairs.flatMap(({ before, after }) => (after === undefined && before ? [before] : []));
  return {
    free: losing.map(({ before }) => step(sequenceOwner({ ...before, ownedBy: null }))),
    make: [
      ...made.map(sequence => step(createSequence(sequence))),
      ...staying.filter(isOther).map(({ after }) => step(alterSequence(after))),
    ],
    own: [
      ...made.filter(({ ownedBy }) => ownedBy !== null),
      ...staying
        .filter(pair =>
          losing.includes(pair)
            ? pair.after.ownedBy !== null
            : !isSame(ownerOf(pair.before), ownerOf(pair.after)),
        )
        .map(({ after }) => after),
    ].map(sequence => step(sequenceOwner(sequence))),
    drop: gone
      .filter(sequence => !goesWithColumn(sequence, tables))
      .map(sequence => step(`DROP SEQUENCE ${quoteName(sequence)}`)),
  };
}

interface Both {
  readonly before: Sequence;
  readonly after: Sequence;
}

function hasBoth(pair: Matched<Sequence>): pair is Both {
  return pair.before !== undefined && pair.after !== undefined;
}

function goesWithColumn({ ownedBy }: Sequence, tables: readonly TablePlan[]): boolean {
  if (ownedBy === null) return false;
  const plan = tables.find(({ before }) => before.schema === ownedBy.schema && before.name === ownedBy.table);
  return plan === undefined || !plan.kept.some(({ before }) => before.name === ownedBy.column);
}

function isOther({ before, after }: Both): boolean {
  return !isSame(before, after, ["ownedBy", "comment"]);
}

function ownerOf({ ownedBy }: Sequence): object {
  return ownedBy ?? {};
}

function alterSequence(sequence: Sequence): string {
  return `ALTER SEQUENCE ${quoteName(sequence)} AS ${sequence.type} ${sequenceParts(sequence).join(" ")}`;
}
