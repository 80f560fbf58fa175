import { ArgumentError } from "../errors.ts";
import { type KnownOptions, requireOptions, SEND_OPTIONS } from "../schema/arguments.ts";
import { describeValue } from "../types/problem.ts";
import { type RelationPlan, type Selection, selectColumns } from "./relation-plan.ts";

/** The option `returning` of a write. */
export interface ReturningOptions<Column extends string = string> {
  /**
   * `true` or column names for stored rows, `false` for none, which needs no SELECT privilege. Default: `true` in functions
   * for one row, `false` in functions for many.
   */
  readonly returning?: boolean | readonly Column[];
}

/** The names of the options of every function that writes. */
export const WRITE_OPTIONS: typeof SEND_OPTIONS & { readonly returning: true; readonly validate: true } = {
  returning: true,
  validate: true,
  ...SEND_OPTIONS,
};

/** The names of the options of `insert` and `insertMany`. */
export const INSERT_OPTIONS: typeof WRITE_OPTIONS & {
  readonly alter: true;
  readonly overriding: true;
} = { alter: true, overriding: true, ...WRITE_OPTIONS };

/** The names of the options of `updateWhere` and `deleteWhere`. */
export const WRITE_WHERE_OPTIONS: KnownOptions = {
  where: true,
  all: true,
  ...WRITE_OPTIONS,
};

/** The type of an option that is given: `boolean` is not known to be true, so the result can have both of its forms. */
export type OptionValue<Options, Name extends string> = Options extends {
  readonly [Key in Name]: infer Value;
}
  ? Value
  : undefined;

/**
 * The number of rows, or with `returning` the stored rows with the columns that it lists; one of them if the type of the
 * options does not say which, as for `returning: boolean` or a variable of the type `UpsertManyOptions`.
 */
export type ReturnedMany<Row, Options> = Options extends unknown
  ? ReturnedAs<Row, "returning" extends keyof Options ? Options["returning"] : undefined>
  : never;

type ReturnedAs<Row, Returning> = Returning extends readonly (infer Column)[]
  ? Pick<Row, Column & keyof Row>[]
  : Returning extends true
    ? Row[]
    : number;

/** A RETURNING clause and its output columns. */
type Returning = Pick<Selection, "text" | "output">;

const NOTHING: Returning = { text: "", output: [] };

/** Throws for an option that a write does not have, and for a `returning` of the wrong form. */
export function requireWriteOptions(
  name: string,
  options: { readonly returning?: unknown } | null | undefined,
  known: KnownOptions,
): void {
  requireOptions(name, options, known);
  const returning = options?.returning;
  if (returning === undefined || typeof returning === "boolean") return;
  if (!Array.isArray(returning) || returning.length === 0)
    throw new ArgumentError(
      `${name}: returning must be true, false or a non-empty array of column names, received ${describeValue(returning)}`,
    );
}

/** The columns that `returning` lists; undefined for all of them. */
export function returnedNames<Column extends string>(
  returning: boolean | readonly Column[] | undefined,
): readonly Column[] | undefined {
  return typeof returning === "object" ? returning : undefined;
}

/** ` RETURNING ...`, or nothing, and its output columns. */
export function returningClause(plan: RelationPlan, returning: ReturningOptions["returning"]): Returning {
  if (returning === false) return NOTHING;
  const { text, output } = selectColumns(plan, returnedNames(returning));
  return text === "" ? NOTHING : { text: ` RETURNING ${text}`, output };
}
