import { ArgumentError } from "../errors.ts";
import { isPlainObject, requireArray } from "../schema/arguments.ts";
import { derive } from "../schema/derived.ts";
import { describeValue } from "../types/problem.ts";
import { scanNames, scanSql } from "./scan-sql.ts";

const FRAGMENT: unique symbol = Symbol.for("rowfn: raw SQL");
const REFERENCE: unique symbol = Symbol.for("rowfn: a reference");
const UPSERT_REFERENCE: unique symbol = Symbol.for("rowfn: a reference of an upsert");

/** Raw SQL and its values, created by `expr`: `parts[0] values[0] parts[1] ...`. */
export interface Fragment {
  readonly [FRAGMENT]: true;
  /** A fragment fits a filter of any table. */
  "~row"?(row: unknown): void;
  readonly parts: readonly string[];
  readonly values: readonly unknown[];
  /** Whether rowfn wrote the SQL, so that its errors are those of a statement without raw SQL. */
  readonly isOwn?: boolean;
}

/** A table or column by its name in the snapshot, created by `table` and `col`. */
export interface Reference {
  readonly [REFERENCE]: true;
  readonly table: string;
  readonly column: string | undefined;
  readonly alias: string | undefined;
}

/** A column of one of the two rows of an upsert, created by `old` and `excluded`. */
export interface UpsertReference {
  readonly [UPSERT_REFERENCE]: "old" | "excluded";
  readonly column: string;
}

/** Raw SQL that rowfn has written for a table of the snapshot. */
export function ownFragment(fragment: Fragment): Fragment {
  return { ...fragment, isOwn: true };
}

export function isFragment(value: unknown): value is Fragment {
  return typeof value === "object" && value !== null && FRAGMENT in value;
}

/** Whether raw SQL is the keyword DEFAULT, which every column accepts. */
export function isDefault({ parts }: Fragment): boolean {
  return parts.length === 1 && isDefaultText(parts[0]!);
}

/** Whether SQL text is the keyword DEFAULT, which is no expression. */
export function isDefaultText(text: string): boolean {
  return /^\s*default\s*$/i.test(text);
}

export function isReference(value: unknown): value is Reference {
  return typeof value === "object" && value !== null && REFERENCE in value;
}

/** The row of an upsert that a value is a column of; undefined for anything else. */
export function upsertReferenceRow(value: unknown): "old" | "excluded" | undefined {
  return typeof value === "object" && value !== null
    ? (value as Partial<UpsertReference>)[UPSERT_REFERENCE]
    : undefined;
}

/**
 * Raw SQL with parameters, for a filter, an order or a whole query. Values become parameters; `col`, `table` and
 * other fragments become SQL. PostgreSQL infers the type of a value from its place; for json write `${text}::jsonb`.
 * A list is one parameter: `= ANY (${[1, 2]})`.
 * @param text a template, or SQL with `$1`, `$2` ..., or with `:name`
 * @param params if `text` is a string: an array of the values of `$1`, `$2` ..., or an object of the values of `:name`
 * @returns a fragment, for `where`, `orderBy`, `q`, `qOne`, `item`
 * @throws ArgumentError for unbalanced parentheses, open quotes or comments, a semicolon, and a placeholder without a
 * value or a value without a placeholder
 * @example ``expr`lower(${col("artist", "name")}) = ${"ac/dc"}` `` → `lower("artist"."name") = $1`
 */
export function expr(text: TemplateStringsArray, ...values: readonly unknown[]): Fragment;
export function expr(text: string, params?: readonly unknown[] | Readonly<Record<string, unknown>>): Fragment;
export function expr(text: TemplateStringsArray | string, ...rest: readonly unknown[]): Fragment {
  if (typeof text === "string") return textFragment(text, rest[0]);
  requireArray("expr: the SQL", text);
  return fragment(scanTemplate(text), rest);
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

/**
 * A column of the existing row, in the `expr` of `update` and `where` of `upsert` and `upsertMany`.
 * @param column the column's name
 * @example ``upsertSql(schema, "invoice_line", { invoice_line_id: 1, quantity: 2 }, { update: { quantity: expr`${old("quantity")} + ${excluded("quantity")}` }, returning: false }).text`` →
 * `INSERT INTO "public"."invoice_line" ("invoice_line_id", "quantity") VALUES ($1::text::int4, $2::text::int2) ON CONFLICT ("invoice_line_id") DO UPDATE SET "quantity" = ("invoice_line"."quantity" + EXCLUDED."quantity")`
 */
export function old(column: string): UpsertReference {
  return Object.freeze({ [UPSERT_REFERENCE]: "old" as const, column });
}

/**
 * A column of the row to insert, in the `expr` of `update` and `where` of `upsert` and `upsertMany`.
 * @param column the column's name; if the row has no value for it, its default
 * @example ``upsertSql(schema, "genre", { genre_id: 1, name: "Drone" }, { where: expr`${old("name")} < ${excluded("name")}`, returning: false }).text`` →
 * `INSERT INTO "public"."genre" ("genre_id", "name") VALUES ($1::text::int4, $2::text) ON CONFLICT ("genre_id") DO UPDATE SET "name" = EXCLUDED."name" WHERE ("genre"."name" < EXCLUDED."name")`
 */
export function excluded(column: string): UpsertReference {
  return Object.freeze({ [UPSERT_REFERENCE]: "excluded" as const, column });
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
      `a value is inside quotes or a comment, or the template contains its own $1; remove the quotes, or write \${value} for $1: ${text}`,
    );
  }
  return Object.freeze([...strings]);
});

function textFragment(text: string, params: unknown = []): Fragment {
  if (Array.isArray(params)) return numberedFragment(text, params);
  if (isPlainObject(params)) return namedFragment(text, params);
  throw new ArgumentError(
    `the parameters of expr(text, params) must be an array or an object, received ${describeValue(params)}`,
  );
}

function numberedFragment(text: string, params: readonly unknown[]): Fragment {
  const placeholders = scanSql(text);
  const used = new Set(placeholders.map(({ number }) => number));
  for (let number = 1; number <= params.length; number++) {
    if (!used.has(number))
      throw new ArgumentError(`the SQL does not contain $${number} for parameter ${number}: ${text}`);
  }
  const values = placeholders.map(({ number }) => {
    if (number < 1 || number > params.length) throw new ArgumentError(`$${number} has no parameter: ${text}`);
    return params[number - 1];
  });
  return fragment(textBetween(text, placeholders), values);
}

function namedFragment(text: string, params: Readonly<Record<string, unknown>>): Fragment {
  const placeholders = scanNames(text);
  const used = new Set(placeholders.map(({ name }) => name));
  const unused = Object.keys(params).find(name => !used.has(name));
  if (unused !== undefined)
    throw new ArgumentError(`the SQL does not contain :${unused} for parameter ${unused}: ${text}`);
  const values = placeholders.map(({ name }) => {
    if (!Object.hasOwn(params, name)) throw new ArgumentError(`:${name} has no parameter: ${text}`);
    return params[name];
  });
  return fragment(textBetween(text, placeholders), values);
}

function textBetween(text: string, placeholders: readonly { start: number; end: number }[]): string[] {
  const starts = [0, ...placeholders.map(({ end }) => end)];
  return starts.map((start, index) => text.slice(start, placeholders[index]?.start));
}
