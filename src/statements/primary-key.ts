import { ArgumentError } from "../errors.ts";
import { isPlainObject, requireObject } from "../schema/arguments.ts";
import { describeValue } from "../types/problem.ts";
import { type ColumnPlan, type KeyText, keyText } from "./column-plan.ts";
import { keyParts, keyPartsSql, rowKeySql } from "./key-parts.ts";
import { distributionBeside, identityColumns, type RelationPlan, requireKey } from "./relation-plan.ts";
import { type Binder, bind, type Clause, joinConditions, newBinder } from "./statement.ts";

/**
 * The texts of a primary key in key order, from a value, an array in key order, or an object. An object can also have the
 * distribution column, whose text is the last.
 */
export function keyTexts(plan: RelationPlan, key: unknown, instead?: string): readonly KeyText[] {
  const values = keyValues(plan, requireKey(plan, instead), key);
  const columns = columnsOf(plan, values);
  const texts: KeyText[] = [];
  // A loop, because this is much of the work for one row.
  for (let index = 0; index < values.length; index++) {
    const column = columns[index]!;
    if (values[index] === null) throw new ArgumentError(`${column.label}: the value of a key cannot be null`);
    texts.push(keyText(column, values[index]));
  }
  return texts;
}

export function columnsOf(plan: RelationPlan, values: readonly unknown[]): readonly ColumnPlan[] {
  return values.length > plan.key.length ? identityColumns(plan) : plan.key;
}

const KEY: unique symbol = Symbol.for("rowfn.rowKey");

/**
 * The values of a primary key in key order, which cannot be confused with a single value that is an array or an object.
 */
export interface RowKey {
  readonly [KEY]: readonly unknown[];
}

/**
 * The primary key of a row, and its distribution column if the row has it. A value that the row does not have is that of the
 * scope; throws ArgumentError if the scope has none.
 */
export function rowKey(plan: RelationPlan, row: Readonly<Record<string, unknown>>): RowKey {
  requireObject("row", row);
  const values = requireKey(plan, "use updateWhere with a filter").map(
    ({ column: { name }, filterCodec }) => {
      if (Object.hasOwn(row, name)) return row[name];
      const text = plan.scope.rules.find(({ column }) => column.column.name === name)?.text;
      if (typeof text === "string") return filterCodec.parse(text);
      throw new ArgumentError(
        `${plan.relation.key}.${name}: the value is missing; the whole primary key is required`,
      );
    },
  );
  const { name = undefined } = distributionBeside(plan)?.column ?? {};
  return { [KEY]: name !== undefined && Object.hasOwn(row, name) ? [...values, row[name]] : values };
}

/** `"a" = $1::text::int4 AND "b" = $2::text` of a primary key, and the scope. */
export function keyClause(plan: RelationPlan, key: unknown, instead?: string): Clause {
  const texts = keyTexts(plan, key, instead);
  const sql = (binder: Binder): string => keySql(plan, binder, texts);
  const shape = texts.length > plan.key.length ? `+${plan.scope.shape}` : plan.scope.shape;
  if (plan.hasChildren) return storedClause(shape, texts, sql);
  const params: string[] = [];
  for (const { text, last } of texts) {
    if (last !== undefined) return storedClause(shape, texts, sql);
    params.push(text);
  }
  for (const param of plan.scope.params) params.push(param);
  return { shape, params, sql };
}

// The condition has a subquery with the scope's values, whose place depends on which values are Dates.
function storedClause(shape: string, texts: readonly KeyText[], sql: Clause["sql"]): Clause {
  const binder = newBinder();
  sql(binder);
  const dates = texts.map(({ last }) => (last === undefined ? "-" : "d")).join("");
  return { shape: `${shape}|${dates}`, params: binder.params as string[], sql };
}

function keySql(plan: RelationPlan, binder: Binder, texts: readonly KeyText[]): string {
  const condition = rowKeySql(plan, binder, keyParts(binder, columnsOf(plan, texts), texts), "");
  return joinConditions([condition, plan.scope.condition(binder, "")]);
}

/** A row that was read: the exact texts of `identityColumns`, and with inheritance its table. */
export interface FoundRow {
  readonly key: readonly string[];
  readonly tableoid: string | undefined;
}

/** `"a" = $1::text::int4 AND "b" = $2::text` of a row that was read, and the scope. */
export function foundRowSql(plan: RelationPlan, binder: Binder, { key, tableoid }: FoundRow): string {
  const texts = key.map(text => ({ text, last: undefined }));
  return joinConditions([
    keyPartsSql(plan, binder, keyParts(binder, columnsOf(plan, texts), texts), ""),
    tableoid === undefined ? "" : `tableoid = ${bind(binder, tableoid, "oid")}`,
    plan.scope.condition(binder, ""),
  ]);
}

/** The values of a key in the order of its columns. */
export function keyValues(
  plan: RelationPlan,
  columns: readonly ColumnPlan[],
  key: unknown,
): readonly unknown[] {
  if (key === undefined) throw keyError(plan, columns, key);
  if (typeof key !== "object" && columns.length === 1) return [key];
  if (isRowKey(key)) return key[KEY];
  const [only] = columns;
  if (columns.length === 1 && only !== undefined && isValue(only, key)) return [key];
  if (isPlainObject(key)) return valuesByName(plan, columns, key);
  if (Array.isArray(key) && key.length === columns.length) return key;
  throw keyError(plan, columns, key);
}

function isRowKey(key: unknown): key is RowKey {
  return typeof key === "object" && key !== null && KEY in key;
}

// Whether an array or an object is the value of the only key column. [7] and { id: 7 } mean the key 7.
function isValue({ column, codec }: ColumnPlan, key: unknown): boolean {
  const { shape } = codec;
  const isJson = shape.kind === "scalar" && shape.family === "json";
  if (Array.isArray(key))
    return shape.kind === "array" || shape.kind === "multirange" || (isJson && key.length !== 1);
  if (!isPlainObject(key)) return true;
  if (!isJson) return codec.check(key) === undefined;
  const [name, ...others] = Object.keys(key);
  return name !== column.name || others.length > 0;
}

/** A key of one value as the functions accept it: `{ j: value }` if the value itself would mean something else. */
export function unambiguousKey(plan: RelationPlan, [value]: readonly unknown[]): unknown {
  const columns = requireKey(plan);
  const [only] = columns;
  return isValue(only!, value) ? value : { [only!.column.name]: value };
}

function valuesByName(
  plan: RelationPlan,
  columns: readonly ColumnPlan[],
  key: Record<string, unknown>,
): readonly unknown[] {
  const own = columns.map(({ column }) => column.name);
  const beside = distributionBeside(plan)?.column.name;
  const names = beside !== undefined && Object.hasOwn(key, beside) ? [...own, beside] : own;
  const extra = Object.keys(key).some(name => !names.includes(name));
  if (extra || names.some(name => !Object.hasOwn(key, name))) throw keyError(plan, columns, key);
  return names.map(name => key[name]);
}

function keyError(plan: RelationPlan, columns: readonly ColumnPlan[], key: unknown): ArgumentError {
  const names = columns.map(({ column }) => column.name);
  const one =
    names.length === 1
      ? `the value of ${names[0]}, or { ${names[0]} }`
      : `[${names.join(", ")}] or { ${names.join(", ")} }`;
  const given = isPlainObject(key)
    ? `{ ${Object.keys(key).join(", ")} }`.replace("{  }", "{}")
    : describeValue(key);
  return new ArgumentError(`the key of ${plan.relation.key} must be ${one}, received ${given}`);
}
