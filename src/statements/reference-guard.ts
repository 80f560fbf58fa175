import { ScopeError } from "../errors.ts";
import { derive, deriveByKey } from "../schema/derived.ts";
import { childrenOf } from "../schema/partitions.ts";
import { quoteIdentifier } from "../schema/quote.ts";
import { isSameName } from "../schema/relation.ts";
import type { AnySchema, Relation, Scope } from "../schema/snapshot.ts";
import { type ColumnPlan, isSameValue, nullSql } from "./column-plan.ts";
import { hasDefault, isDecidedBy, otherValueSql, sourcesOf, typedSql } from "./column-value.ts";
import { ownTableSql, planColumn, type RelationPlan, relationPlan } from "./relation-plan.ts";
import { type Binder, isEmptyScope, joinConditions, namesShape } from "./statement.ts";

// PostgreSQL checks foreign keys without the scope. The statement itself therefore looks each referenced row up inside
// the scope, and fails with this text if it does not exist.
const MARK = "rowfn scope";

/** A foreign key to a table with a scope that the key's own columns do not imply. */
interface Reference {
  readonly columns: readonly ColumnPlan[];
  readonly target: RelationPlan;
  /** The referenced columns, in the same order. */
  readonly key: readonly ColumnPlan[];
  /** Whether the last column is a PERIOD, which several referenced rows may cover together. */
  readonly isPeriod: boolean;
  /** The table that has the foreign key, if it has columns that the written parent lacks. */
  readonly child: Relation | undefined;
  /** All that the text depends on. */
  readonly shape: string;
}

/** Guards the foreign keys of the columns that a statement writes. */
export interface ReferenceGuard {
  /** All that the text depends on, apart from the columns. */
  readonly shape: string;
  /** The parameters that `guard` binds. */
  readonly params: readonly string[];
  /** The values of the columns as SQL that fails for a reference to a row outside the scope. */
  readonly guard: (binder: Binder, values: readonly string[]) => readonly string[];
}

/** The guard of a statement of a snapshot without a scope. */
export const NO_GUARD: ReferenceGuard = { shape: "", params: [], guard: (_binder, values) => values };

/**
 * The guard of a statement that writes `columns` of a table. `from` is the source of inserted rows, which can refer to
 * each other; undefined for an update. `number` is the SQL of a row's number from 1, for the error.
 */
export function referenceGuard(
  schema: AnySchema,
  plan: RelationPlan,
  columns: readonly ColumnPlan[],
  from: string | undefined,
  number?: string,
): ReferenceGuard {
  if (isEmptyScope(schema.scope)) return NO_GUARD;
  const found = referencesByScope(schema.relations, plan.relation)(schema.scope, schema).filter(
    reference =>
      // Rows that are inserted into the parent are not rows of the child.
      !(reference.child !== undefined && from !== undefined) &&
      (reference.columns.some(column => isDecidedBy(columns, column)) ||
        (from !== undefined && reference.columns.every(hasDefault))),
  );
  return guardOf(plan, columns, found, { from, number });
}

/**
 * The guard of the columns that an upsert changes in an existing row. A reference whose columns are all `same` as in the row to
 * insert has the guard of that row.
 */
export function changeGuard(
  schema: AnySchema,
  plan: RelationPlan,
  columns: readonly ColumnPlan[],
  same: (column: ColumnPlan) => boolean,
): ReferenceGuard {
  if (isEmptyScope(schema.scope)) return NO_GUARD;
  const found = referencesByScope(schema.relations, plan.relation)(schema.scope, schema).filter(
    reference =>
      reference.child === undefined &&
      reference.columns.some(column => isDecidedBy(columns, column)) &&
      !reference.columns.every(column => sourcesOf(plan, column).every(same)),
  );
  return guardOf(plan, columns, found, { from: undefined, number: undefined });
}

interface GuardedRows {
  readonly from: string | undefined;
  readonly number: string | undefined;
}

function guardOf(
  plan: RelationPlan,
  columns: readonly ColumnPlan[],
  found: readonly Reference[],
  rows: GuardedRows,
): ReferenceGuard {
  if (found.length === 0) return NO_GUARD;
  const child = found.find(reference => reference.child !== undefined)?.child;
  if (child !== undefined) throw new ScopeError(`${plan.relation.key}: ${childReason(child)}`);
  return {
    shape: found.map(({ shape }) => shape).join(""),
    params: found.flatMap(({ target }) => target.scope.params),
    guard: (binder, values) => {
      const texts = new Map(columns.map((column, at) => [column, typedSql(column, values[at]!)]));
      const result = [...values];
      for (const reference of found) {
        // Another column guards the defaults and what is generated.
        const at = Math.max(
          columns.findIndex(column => reference.columns.includes(column)),
          0,
        );
        if (columns.length === 0) throw new ScopeError(`${plan.relation.key}: ${defaultReason(reference)}`);
        const text = guardSql(plan, reference, binder, texts, columns[at]!, rows);
        result[at] = text;
        texts.set(columns[at]!, text);
      }
      return result;
    },
  };
}

function defaultReason({ columns }: Reference): string {
  const names = columns.map(({ column }) => column.name).join(", ");
  return `the default of ${names} cannot be checked against the snapshot's scope in a row without values; pass a value`;
}

function guardSql(
  plan: RelationPlan,
  { columns, target, key, isPeriod }: Reference,
  binder: Binder,
  texts: ReadonlyMap<ColumnPlan, string>,
  guarded: ColumnPlan,
  { from, number }: GuardedRows,
): string {
  const values = columns.map(column => texts.get(column) ?? otherValueSql(plan, column, texts, from));
  const names = columns.map((_, at) => `"reference"."v${at + 1}"`);
  const same = (isPeriod ? key.slice(0, -1) : key).map(
    ({ quoted }, at) => `"target".${quoted} = ${names[at]}`,
  );
  const table = `SELECT FROM ${ownTableSql(target)} AS "target" WHERE`;
  const inside = joinConditions([...same, target.scope.condition(binder, `"target".`)]);
  const exists = isPeriod
    ? `(SELECT pg_catalog.range_agg("target".${key.at(-1)!.quoted}) FROM ${ownTableSql(target)} AS "target" WHERE ${inside}) @> ${names.at(-1)}`
    : `EXISTS (${table} ${inside})`;
  const accepted = [...columns.map((column, at) => nullSql(column, names[at]!)), exists];
  // Rows that are inserted together can refer to each other.
  const own = key.map(
    column =>
      texts.get(column) ??
      (column.column.generated !== null && target.relation === plan.relation
        ? otherValueSql(plan, column, texts, from)
        : undefined),
  );
  if (!isPeriod && from !== undefined && own.every(text => text !== undefined))
    accepted.push(
      `(${names.join(", ")}) IN (SELECT ${own.join(", ")}${from}) AND NOT EXISTS (${table} ${same.join(" AND ")})`,
    );
  const label = columns
    .map(({ column: { name } }) => (PLAIN.test(name) ? name : quoteIdentifier(name)))
    .join(", ");
  const place = `: ${plan.relation.key}.${label}`.replaceAll("'", "''");
  // A constant would be cast, and fail, when the statement is planned.
  accepted.push(
    number === undefined
      ? `(SELECT '${MARK}${place}')::bool`
      : `(SELECT '${MARK} ' || ${number} || '${place}')::bool`,
  );
  const list = columns.map((_, at) => `"v${at + 1}"`).join(", ");
  return `(SELECT CASE WHEN ${accepted.join(" OR ")} THEN ${names[columns.indexOf(guarded)] ?? texts.get(guarded)} END FROM (SELECT ${values.join(", ")}) AS "reference" (${list}))`;
}

// Other names are quoted in the place of a reference.
const PLAIN = /^[^".,][^.,]*$/;
const COLUMN = /(?:^|, )(?:"((?:[^"]|"")+)"|([^.,]+))/g;
const COLUMNS = /(?<=\.)(?:"(?:[^"]|"")+"|[^.,]+)(?:, (?:"(?:[^"]|"")+"|[^.,]+))*$/;

/** The error of a statement whose guard found a reference to a row outside the scope; undefined for other errors. */
export function findReferenceError(cause: unknown): ScopeError | undefined {
  const message = (cause as { readonly message?: unknown } | undefined)?.message;
  // The server's translations quote differently.
  const [, number, place] = /["»«]\s?rowfn scope(?: (\d+))?: (.*?)\s?["»«]$/s.exec(String(message)) ?? [];
  if (place === undefined) return undefined;
  const [list = ""] = COLUMNS.exec(place) ?? [];
  const columns = [...list.matchAll(COLUMN)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!,
  );
  const text = `${place}: the referenced row does not exist in the snapshot's scope; nothing was written`;
  return new ScopeError(text, columns, number === undefined ? [] : [Number(number) - 1]);
}

// `declare` adds foreign keys to a table under a view, or to a partition, and leaves the view or parent as it is.
const referencesByScope = deriveByKey((_relations: readonly Relation[], relation: Relation) =>
  derive((_scope: Scope, schema: AnySchema) => referencesOf(schema, relation)),
);

function referencesOf(schema: AnySchema, relation: Relation): readonly Reference[] {
  const plan = relationPlan(schema, relation.key);
  const isView = relation.kind === "view";
  return writtenTables(schema, relation).flatMap(table =>
    table.foreignKeys.flatMap(({ columns, references, period }): Reference[] => {
      const found = schema.relations.find(one => isSameName(one, references));
      const target = found && relationPlan(schema, found.key);
      if (target === undefined || isImplied(plan, target, columns, references.columns)) return [];
      if (isView && table !== relation) throw new ScopeError(`${relation.key}: ${viewReason(table)}`);
      const own = columns.flatMap(name => plan.columns.get(name) ?? []);
      const child = own.length < columns.length ? table : undefined;
      const key = references.columns.map(name => planColumn(target, name));
      const shape = `^${namesShape([ownTableSql(target), ...columns])}${namesShape(references.columns)}${period}${target.scope.shape}`;
      return [{ columns: own, target, key, isPeriod: period, child, shape }];
    }),
  );
}

function viewReason({ key }: Relation): string {
  return `a write through the view cannot check the foreign keys of ${key} against the snapshot's scope; write to ${key}`;
}

function childReason({ key }: Relation): string {
  return `a write through the parent cannot check a foreign key of ${key} against the snapshot's scope, because the parent has only some of its columns; write to ${key}`;
}

// The table and its partitions and children, whose foreign keys are checked too; all tables under a view.
function writtenTables(schema: AnySchema, relation: Relation): readonly Relation[] {
  const inner =
    relation.kind === "view"
      ? schema.relations.filter(one => relation.dependsOn.some(name => isSameName(one, name)))
      : childrenOf(schema, relation);
  return [relation, ...inner.flatMap(one => writtenTables(schema, one))];
}

// Whether the foreign key has the scoped columns of the table that it refers to, and the same values in them.
function isImplied(
  plan: RelationPlan,
  target: RelationPlan,
  columns: readonly string[],
  key: readonly string[],
): boolean {
  return target.scope.rules.every(({ column, text }) => {
    const name = columns[key.indexOf(column.column.name)];
    return plan.scope.rules.some(
      rule => rule.column.column.name === name && isSameValue(rule.column, rule.text, text),
    );
  });
}
