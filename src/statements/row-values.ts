import { ArgumentError } from "../errors.ts";
import { requireObject } from "../schema/arguments.ts";
import { derive } from "../schema/derived.ts";
import type { AnySchema, Relation } from "../schema/snapshot.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { isGeneratedFrom } from "./column-value.ts";
import { isDefaultText, isFragment } from "./fragment.ts";
import { partSql } from "./fragment-sql.ts";
import { NO_GUARD, referenceGuard } from "./reference-guard.ts";
import { planColumn, type RelationPlan } from "./relation-plan.ts";
import { hasTopLevelComma } from "./scan-sql.ts";
import { contradiction, hasScopeText } from "./scope-contradiction.ts";
import { type Binder, bind, type Clause, isEmptyScope, joinParams, MAX_SHAPES } from "./statement.ts";

/** A column and its new value: a validated value, null, raw SQL, or the text of the scope. */
export interface Assignment {
  readonly column: ColumnPlan;
  readonly value: unknown;
}

const SCOPED: unique symbol = Symbol.for("rowfn.scopeValue");

interface ScopeValue {
  readonly [SCOPED]: string | null;
}

/** The assignments of a row that passed validation, in the row's order. */
export function assignments(plan: RelationPlan, row: object): readonly Assignment[] {
  requireObject("row", row);
  const given: Assignment[] = [];
  for (const name of Object.keys(row))
    given.push({ column: planColumn(plan, name), value: row[name as keyof typeof row] });
  return given;
}

/** The value as SQL; it is added to the parameters. */
export function assignedSql(schema: AnySchema, binder: Binder, { column, value }: Assignment): string {
  const { codec } = column;
  if (value === null) return "NULL";
  if (isFragment(value)) return expressionSql(column, partSql(schema, binder, value, column.label));
  const text = assignedText({ column, value });
  return text === null ? "NULL" : bind(binder, text, codec.castType, column);
}

// A list would be the next assignment, or in parentheses a row, which PostgreSQL casts to text.
function expressionSql({ label }: ColumnPlan, text: string): string {
  if (hasTopLevelComma(text))
    throw new ArgumentError(`${label}: expr must be one expression, received the list ${text}`);
  return isDefaultText(text) ? text : `(${text})`;
}

/** `("a", "b") VALUES ($1::text::int4, NULL)`, or `DEFAULT VALUES`; with `sqlOf` its text is not cached. */
export function valuesClause(
  schema: AnySchema,
  plan: RelationPlan,
  values: RowValues,
  sqlOf?: (binder: Binder, assignment: Assignment) => string,
): Clause {
  const clause = guardedClause(
    schema,
    plan,
    values,
    "",
    (columns, texts) =>
      columns.length === 0
        ? "DEFAULT VALUES"
        : `(${columns.map(({ quoted }) => quoted).join(", ")})${plan.overriding} VALUES (${texts.join(", ")})`,
    sqlOf,
  );
  return sqlOf === undefined ? clause : { ...clause, shape: undefined, params: [] };
}

/** `"a" = $1::text::int4, "b" = NULL` */
export function setClause(schema: AnySchema, plan: RelationPlan, values: RowValues): Clause {
  return guardedClause(schema, plan, values, undefined, setList);
}

/** `"a" = $1::text::int4, "b" = NULL` */
export function setSql(
  schema: AnySchema,
  plan: RelationPlan,
  binder: Binder,
  changes: readonly Assignment[],
): string {
  const values = { shape: undefined, params: [], given: () => changes };
  return setClause(schema, plan, values).sql(binder);
}

function setList(columns: readonly ColumnPlan[], values: readonly string[]): string {
  return columns.map(({ quoted }, at) => `${quoted} = ${values[at]}`).join(", ");
}

function guardedClause(
  schema: AnySchema,
  plan: RelationPlan,
  { params, shape, given }: RowValues,
  from: string | undefined,
  write: (columns: readonly ColumnPlan[], values: readonly string[]) => string,
  sqlOf = (binder: Binder, assignment: Assignment): string => assignedSql(schema, binder, assignment),
): Clause {
  const columns = shape?.columns ?? given().map(({ column }) => column);
  const guard = isEmptyScope(schema.scope) ? NO_GUARD : referenceGuard(schema, plan, columns, from);
  return {
    shape: guard.shape,
    params: joinParams(params, guard.params),
    sql: binder => {
      const texts = given().map(one => sqlOf(binder, one));
      return write(columns, guard.guard(binder, texts));
    },
  };
}

/** A value that is not raw SQL, as PostgreSQL's text. */
export function assignedText({ column, value }: Assignment): string | null {
  if (value === null) return null;
  return isScopeValue(value) ? value[SCOPED] : column.codec.print(value);
}

function isScopeValue(value: unknown): value is ScopeValue {
  return typeof value === "object" && value !== null && SCOPED in value;
}

/** Whether the value comes from the scope, which is one value for all rows. */
export function isStamp({ value }: Assignment): boolean {
  return isScopeValue(value);
}

/** The assignments, including the scope's; throws ArgumentError for a value that contradicts the scope. */
export function withScope(plan: RelationPlan, given: readonly Assignment[]): readonly Assignment[] {
  const { rules } = plan.scope;
  if (rules.length === 0) return given;
  const stamps = rules.map(({ column, text }) => ({ column, value: { [SCOPED]: text } }));
  return [...withoutScope(plan, given), ...stamps];
}

/** The assignments without the scoped columns, which no update changes; throws ArgumentError as `withScope` does. */
export function withoutScope(plan: RelationPlan, given: readonly Assignment[]): readonly Assignment[] {
  if (plan.scope.rules.length === 0) return given;
  const others = given.filter(assignment => !isInScope(plan, assignment));
  for (const { column } of others) requireNoSource(plan, column);
  return others;
}

// A generated column of the scope would change with the columns of its expression.
function requireNoSource({ scope }: RelationPlan, source: ColumnPlan): void {
  const found = scope.rules.find(({ column }) => isGeneratedFrom(column, source));
  if (found === undefined) return;
  throw new ArgumentError(
    `${source.label}: ${found.column.label} of the snapshot's scope is generated from the column; pass a snapshot without this scope`,
    { columns: [source.column.name] },
  );
}

// True for a scoped column, whose value must be the scope's: the scope's own text stands for it.
function isInScope(plan: RelationPlan, { column, value }: Assignment): boolean {
  const rule = plan.scope.rules.find(scoped => scoped.column.column.name === column.column.name);
  if (rule === undefined) return false;
  if (hasScopeText(column, value, rule.text)) return true;
  throw contradiction(column, "");
}

/** The parts that rows with one SQL text share: their columns and which are NULL. Values are never cached. */
export interface RowShape {
  readonly columns: readonly ColumnPlan[];
  readonly nulls: readonly boolean[];
}

/** The values of a row for a statement. */
export interface RowValues {
  /** Undefined for a row with raw SQL, whose text must not be cached. */
  readonly shape: RowShape | undefined;
  readonly params: readonly string[];
  /** For a text that is not cached yet. */
  readonly given: () => readonly Assignment[];
}

type Purpose = "insert" | "update";

interface TableShapes {
  readonly byName: Map<string, RowShape>;
  /** The shape of the last row, which the next row mostly has too. */
  readonly last: Partial<Record<Purpose, RowShape>>;
}

const shapesOf = derive((_relation: Relation): TableShapes => ({ byName: new Map(), last: {} }));

/** The values of a row that passed validation, in the order of the row, with the values of the scope. */
export function rowValues(plan: RelationPlan, row: object, purpose: Purpose): RowValues {
  requireObject("row", row);
  const shapes = shapesOf(plan.relation);
  const isScoped = plan.scope.rules.length > 0;
  const again = isScoped ? undefined : valuesLike(shapes.last[purpose], row);
  if (again !== undefined) return again;
  const restricted = purpose === "insert" ? withScope : withoutScope;
  const given = restricted(plan, assignments(plan, row));
  if (given.some(({ value }) => isFragment(value)))
    return { shape: undefined, params: [], given: () => given };
  const texts = given.map(assignedText);
  const shape = rowShape(shapes, given, texts);
  if (!isScoped) shapes.last[purpose] = shape;
  return { shape, params: texts.filter(text => text !== null), given: () => given };
}

function rowShape(
  { byName }: TableShapes,
  given: readonly Assignment[],
  texts: readonly (string | null)[],
): RowShape {
  const name = given.map(({ column }, at) => `${column.shape}${texts[at] === null ? "-" : ""}`).join("");
  const known = byName.get(name);
  if (known !== undefined) return known;
  const shape = { columns: given.map(({ column }) => column), nulls: texts.map(text => text === null) };
  if (byName.size >= MAX_SHAPES) byName.clear();
  byName.set(name, shape);
  return shape;
}

// Each value is read once, because a getter could return a different one later.
function valuesLike(shape: RowShape | undefined, row: object): RowValues | undefined {
  if (shape === undefined) return undefined;
  const { columns, nulls } = shape;
  const names = Object.keys(row);
  if (names.length !== columns.length) return undefined;
  const values: unknown[] = [];
  const texts: string[] = [];
  for (let at = 0; at < columns.length; at++) {
    const { column, codec } = columns[at]!;
    const value = row[column.name as keyof typeof row] as unknown;
    if (column.name !== names[at] || (value === null) !== nulls[at] || isFragment(value)) return undefined;
    values.push(value);
    if (value !== null) texts.push(codec.print(value));
  }
  return { shape, params: texts, given: () => values.map((value, at) => ({ column: columns[at]!, value })) };
}
