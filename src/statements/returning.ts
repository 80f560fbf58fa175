import { type RelationPlan, type Selection, selectColumns } from "./relation-plan.ts";

/** What a write gives back. */
export interface ReturningOptions<Column extends string = string> {
  /** The columns wanted of the stored row, all readable ones by default; `false` for none, which needs no right to read. */
  readonly returning?: readonly Column[] | false;
}

/** A stored row, narrowed to the columns that `returning` lists. */
export type Returned<Row, Options> = Options extends { readonly returning: readonly (infer Column)[] }
  ? Pick<Row, Column & keyof Row>
  : Row;

/** What a statement returns, and how to read it. */
type Returning = Pick<Selection, "text" | "output">;

const NOTHING: Returning = { text: "", output: [] };

/** ` RETURNING ...`, or nothing, and how to read it. */
export function returningClause(
  plan: RelationPlan,
  returning: readonly string[] | false | undefined,
): Returning {
  if (returning === false) return NOTHING;
  const { text, output } = selectColumns(plan, returning);
  return text === "" ? NOTHING : { text: ` RETURNING ${text}`, output };
}
