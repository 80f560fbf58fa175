import type { AnySchema } from "../schema/snapshot.ts";
import { type AnyAlias, aliasNames, splitSelect } from "../statements/alias.ts";
import type { ColumnPlan } from "../statements/column-plan.ts";
import { exactTimestamps } from "../statements/exact-forms.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import type { RowStatement } from "../statements/statement.ts";
import { hasDates } from "../types/holds-dates.ts";

type Row = Record<string, unknown>;

/** Reads rows whose values rowfn uses again, so that they need their microseconds. */
export interface ExactRead {
  /** The snapshot to read them with. */
  readonly schema: AnySchema;
  /** Returns a statement whose computed columns have the JavaScript forms of the caller's snapshot. */
  readonly withComputed: (statement: RowStatement) => RowStatement;
  /** Converts rows of a table to the JavaScript forms of the caller's snapshot, in place. */
  readonly restore: (table: string, rows: readonly Row[]) => void;
}

/** Reads timestamps as text if one of the columns that rowfn uses again holds Dates. */
export function exactRead(
  schema: AnySchema,
  used: readonly ColumnPlan[],
  select?: readonly (string | AnyAlias)[],
): ExactRead {
  if (!used.some(column => column.hasDates))
    return { schema, withComputed: statement => statement, restore: () => {} };
  const exact = exactTimestamps(schema);
  const computed = aliasNames(splitSelect(select).aliases);
  return {
    schema: exact,
    withComputed: statement => ({
      ...statement,
      output: statement.output.map(column => (column.computed ? { ...column, computed: schema } : column)),
    }),
    restore: (table, rows) => {
      const { columns } = relationPlan(exact, table);
      // Also those without microseconds, which are text in the snapshot too.
      for (const [name, { codec }] of relationPlan(schema, table).columns)
        if (hasDates(codec) && !computed.includes(name))
          restoreColumn(rows, name, columns.get(name)!.codec.print, codec.parse);
    },
  };
}

function restoreColumn(
  rows: readonly Row[],
  name: string,
  print: (value: unknown) => string,
  parse: (text: string) => unknown,
): void {
  for (const row of rows) {
    // A column that was not read can be named constructor.
    const value = Object.hasOwn(row, name) ? row[name] : null;
    if (value !== null) row[name] = parse(print(value));
  }
}
