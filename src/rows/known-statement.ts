// The statements of calls for a single row without options, which most calls are. The next row with the same columns is
// validated and printed in one pass, and the statement is not built from its clauses again. Values are never stored.
import { type Labels, parameterColumns, withColumns } from "../driver/statement.ts";
import { isPlainObject, requireSnapshot } from "../schema/arguments.ts";
import { derive } from "../schema/derived.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { isFragment } from "../statements/fragment.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import { isEmptyScope, MAX_SHAPES, type RowStatement } from "../statements/statement.ts";
import type { Codec } from "../types/codec.ts";
import { type TableRules, tableRules } from "../validate/rules.ts";
import type { TableContext } from "./write.ts";

type RowWrite = "insert" | "update" | "upsert";
type KeyCall = "get" | "deleteRow";

/** A statement without its parameters, and their columns. */
interface KnownStatement {
  readonly text: string;
  readonly output: RowStatement["output"];
  readonly labels: Labels;
}

function withoutParams({ text, params, output }: RowStatement): KnownStatement {
  return { text, output, labels: parameterColumns(params) };
}

// The parts one by one, because copying an object takes longer.
function withParams({ text, output, labels }: KnownStatement, params: readonly string[]): RowStatement {
  return { text, params: withColumns(params, labels), output };
}

interface KnownKey {
  readonly codec: Codec;
  readonly statement: KnownStatement;
}

const knownKeys = derive((schema: AnySchema) => {
  requireSnapshot(schema);
  return { get: new Map<string, KnownKey>(), deleteRow: new Map<string, KnownKey>() };
});

/** The statement of a call for the row with a key; for a key of one column `build` is called once per table. */
export function keyStatement(
  schema: AnySchema,
  table: string,
  call: KeyCall,
  key: unknown,
  build: (schema: AnySchema, table: string, key: unknown) => RowStatement,
): RowStatement {
  const known = typeof key === "object" ? undefined : knownKeys(schema)[call].get(table);
  if (known !== undefined && known.codec.check(key) === undefined)
    return withParams(known.statement, [known.codec.print(key as never)]);
  const statement = build(schema, table, key);
  const plan = relationPlan(schema, table);
  const [column, ...others] = plan.key;
  if (known === undefined && column !== undefined && others.length === 0 && canRemember(schema, plan))
    knownKeys(schema)[call].set(table, {
      codec: column.filterCodec,
      statement: withoutParams(statement),
    });
  return statement;
}

interface KnownField {
  readonly name: string;
  readonly check: (value: unknown) => unknown;
  readonly print: Codec["print"];
  readonly nullable: boolean;
  /** The column's place in the key of an update, whose parameters come last; -1 for other columns. */
  readonly keyPlace: number;
}

/** The columns of rows that were written. Which of them are NULL is a number with one bit per column. */
interface KnownRows {
  readonly fields: readonly KnownField[];
  readonly statements: Map<number, KnownStatement>;
}

/** The largest number of different lists of columns per table and function. */
const MAX_KNOWN = 4;
/** JavaScript numbers have 53 bits. */
const MAX_COLUMNS = 50;

const knownRows = derive((schema: AnySchema) => {
  requireSnapshot(schema);
  return {
    insert: new Map<string, KnownRows[]>(),
    update: new Map<string, KnownRows[]>(),
    upsert: new Map<string, KnownRows[]>(),
  };
});

/** The statement of a valid row whose columns an earlier row had; undefined for every other row, and with options. */
export function knownStatement(
  { schema, table, options }: TableContext,
  write: RowWrite,
  row: unknown,
): RowStatement | undefined {
  const known = options === undefined ? knownRows(schema)[write].get(table) : undefined;
  if (known === undefined || !isPlainObject(row)) return undefined;
  const rows = rowsLike(known, Object.keys(row));
  return rows === undefined ? undefined : rowStatement(rows, row);
}

// Loops by index, because this is much of the library's own work for a row.
function rowsLike(known: readonly KnownRows[], names: readonly string[]): KnownRows | undefined {
  for (let at = 0; at < known.length; at++) if (hasNames(known[at]!.fields, names)) return known[at];
  return undefined;
}

function hasNames(fields: readonly KnownField[], names: readonly string[]): boolean {
  if (fields.length !== names.length) return false;
  for (let at = 0; at < names.length; at++) if (fields[at]!.name !== names[at]) return false;
  return true;
}

function rowStatement(
  { fields, statements }: KnownRows,
  row: Record<string, unknown>,
): RowStatement | undefined {
  const params: string[] = [];
  const key: string[] = [];
  let nulls = 0;
  for (let at = 0; at < fields.length; at++) {
    const { name, check, print, nullable, keyPlace } = fields[at]!;
    // Read once, because a getter could return a different value later.
    const value = row[name];
    nulls *= 2;
    if (value === null) {
      if (!nullable) return undefined;
      nulls++;
      continue;
    }
    if (check(value) !== undefined) return undefined;
    const text = print(value as never);
    if (keyPlace === -1) params.push(text);
    else key[keyPlace] = text;
  }
  const statement = statements.get(nulls);
  if (statement === undefined) return undefined;
  for (let place = 0; place < key.length; place++) params.push(key[place]!);
  return withParams(statement, params);
}

/** Remembers the statement of a valid row. One with raw SQL or a getter has a text or values of its own. */
export function rememberRow(
  { schema, table, options }: TableContext,
  write: RowWrite,
  row: Readonly<Record<string, unknown>>,
  statement: RowStatement,
): void {
  const names = Object.keys(row);
  if (options !== undefined || names.length > MAX_COLUMNS || !names.every(name => isData(row, name))) return;
  const plan = relationPlan(schema, table);
  if (!canRemember(schema, plan)) return;
  const ofTable = knownRows(schema)[write];
  const known = ofTable.get(table) ?? [];
  ofTable.set(table, known);
  const nulls = names.reduce((sum, name) => sum * 2 + (row[name] === null ? 1 : 0), 0);
  const same = rowsLike(known, names);
  if (same !== undefined && same.statements.size < MAX_SHAPES)
    same.statements.set(nulls, withoutParams(statement));
  if (same !== undefined || known.length === MAX_KNOWN) return;
  const rules = tableRules(schema, table, write === "update" ? "update" : "insert");
  const fields = rules.isRefined ? undefined : fieldsOf(plan, rules, names);
  if (fields !== undefined) known.push({ fields, statements: new Map([[nulls, withoutParams(statement)]]) });
}

function isData(row: object, name: string): boolean {
  const { get, value } = Object.getOwnPropertyDescriptor(row, name)!;
  return get === undefined && !isFragment(value);
}

/** Undefined if one of the columns is not written. */
function fieldsOf(
  { columns, key }: RelationPlan,
  { columns: rules, purpose }: TableRules,
  names: readonly string[],
): readonly KnownField[] | undefined {
  const fields: KnownField[] = [];
  for (const name of names) {
    const column = columns.get(name)!;
    const keyPlace = purpose === "update" ? key.indexOf(column) : -1;
    const { codec, filterCodec } = column;
    const rule = keyPlace === -1 ? rules.get(name) : { check: filterCodec.check, nullable: false };
    if (rule === undefined) return undefined;
    const { print } = keyPlace === -1 ? codec : filterCodec;
    fields.push({ name, check: rule.check, print, nullable: rule.nullable, keyPlace });
  }
  return fields;
}

// Under a scope, with inheritance and on several nodes a statement has more parameters, and a Date in a key stands for several
// values.
function canRemember(
  schema: AnySchema,
  { relation, key, hasChildren, scope, distribution }: RelationPlan,
): boolean {
  return (
    relation.kind === "table" &&
    isEmptyScope(schema.scope) &&
    scope.rules.length === 0 &&
    !hasChildren &&
    distribution === undefined &&
    key.every(({ codec, hasDates }) => codec.last === undefined && !hasDates)
  );
}
