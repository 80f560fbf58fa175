import type { AnySchema } from "../schema/snapshot.ts";
import { valueText } from "../statements/bulk-rows.ts";
import { relationPlan } from "../statements/relation-plan.ts";
import type { RowGroup } from "./bulk-groups.ts";
import { ConstraintError, inRow } from "./constraint-error.ts";

/** The error with the number of the row that caused it, where PostgreSQL tells: the line of a COPY, or the key's values. */
export function withFailingRow(
  schema: AnySchema,
  table: string,
  error: unknown,
  { rows, positions }: RowGroup,
  from: number,
): unknown {
  if (!(error instanceof ConstraintError)) return error;
  const { where, detail } = error.cause as { readonly where?: string; readonly detail?: string };
  const line = /^COPY .*, line (\d+)/.exec(where ?? "")?.[1];
  const at = line === undefined ? rowOfKey(schema, table, rows, detail ?? "") : Number(line) - 1;
  return at === undefined ? error : inRow(error, from + positions[at]!);
}

// `Key (artist_id, title)=(1, x) already exists.` Values that hold a separator themselves stay unknown.
function rowOfKey(
  schema: AnySchema,
  table: string,
  rows: RowGroup["rows"],
  detail: string,
): number | undefined {
  const [, names, values] = /^Key \((.*?)\)=\((.*)\) /s.exec(detail) ?? [];
  if (names === undefined || values === undefined) return undefined;
  const plan = relationPlan(schema, table);
  const columns = names.split(", ").map(name => plan.columns.get(name.replace(/^"(.*)"$/, "$1")));
  const texts = values.split(", ");
  if (texts.length !== columns.length) return undefined;
  const found = rows.findLastIndex((row, index) =>
    columns.every((column, at) => {
      if (column === undefined || row[column.column.name] === undefined) return false;
      return valueText(plan, column, row, index) === texts[at];
    }),
  );
  return found === -1 ? undefined : found;
}
