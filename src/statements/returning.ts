import { SEND_OPTIONS } from "../schema/options.ts";
import { type RelationPlan, type Selection, selectColumns } from "./relation-plan.ts";

/** The option `returning` of a write. */
export interface ReturningOptions<Column extends string = string> {
  /** The columns of the stored row to return; default: all readable ones. `false` needs no SELECT privilege. */
  readonly returning?: readonly Column[] | false;
}

/** The names of the options of every function that writes. */
export const WRITE_OPTIONS: typeof SEND_OPTIONS & { readonly returning: true; readonly validate: true } = {
  ...{ returning: true, validate: true },
  ...SEND_OPTIONS,
};

/** The names of the options of `updateWhere` and `deleteWhere`. */
export const WRITE_WHERE_OPTIONS: Readonly<Record<string, true>> = {
  where: true,
  all: true,
  ...WRITE_OPTIONS,
};

/** A stored row with the columns that `returning` lists. */
export type Returned<Row, Options> = Options extends { readonly returning: readonly (infer Column)[] }
  ? Pick<Row, Column & keyof Row>
  : Row;

/** A RETURNING clause and its output columns. */
type Returning = Pick<Selection, "text" | "output">;

const NOTHING: Returning = { text: "", output: [] };

/** ` RETURNING ...`, or nothing, and its output columns. */
export function returningClause(
  plan: RelationPlan,
  returning: readonly string[] | false | undefined,
): Returning {
  if (returning === false) return NOTHING;
  const { text, output } = selectColumns(plan, returning);
  return text === "" ? NOTHING : { text: ` RETURNING ${text}`, output };
}
