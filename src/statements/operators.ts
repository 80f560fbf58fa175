import { requireOptions } from "../schema/arguments.ts";
import { type Content, listOf, type Operator, operator, type Pattern, type TextSearch } from "./filter.ts";
import { SEARCH_OPTIONS, type SearchOptions } from "./full-text.ts";

/**
 * Any value. The compiler keeps the types of literals for a type parameter of such a union, so that `oneOf(["paid"])` fits an
 * enum also where the column is not known yet: in the `where` of an `include`, and in a constant.
 */
type Literal = string | number | bigint | boolean | NonNullable<unknown> | null | undefined;

/**
 * Equal; `null` means IS NULL. The value itself, without an operator, means the same.
 * @example `{ name: eq("AC/DC") }` → `"name" = $1::text`
 */
export function eq<Value extends Literal>(value: Value | null): Operator<NonNullable<Value>> {
  return operator("eq", [value]);
}

/**
 * Not equal; `null` means IS NOT NULL. As in SQL, a NULL in the column is not "not equal": see `distinctFrom`.
 * @example `{ name: ne("AC/DC") }` → `"name" <> $1::text`
 */
export function ne<Value extends Literal>(value: Value | null): Operator<NonNullable<Value>> {
  return operator("ne", [value]);
}

/**
 * Greater than.
 * @example `{ milliseconds: gt(300_000) }` → `"milliseconds" > $1::text::int4`
 */
export function gt<Value extends Literal>(value: Value): Operator<Value> {
  return operator("gt", [value]);
}

/**
 * Greater than or equal.
 * @example `{ milliseconds: gte(300_000) }` → `"milliseconds" >= $1::text::int4`
 */
export function gte<Value extends Literal>(value: Value): Operator<Value> {
  return operator("gte", [value]);
}

/**
 * Less than.
 * @example `{ milliseconds: lt(300_000) }` → `"milliseconds" < $1::text::int4`
 */
export function lt<Value extends Literal>(value: Value): Operator<Value> {
  return operator("lt", [value]);
}

/**
 * Less than or equal.
 * @example `{ milliseconds: lte(300_000) }` → `"milliseconds" <= $1::text::int4`
 */
export function lte<Value extends Literal>(value: Value): Operator<Value> {
  return operator("lte", [value]);
}

/**
 * From `low` to `high`, inclusive.
 * @example `{ milliseconds: between(1, 9) }` → `"milliseconds" BETWEEN $1::text::int4 AND $2::text::int4`
 */
export function between<Low extends Literal, High extends Literal>(
  low: Low,
  high: High,
): Operator<Low | High> {
  return operator("between", [low, high]);
}

/**
 * One of a list; `null` in the list matches NULL; an empty list matches no row. The list is one parameter.
 * @example `{ genre_id: oneOf([1, 2]) }` → `"genre_id" = ANY ($1::int4[])`
 */
export function oneOf<Value extends Literal>(
  values: readonly (Value | null)[],
): Operator<NonNullable<Value>> {
  return operator("oneOf", [listOf("oneOf", values)]);
}

/**
 * None of a list. As in SQL, a NULL in the column matches only the empty list, which matches every row; `[null]`
 * matches every value that is not NULL.
 * @example `{ genre_id: noneOf([1, 2]) }` → `"genre_id" <> ALL ($1::int4[])`
 */
export function noneOf<Value extends Literal>(
  values: readonly (Value | null)[],
): Operator<NonNullable<Value>> {
  return operator("noneOf", [listOf("noneOf", values)]);
}

/**
 * Matches a LIKE pattern: `%` is any string, `_` one character, `\` escapes the next one. Text columns only.
 * @example `{ name: like("A%") }` → `"name" LIKE $1::text`
 */
export function like(pattern: string): Operator<Pattern> {
  return operator("like", [pattern]);
}

/**
 * Matches a LIKE pattern, case-insensitively. Text columns only.
 * @example `{ name: ilike("a%") }` → `"name" ILIKE $1::text`
 */
export function ilike(pattern: string): Operator<Pattern> {
  return operator("ilike", [pattern]);
}

/**
 * Matches a PostgreSQL regular expression (manual 9.7.3). Text columns only.
 * @example `{ name: matches("^A") }` → `"name" ~ $1::text`
 */
export function matches(pattern: string): Operator<Pattern> {
  return operator("matches", [pattern]);
}

/**
 * Is NULL.
 * @example `{ composer: isNull() }` → `"composer" IS NULL`
 */
export function isNull(): Operator<never> {
  return operator("isNull", []);
}

/**
 * Is not NULL.
 * @example `{ composer: notNull() }` → `"composer" IS NOT NULL`
 */
export function notNull(): Operator<never> {
  return operator("notNull", []);
}

/**
 * An array, range or jsonb that contains the given value; a range can also contain an element.
 * @example `{ tags: contains(["live"]) }` → `"tags" @> $1::text::text[]`
 */
export function contains(value: unknown): Operator<Content> {
  return operator("contains", [value]);
}

/**
 * An array, range or jsonb that is contained by the given value.
 * @example `{ tags: containedBy(["live", "rare"]) }` → `"tags" <@ $1::text::text[]`
 */
export function containedBy(value: unknown): Operator<Content> {
  return operator("containedBy", [value]);
}

/**
 * An array or range that has an element in common with the given one.
 * @example `{ tags: overlaps(["live", "rare"]) }` → `"tags" && $1::text::text[]`
 */
export function overlaps(value: unknown): Operator<Content> {
  return operator("overlaps", [value]);
}

/**
 * A jsonb object that has the key, or a jsonb array that has the string.
 * @example `{ settings: hasKey("theme") }` → `"settings" ? $1::text`
 */
export function hasKey(key: string): Operator<Content> {
  return operator("hasKey", [key]);
}

/**
 * Full-text search in a tsvector or text column, with the syntax of web search engines:
 * `"exact phrase" word -without or other` (manual, websearch_to_tsquery). Without a column it searches the only tsvector
 * column of the table, which `addSearch` adds: `{ where: search("love") }`. For a text column, create an index on
 * `to_tsvector('english', column)`.
 * @param query the words; no string is a syntax error
 * @param options `config`: the text search configuration; default: the one of a generated tsvector column, else `"simple"`
 * @example `{ name: search("love -war", { config: "english" }) }` → `to_tsvector('english'::regconfig, "name") @@ websearch_to_tsquery('english'::regconfig, $1::text)`
 */
export function search(query: string, options: SearchOptions = {}): TextSearch {
  requireOptions("search", options, SEARCH_OPTIONS);
  return operator("search", [query, options]) as Operator as TextSearch;
}

/**
 * Not equal, with NULL as an ordinary value.
 * @example `{ composer: distinctFrom("Bach") }` → `"composer" IS DISTINCT FROM $1::text::varchar`
 */
export function distinctFrom<Value extends Literal>(value: Value | null): Operator<NonNullable<Value>> {
  return operator("distinctFrom", [value]);
}
