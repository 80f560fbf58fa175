import { ArgumentError } from "../errors.ts";
import { printArrayLiteral } from "../types/array-literal.ts";
import { isPlainObject } from "../types/plain-object.ts";
import { type ColumnPlan, filterText } from "./column-plan.ts";
import { aliasBeside, type RelationPlan, requireKey } from "./relation-plan.ts";
import { type Binder, bind, type Clause, joinConditions } from "./statement.ts";

/** The texts of a primary key in key order, from a value, an array in key order, or an object. */
function keyTexts(plan: RelationPlan, key: unknown): readonly string[] {
  const columns = requireKey(plan);
  return keyValues(plan, columns, key).map((value, index) => {
    const { label, filterCodec } = columns[index]!;
    return filterText(label, filterCodec, value);
  });
}

/** The values of the primary key in a row; throws ArgumentError if one is missing. */
export function rowKey(plan: RelationPlan, row: Readonly<Record<string, unknown>>): readonly unknown[] {
  return requireKey(plan).map(({ column: { name } }) => {
    if (Object.hasOwn(row, name)) return row[name];
    throw new ArgumentError(
      `${plan.relation.key}.${name}: the value is missing; the whole primary key is required`,
    );
  });
}

/** `"a" = $1::text::int4 AND "b" = $2::text` of a primary key, and the scope. */
export function keyClause(plan: RelationPlan, key: unknown): Clause {
  const texts = keyTexts(plan, key);
  const { scope } = plan;
  return {
    shape: scope.shape,
    params: scope.params.length === 0 ? texts : [...texts, ...scope.params],
    sql: binder => keyConditionSql(plan, binder, texts),
  };
}

/** `"a" = $1::text::int4 AND "b" = $2::text` of a key's texts, and the scope. */
export function keyConditionSql(plan: RelationPlan, binder: Binder, texts: readonly string[]): string {
  const columns = requireKey(plan);
  const conditions = texts.map((text, index) => {
    const { quoted, filterCodec } = columns[index]!;
    return `${quoted} ${filterCodec.equals} ${bind(binder, text, filterCodec.castType, columns[index])}`;
  });
  return joinConditions([...conditions, plan.scope.condition(binder, "")]);
}

/** Primary keys as a row source, and the condition that joins it with the table. */
interface KeysSource {
  readonly source: string;
  /** Includes the scope's condition. */
  readonly condition: string;
  /** The number of a key, from 1. */
  readonly number: string;
}

/**
 * Primary keys as one text[] parameter per key column, so that the SQL is the same for any number of keys, and keys of
 * an array or box type are no special case.
 */
export function keysSource(plan: RelationPlan, keys: readonly unknown[], binder: Binder): KeysSource {
  const columns = requireKey(plan);
  const alias = aliasBeside(plan, "keys");
  const tuples = keys.map(key => keyTexts(plan, key));
  const lists = columns.map((_, index) =>
    bind(binder, printArrayLiteral(tuples.map(tuple => tuple[index]!)), "text[]", columns[index]),
  );
  const names = columns.map((_, index) => `"k${index + 1}"`);
  const conditions = columns.map(
    ({ quoted, filterCodec }, index) =>
      `${plan.alias}.${quoted} ${filterCodec.equals} ${alias}.${names[index]}::${filterCodec.castType}`,
  );
  return {
    source: `unnest(${lists.join(", ")}) WITH ORDINALITY AS ${alias} (${names.join(", ")}, "n")`,
    condition: joinConditions([...conditions, plan.scope.condition(binder, `${plan.alias}.`)]),
    number: `${alias}."n"`,
  };
}

/** The values of a key in the order of its columns. */
export function keyValues(
  plan: RelationPlan,
  columns: readonly ColumnPlan[],
  key: unknown,
): readonly unknown[] {
  if (typeof key !== "object" && columns.length === 1) return [key];
  if (isPlainObject(key)) return valuesByName(plan, columns, key);
  const [only] = columns;
  if (columns.length === 1 && only !== undefined && !isKeyTuple(only, key)) return [key];
  if (Array.isArray(key) && key.length === columns.length) return key;
  throw keyError(plan, columns, key);
}

// [7] means the key 7, unless the key column itself is an array.
function isKeyTuple(column: ColumnPlan, key: unknown): boolean {
  return Array.isArray(key) && column.codec.shape.kind !== "array";
}

function valuesByName(
  plan: RelationPlan,
  columns: readonly ColumnPlan[],
  key: Record<string, unknown>,
): readonly unknown[] {
  const names = columns.map(({ column }) => column.name);
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
  const given = Array.isArray(key)
    ? `an array of ${key.length}`
    : isPlainObject(key)
      ? `{ ${Object.keys(key).join(", ")} }`
      : typeof key;
  return new ArgumentError(`the key of ${plan.relation.key} must be ${one}, received ${given}`);
}
