import { ArgumentError, ValueError } from "../errors.ts";
import { isPlainObject } from "../schema/arguments.ts";
import { columnDefault } from "../schema/column-default.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import { type AnySchema, type Column, FILTER_FORMS, type Relation } from "../schema/snapshot.ts";
import { isSameText } from "../types/canonical-text.ts";
import type { Codec } from "../types/codec.ts";
import { containsDate, holdsDates } from "../types/holds-dates.ts";
import { problemText } from "../types/problem.ts";
import { codecOf, comparisonCodec, effectiveCollation } from "../types/resolve.ts";
import { isFragment, isReference } from "./fragment.ts";
import { isUnsafeAtStart } from "./startup-pruning.ts";
import { type Binder, bind, nameShape } from "./statement.ts";

/** All that statements need of a column. */
export interface ColumnPlan {
  readonly column: Column;
  /** `album.title`, for messages. */
  readonly label: string;
  /** `"title"` */
  readonly quoted: string;
  /** The name as part of a shape. Quoted names can be joined to one that is a different name: `"a"` and `"b"` to `"a""b"`. */
  readonly shape: string;
  readonly codec: Codec;
  /** Without the type's modifier, because a value that is too long for the column may still be compared with it. */
  readonly filterCodec: Codec;
  /** The cast before a comparison: PostgreSQL has no operators for a domain over an enum type. */
  readonly compareCast: string;
  /** The collation as SQL, also that of a domain; null for that of the type. It can make different strings equal. */
  readonly collation: string | null;
  /** The default as SQL, also that of a domain; null without one. */
  readonly default: string | null;
  /** Whether a parameter is compared as a subquery, so that it does not choose partitions when the statement starts. */
  readonly isSubquery: boolean;
  /** Whether rows hold the column's timestamps as Dates, which drop their microseconds. */
  readonly hasDates: boolean;
}

export function columnPlan(schema: AnySchema, relation: Relation, column: Column): ColumnPlan {
  const codec = codecOf(schema, relation, column);
  const filterCodec = comparisonCodec(schema[FILTER_FORMS] ?? schema, relation, column);
  const isEnumDomain = filterCodec.shape.kind === "enum" && schema.types[column.typeKey]?.kind === "domain";
  return {
    column,
    label: `${relation.key}.${column.name}`,
    quoted: quoteIdentifier(column.name),
    shape: nameShape(column.name),
    codec,
    filterCodec,
    compareCast: isEnumDomain ? `::${filterCodec.castType}` : "",
    collation: effectiveCollation(schema, column),
    default: columnDefault(schema, column),
    isSubquery: isUnsafeAtStart(schema, relation, filterCodec.castType),
    hasDates: holdsDates(codec),
  };
}

/** `album."title"`, a column as an operand of a comparison. */
export function comparedSql({ quoted, compareCast }: ColumnPlan, prefix: string): string {
  return prefix + quoted + compareCast;
}

/** A parameter that is compared with the column. */
export function boundSql(binder: Binder, column: ColumnPlan, text: string, castType: string): string {
  const sql = bind(binder, text, castType, column);
  return column.isSubquery ? `(SELECT ${sql})` : sql;
}

/** A filter's value as PostgreSQL's text; throws ArgumentError and ValueError if the type cannot hold the value. */
export function filterText(label: string, codec: Codec, value: unknown): string {
  if (value === undefined)
    throw new ArgumentError(
      `${label}: undefined is not a filter; leave out the column, or use null for IS NULL`,
    );
  if (value === null)
    throw new ArgumentError(`${label}: null cannot be compared here; use isNull() or notNull()`);
  const problem = codec.check(value);
  if (problem !== undefined && isFragment(value))
    throw new ArgumentError(`${label}: raw SQL is not a value; write and({ ... }, expr\`...\`)`);
  if (problem !== undefined && isReference(value))
    throw new ArgumentError(
      `${label}: col and table are parts of raw SQL; write expr\`\${col(...)} = \${col(...)}\``,
    );
  if (problem !== undefined && isPlainObject(value))
    throw new ValueError(`${label}: ${problemText(problem)}; use an operator function, such as gt(5)`);
  if (problem !== undefined && isListFor(codec, value) && problem.path === undefined)
    throw new ValueError(
      `${label}: ${problemText(problem)}; a list of values needs oneOf([...]) or noneOf([...])`,
    );
  if (problem !== undefined) throw new ValueError(`${label}: ${problemText(problem)}`);
  return codec.print(value);
}

// Several libraries take a list in place of a value for IN.
function isListFor({ shape: { kind } }: Codec, value: unknown): boolean {
  return Array.isArray(value) && (kind === "scalar" || kind === "enum");
}

/** Whether two texts are one value of a column: a UUID in capitals is the one that PostgreSQL prints in small letters. */
export function isSameValue(
  { filterCodec, collation }: ColumnPlan,
  one: string | null,
  other: string | null,
): boolean {
  if (one === null || other === null || collation !== null) return one === other;
  return isSameText(filterCodec, one, other);
}

/** The text of a key's value. */
export interface KeyText {
  readonly text: string;
  /** The text of the last value that a Date stands for: a Date has no microseconds, so it stands for its millisecond. */
  readonly last: string | undefined;
}

/** The text of a key's value; throws ValueError and ArgumentError if the value cannot identify a row. */
export function keyText(column: ColumnPlan, value: unknown): KeyText {
  const text = filterText(column.label, column.filterCodec, value);
  requireIdentity(column, value);
  return { text, last: column.codec.last?.(value) };
}

// Rows hold such Dates without their microseconds, and a comparison by millisecond is only possible for a plain Date.
export function requireIdentity({ label, codec, column, hasDates }: ColumnPlan, value: unknown): void {
  if (!hasDates || codec.last !== undefined || !containsDate(value)) return;
  throw new ArgumentError(
    `${label}: a Date in a value of type ${column.type} cannot identify a row, because it has no microseconds; pass timestamps as text, or load the snapshot with types: { timestamptz: "string", timestamp: "string" }`,
  );
}

/**
 * `"c" IS NULL`, or NOT NULL. For a composite type `IS NULL` would also be true for a row of NULLs, and `IS NOT NULL`
 * false for a row with one (manual 9.2).
 */
export function nullSql(
  { filterCodec }: Pick<ColumnPlan, "filterCodec">,
  sql: string,
  isNull = true,
): string {
  if (filterCodec.shape.kind === "composite") return `${sql} IS ${isNull ? "NOT " : ""}DISTINCT FROM NULL`;
  return `${sql} IS ${isNull ? "" : "NOT "}NULL`;
}
