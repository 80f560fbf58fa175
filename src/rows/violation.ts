import { countQuotes, quotedNames } from "../driver/quoted-text.ts";
import { constraintsOf } from "../schema/constraints.ts";
import { partsOf } from "../schema/pg-type.ts";
import { mayMention, unquoted } from "../schema/quote.ts";
import type { AnySchema, ForeignKey, Relation } from "../schema/snapshot.ts";
import { conditionText } from "../types/condition-text.ts";
import { type ErrorFields, keyTexts } from "./error-fields.ts";

/** The rule that a row breaks: `missing` is a foreign key without its row, `referenced` a row that others refer to. */
export type ConstraintKind =
  | "unique"
  | "missing"
  | "referenced"
  | "check"
  | "notNull"
  | "exclusion"
  | "partition"
  | "viewCheck"
  | "domain";

/** A table and some of its columns. */
export interface TableColumns {
  readonly table: string;
  readonly columns: readonly string[];
}

/** A violated constraint and what the snapshot knows of it. */
export interface Violation {
  readonly table: string | undefined;
  readonly columns: readonly string[];
  readonly references?: TableColumns | undefined;
  /** The condition of a CHECK, a domain or a view; the definition of an exclusion constraint. */
  readonly condition?: string | undefined;
  /** The table whose partition does not accept the row. */
  readonly partitionOf?: string | undefined;
}

/** A violation as PostgreSQL reports it. COMMIT has no table of its own, and not every caller has a snapshot. */
export interface Report {
  readonly schema: AnySchema | undefined;
  /** The table that the caller wrote to. */
  readonly written: Relation | undefined;
  readonly fields: ErrorFields;
  /** The columns of the statement's parameters, as `table.column`. */
  readonly sent: readonly (string | undefined)[];
  /** The column of the value that PostgreSQL could not read, as `table.column`. */
  readonly rejected?: string | undefined;
}

// A value that is too long or out of range breaks the limit of a type.
const KINDS: Readonly<Record<string, ConstraintKind>> = {
  "22001": "check",
  "22003": "check",
  "23001": "referenced",
  "23502": "notNull",
  "23503": "missing",
  "23505": "unique",
  "23514": "check",
  "23P01": "exclusion",
  "44000": "viewCheck",
};

/** The kind of constraint that an error is about; undefined for other errors. */
export function constraintKind(
  sqlstate: string | undefined,
  { dataType, constraint, table, message = "" }: ErrorFields,
): ConstraintKind | undefined {
  const kind = KINDS[sqlstate ?? ""];
  if (dataType && (kind === "check" || kind === "notNull")) return "domain";
  if (kind === "check" && table && !constraint) return "partition";
  // The message names the table of the foreign key and the constraint, and for a referenced row also the row's table.
  return kind === "missing" && countQuotes(message, [constraint, table]) > 2 ? "referenced" : kind;
}

/** The table, the columns and the condition of a violated constraint. */
export function violationOf(kind: ConstraintKind, report: Report): Violation {
  const { schema, written, fields } = report;
  if (kind === "domain") return { table: written?.key, ...domainOf(report) };
  if (kind === "viewCheck") return { table: written?.key, ...viewCondition(written) };
  const reporting = findByName(schema, fields.schema, fields.table);
  const found = reporting && constraintsOf(reporting).find(({ name }) => name === fields.constraint);
  if (kind === "referenced") return referencedTable(report, found as ForeignKey | undefined);
  const relation = reporting && writtenTable(schema, reporting, written);
  const names = fields.column
    ? [fields.column]
    : (found?.columns ?? keyTexts(fields)?.names ?? rejectedName(report));
  const columns = names ?? (kind === "partition" ? partitionColumns(schema, reporting) : []);
  const other = tableName(fields);
  // A trigger can raise an error with a detail about columns that the table does not have.
  const known = relation ?? (other === undefined ? written : undefined);
  return {
    table: relation?.key ?? other ?? written?.key,
    columns: columns.filter(name => name !== null && hasColumn(known, name)) as string[],
    references: kind === "missing" ? referencesOf(report, found as ForeignKey | undefined) : undefined,
    condition: conditionOf(found),
    partitionOf: kind === "partition" ? parentOf(schema, reporting)?.key : undefined,
  };
}

function rejectedName({ written, rejected }: Report): readonly string[] | undefined {
  const start = `${written?.key}.`;
  return rejected?.startsWith(start) ? [rejected.slice(start.length)] : undefined;
}

function findByName(
  schema: AnySchema | undefined,
  namespace: string | undefined,
  name: string | undefined,
): Relation | undefined {
  return schema?.relations.find(one => one.name === name && one.schema === namespace);
}

function tableName({ schema, table }: ErrorFields): string | undefined {
  return table && (schema === "public" ? table : `${schema}.${table}`);
}

function hasColumn(relation: Relation | undefined, name: string): boolean {
  return relation?.columns.some(column => column.name === name) ?? true;
}

function conditionOf(
  constraint: { readonly expression?: string; readonly definition?: string } | undefined,
): string | undefined {
  const { expression, definition } = constraint ?? {};
  return expression === undefined ? definition : conditionText(expression);
}

// PostgreSQL reports the partition that a row belongs to, but the caller wrote to its parent.
function writtenTable(
  schema: AnySchema | undefined,
  reporting: Relation,
  written: Relation | undefined,
): Relation {
  for (let table: Relation | undefined = reporting; table?.isPartition; ) {
    table = parentOf(schema, table);
    if (table !== undefined && (table === written || (written === undefined && !table.isPartition)))
      return table;
  }
  return reporting;
}

function parentOf(schema: AnySchema | undefined, partition: Relation | undefined): Relation | undefined {
  const [parent] = partition?.parents ?? [];
  return findByName(schema, parent?.schema, parent?.name);
}

// `RANGE (k, "createdAt" COLLATE "C", lower(name))` is the partition key of the parent.
function partitionColumns(schema: AnySchema | undefined, partition: Relation | undefined): readonly string[] {
  const key = parentOf(schema, partition)?.partitionKey ?? "";
  return [...key.matchAll(/(?:\(|, )("(?:[^"]|"")*"|\w+)/g)].map(([, name]) => unquoted(name!));
}

function referencesOf(
  { schema, fields: { detail = "" } }: Report,
  key: ForeignKey | undefined,
): TableColumns | undefined {
  const { references } = key ?? {};
  const table = findByName(schema, references?.schema, references?.name)?.key ?? quotedNames(detail).at(-1);
  return table === undefined ? undefined : { table, columns: references?.columns ?? [] };
}

// PostgreSQL reports the table of the foreign key; the row is in the table that it refers to.
function referencedTable({ schema, fields }: Report, key: ForeignKey | undefined): Violation {
  const { references } = key ?? {};
  const target = findByName(schema, references?.schema, references?.name);
  const referring = findByName(schema, fields.schema, fields.table)?.key ?? tableName(fields) ?? "";
  return {
    table: target?.key ?? quotedNames(fields.message ?? "")[0],
    columns: references?.columns ?? keyTexts(fields)?.names ?? [],
    references: { table: referring, columns: key?.columns ?? [] },
  };
}

// The columns whose type is the domain or contains it; only those that were sent, if any.
function domainOf({ schema, written, fields, sent }: Report): Pick<Violation, "columns" | "condition"> {
  const types = schema?.types ?? {};
  const key = Object.keys(types).find(
    one => types[one]!.name === fields.dataType && types[one]!.schema === fields.schema,
  );
  const contains = (type: string): boolean =>
    type === key || (types[type] !== undefined && partsOf(types[type]).some(contains));
  const domain = types[key ?? ""];
  const check = domain?.kind === "domain" && domain.checks.find(({ name }) => name === fields.constraint);
  const all = (written?.columns ?? []).filter(({ typeKey }) => contains(typeKey)).map(({ name }) => name);
  const given = all.filter(name => sent.includes(`${written!.key}.${name}`));
  return { columns: given.length > 0 ? given : all, condition: conditionOf(check || undefined) };
}

// A view's CHECK OPTION requires its WHERE clause, which is read only if the query has no other one.
function viewCondition(view: Relation | undefined): Pick<Violation, "columns" | "condition"> {
  const [, where, ...others] = (view?.definition ?? "").split(/\bWHERE\b/);
  if (view === undefined || where === undefined || others.length > 0) return { columns: [] };
  const condition = conditionText(where.trim().replaceAll(/\s+/g, " "));
  return {
    columns: view.columns.map(({ name }) => name).filter(name => mayMention(condition, name)),
    condition,
  };
}
