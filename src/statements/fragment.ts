import { ArgumentError } from "../errors.ts";
import { derive } from "../schema/derived.ts";
import { scanSql } from "./scan-sql.ts";

const FRAGMENT: unique symbol = Symbol("rowfn fragment");
const REFERENCE: unique symbol = Symbol("rowfn reference");

/** Raw SQL and its values, created by `expr`: `parts[0] values[0] parts[1] ...`. */
export interface Fragment {
  readonly [FRAGMENT]: true;
  /** A fragment fits a filter of any table. */
  "~row"?(row: unknown): void;
  readonly parts: readonly string[];
  readonly values: readonly unknown[];
}

/** A table or column by its name in the snapshot, created by `table` and `col`. */
export interface Reference {
  readonly [REFERENCE]: true;
  readonly table: string;
  readonly column: string | undefined;
  readonly alias: string | undefined;
}

export function isFragment(value: unknown): value is Fragment {
  return typeof value === "object" && value !== null && FRAGMENT in value;
}

export function isReference(value: unknown): value is Reference {
  return typeof value === "object" && value !== null && REFERENCE in value;
}

/**
 * Raw SQL with parameters, for a filter, an order or a whole query. Values become parameters; `col`, `table` and
 * other fragments become SQL. PostgreSQL infers the type of a value from its place; for json write `${text}::jsonb`.
 * A list is one parameter: `= ANY (${[1, 2]})`.
 * @param text a template, or SQL with `$1`, `$2` ...
 * @param params the values of `$1`, `$2` ... if `text` is a string
 * @returns a fragment, for `where`, `orderBy`, `q`, `qOne`, `item`
 * @throws ArgumentError for unbalanced parentheses, open quotes or comments, a semicolon, and a placeholder without a
 * value or a value without a placeholder
 * @example ``expr`lower(${col("artist", "name")}) = ${"ac/dc"}` `` → `lower("artist"."name") = $1`
 */
export function expr(text: TemplateStringsArray, ...values: readonly unknown[]): Fragment;
export function expr(text: string, params?: readonly unknown[]): Fragment;
export function expr(text: TemplateStringsArray | string, ...rest: readonly unknown[]): Fragment {
  return typeof text === "string" ? textFragment(text, rest[0]) : fragment(scanTemplate(text), rest);
}

/**
 * A column inside `expr`, checked against the snapshot and quoted.
 * @param table the table's name
 * @param column the column's name
 * @param alias the alias that was given to `table`
 * @example `col("artist", "name")` → `"artist"."name"`
 */
export function col(table: string, column: string, alias?: string): Reference {
  return Object.freeze({ [REFERENCE]: true as const, table, column, alias });
}

/**
 * A table inside `expr`, checked against the snapshot and quoted; with a scoped snapshot, only its rows inside the
 * scope.
 * @param name the table's name
 * @param alias an alias for the table in the query
 * @example `table("artist")` → `"public"."artist"`
 */
export function table(name: string, alias?: string): Reference {
  return Object.freeze({ [REFERENCE]: true as const, table: name, column: undefined, alias });
}

function fragment(parts: readonly string[], values: readonly unknown[]): Fragment {
  return Object.freeze({ [FRAGMENT]: true as const, parts, values: Object.freeze([...values]) });
}

/** The parts of a template, scanned once because a template's strings are one object on every call. */
const scanTemplate = derive((strings: TemplateStringsArray): readonly string[] => {
  const text = strings.reduce((joined, part, index) => `${joined}$${index}${part}`);
  const placeholders = scanSql(text);
  if (placeholders.length !== strings.length - 1) {
    throw new ArgumentError(
      `a value is inside quotes or a comment, or the template contains its own $1: ${text}`,
    );
  }
  return Object.freeze([...strings]);
});

function textFragment(text: string, params: unknown): Fragment {
  const given = params ?? [];
  if (!Array.isArray(given)) throw new ArgumentError("the parameters of expr(text, params) must be an array");
  const placeholders = scanSql(text);
  const used = new Set(placeholders.map(placeholder => placeholder.number));
  for (let number = 1; number <= given.length; number++) {
    if (!used.has(number))
      throw new ArgumentError(`parameter ${number} has no $${number} in the SQL: ${text}`);
  }
  let from = 0;
  const parts: string[] = [];
  const values: unknown[] = [];
  for (const { start, end, number } of placeholders) {
    if (number < 1 || number > given.length) throw new ArgumentError(`$${number} has no parameter: ${text}`);
    parts.push(text.slice(from, start));
    values.push(given[number - 1]);
    from = end;
  }
  return fragment([...parts, text.slice(from)], values);
}
