import { requireOptions } from "../schema/arguments.ts";
import type { RelatedFilterOf, UnknownRelation } from "../schema/tables.ts";
import { type Combination, type Operator, operator, type TextSearch, type Where } from "./filter.ts";
import { LINK_OPTIONS, type LinkOptions } from "./relation-link.ts";

// The overload of filters is the first one of each function, so that a combination inside another one is checked with the
// columns of its table, and again the last one, whose errors the compiler reports: without it, a misspelled column is
// "'name' does not exist in type 'Operator<unknown>'" at a column that is right.

/**
 * All of the filters hold, or all of the operators on one column; `and()` matches every row.
 * @example `{ milliseconds: and(gt(1), lt(9)) }` → `("milliseconds" > $1::text::int4 AND "milliseconds" < $2::text::int4)`
 */
export function and<Row = object>(...filters: readonly NoInfer<Where<Row>>[]): Combination<Row>;
export function and(...searches: readonly [TextSearch, ...TextSearch[]]): TextSearch;
export function and<const Operators extends readonly [Operator, ...Operator[]]>(
  ...operators: Operators
): Operator<NonNullable<Operators[number]["~value"]>>;
/** @hidden */
export function and<Row = object>(...filters: readonly NoInfer<Where<Row>>[]): Combination<Row>;
export function and(...operands: readonly unknown[]): unknown {
  return operator("and", operands);
}

/**
 * At least one of the filters holds, or of the operators on one column; `or()` matches no row.
 * @example `or({ name: "A" }, { name: isNull() })` → `("name" = $1::text OR "name" IS NULL)`
 */
export function or<Row = object>(...filters: readonly NoInfer<Where<Row>>[]): Combination<Row>;
export function or(...searches: readonly [TextSearch, ...TextSearch[]]): TextSearch;
export function or<const Operators extends readonly [Operator, ...Operator[]]>(
  ...operators: Operators
): Operator<NonNullable<Operators[number]["~value"]>>;
/** @hidden */
export function or<Row = object>(...filters: readonly NoInfer<Where<Row>>[]): Combination<Row>;
export function or(...operands: readonly unknown[]): unknown {
  return operator("or", operands);
}

/**
 * The negation of a filter or operator; as in SQL, a comparison with NULL matches neither way.
 * @example `not({ name: "A" })` → `NOT ("name" = $1::text)`
 */
export function not<Row = object>(filter: NoInfer<Where<Row>>): Combination<Row>;
export function not(search: TextSearch): TextSearch;
export function not<Value>(operator: Operator<Value>): Operator<Value>;
/** @hidden */
export function not<Row = object>(filter: NoInfer<Where<Row>>): Combination<Row>;
export function not(operand: unknown): unknown {
  return operator("not", [operand]);
}

/**
 * Rows with at least one related row that matches the filter.
 * @param relation the related table, found by its foreign keys in either direction, as for `include`
 * @param where a filter of the related rows
 * @param options selects the relation if there are several
 * @example `some("album", { title: like("A%") })` → `EXISTS (SELECT FROM "public"."album" WHERE "album"."artist_id" = "artist"."artist_id" AND "album"."title" LIKE $1::text)`
 */
export function some<
  Row = object,
  const Relation extends string = string,
  Options extends LinkOptions = never,
>(
  relation: Relation & UnknownRelation<Row, Relation, Options>,
  where?: NoInfer<Where<RelatedFilterOf<Row, Relation>>>,
  options?: Options,
): Combination<Row> {
  return relationFilter("some", relation, where, options);
}

/**
 * Rows without a related row that matches the filter.
 * @param relation as for `some`
 * @param where a filter of the related rows
 * @param options selects the relation if there are several
 * @example `none("album")` → `NOT EXISTS (SELECT FROM "public"."album" WHERE "album"."artist_id" = "artist"."artist_id")`
 */
export function none<
  Row = object,
  const Relation extends string = string,
  Options extends LinkOptions = never,
>(
  relation: Relation & UnknownRelation<Row, Relation, Options>,
  where?: NoInfer<Where<RelatedFilterOf<Row, Relation>>>,
  options?: Options,
): Combination<Row> {
  return relationFilter("none", relation, where, options);
}

/**
 * Rows whose related rows all match the filter; also rows without related rows.
 * @param relation as for `some`
 * @param where a filter of the related rows
 * @param options selects the relation if there are several
 * @example `every("album", { title: "X" })` → `NOT EXISTS (SELECT FROM "public"."album" WHERE "album"."artist_id" = "artist"."artist_id" AND ("album"."title" = $1::text::varchar) IS NOT TRUE)`
 */
export function every<
  Row = object,
  const Relation extends string = string,
  Options extends LinkOptions = never,
>(
  relation: Relation & UnknownRelation<Row, Relation, Options>,
  where: NoInfer<Where<RelatedFilterOf<Row, Relation>>>,
  options?: Options,
): Combination<Row> {
  return relationFilter("every", relation, where, options);
}

function relationFilter<Row>(
  name: "some" | "none" | "every",
  relation: string,
  where: unknown,
  options: LinkOptions | undefined,
): Combination<Row> {
  requireOptions(name, options, LINK_OPTIONS);
  return operator(name, [relation, where, options]) as unknown as Combination<Row>;
}
