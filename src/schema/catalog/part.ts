import type { PartRows } from "./rows.ts";

/** One part of the catalog query: the expressions of its cells by type, and its FROM clause. */
export interface CatalogPart {
  readonly oids?: readonly string[];
  readonly ints?: readonly string[];
  readonly texts?: readonly string[];
  readonly from: string;
}

/** Every part by its name. */
export type CatalogParts = Readonly<Record<keyof PartRows, CatalogPart>>;

// All parts have equal cells, so one statement returns all parts. Plain rows take the server half the time of JSON.
const CELLS = [
  ["oids", "oid", 3],
  ["ints", "int4", 3],
  ["texts", "text", 5],
] as const;

/** The statement of a part; the first cell of its rows is the part's number. */
export function partSql(part: CatalogPart, number: number): string {
  const cells = CELLS.flatMap(([kind, type, count]) =>
    Array.from({ length: count }, (_, index) => `(${part[kind]?.[index] ?? "null"})::${type}`),
  );
  return `(select ${number}, ${cells.join(", ")}\n${part.from})`;
}

/** SQL for conditions as the bits of one number: the first is 1, the second 2, the third 4. */
export function bits(...conditions: readonly string[]): string {
  return conditions.map((condition, index) => `(${condition})::int4 * ${1 << index}`).join(" + ");
}

/** SQL for the code letters of several columns as one string. */
export function letters(...columns: readonly string[]): string {
  return columns.map(column => `${column}::text`).join(" || ");
}

/** SQL for whether an oid is that of a relation. `is true` keeps the planner from joining, which takes it longer. */
export function inRelations(oid: string): string {
  return `(${oid} in (select oid from relations)) is true`;
}

/** SQL for whether an object comes neither with an extension nor with another object, such as a range type. */
export function isOwn(catalog: string, oid: string): string {
  return `(select bool_or(d.deptype in ('e', 'i')) from pg_catalog.pg_depend d where d.classid = ${catalog} and d.objid = ${oid}) is not true`;
}
