import { QueryError, ScopeError } from "../errors.ts";
import { derive } from "../schema/derived.ts";
import { relationOf } from "../schema/relation-of.ts";
import type { AnySchema } from "../schema/snapshot.ts";
import { valueText } from "../statements/bulk-rows.ts";
import { isFragment } from "../statements/fragment.ts";
import { type RelationPlan, relationPlan } from "../statements/relation-plan.ts";
import { STAGING_NAME } from "../statements/upsert-many-sql.ts";
import { isSameText } from "../types/canonical-text.ts";
import type { Codec } from "../types/codec.ts";
import { ConstraintError, type FailedCall, factsOf, isWritten, reportedFields } from "./constraint-error.ts";
import { divideKey, type ErrorFields, keyTexts, rowPlace } from "./error-fields.ts";
import { type Place, rejectedPlace } from "./rejected-place.ts";
import { isAsGiven, rowOfDetail } from "./reported-row.ts";
import type { Row, RowGroup } from "./row-groups.ts";

type Rows = RowGroup["rows"];
type GroupCall = FailedCall & { readonly schema: AnySchema; readonly table: string };

/**
 * The error of a statement that writes a group of rows, with the place of the row that caused it: the only one, or the one
 * that PostgreSQL reports by the line of a COPY, by the values of a key or by the inserted row.
 */
export function failingRowError(call: GroupCall, error: unknown, group: RowGroup): unknown {
  if (error instanceof ScopeError) {
    const [at] = error.path;
    return typeof at === "number" ? causedBy(group, at, path => referenceErrorAt(error, path)) : error;
  }
  if (!(error instanceof QueryError)) return error;
  const plan = relationPlan(call.schema, call.table);
  const place = placeInCopy(plan, error, group.rows) ?? rejectedPlace(plan, error, group.rows);
  if (!(error instanceof ConstraintError)) return placedError(plan, error, group, place);
  const { rows } = group;
  const at = rows.length === 1 ? 0 : (place?.row ?? findRow(call, error, rows));
  const inCopy = place?.column === undefined ? error.columns : [place.column];
  const columns = inCopy.map(name => `${error.table}.${name}`);
  const texts = at === undefined ? [] : textsOf(plan, rows[at]!);
  const has = (text: string, codec: Codec): boolean =>
    texts.some(one => one !== null && isSameText(codec, one, text));
  const { sqlstate, cause } = error;
  const column = place?.column && `${plan.relation.key}.${place.column}`;
  const facts = factsOf(call, { sqlstate, cause, column }, { columns, has })!;
  if (at === undefined) return new ConstraintError(error, facts, null);
  return causedBy(group, at, path => new ConstraintError(error, facts, path));
}

// Another value of the key is one of a trigger, or of a row that the trigger's statement writes.
function textsOf(plan: RelationPlan, row: Row): readonly (string | null)[] {
  return Object.keys(row).flatMap(name => {
    const column = plan.columns.get(name);
    return column === undefined || isFragment(row[name]) ? [] : [valueText(plan, column, row, 0)];
  });
}

function causedBy(
  { rows, positions, pathOf = position => [position] }: RowGroup,
  at: number,
  errorAt: (path: readonly (string | number)[]) => Error,
): Error {
  const error = errorAt(pathOf(positions[at]!));
  failed(error).row = rows[at]!;
  return error;
}

const failed = derive((_error: Error): { row?: Row } => ({}));

/** The row that caused an error, if it is known. No member of the error has it, because it can have hidden values. */
export function failedRow(error: Error): Row | undefined {
  return failed(error).row;
}

function referenceErrorAt({ message, columns }: ScopeError, path: readonly (string | number)[]): ScopeError {
  return new ScopeError(message.replace(": ", `${rowPlace(path)}: `), columns, path);
}

function findRow(call: GroupCall, error: ConstraintError, rows: Rows): number | undefined {
  const plan = relationPlan(call.schema, call.table);
  const fields = reportedFields(error.cause as ErrorFields);
  if (!isOfRow(call, error, fields)) return undefined;
  const showsRow = error.kind === "check" || error.kind === "notNull";
  if (showsRow && !isAsGiven(plan)) return undefined;
  return rowOfKey(plan, fields, rows) ?? rowOfDetail(plan, fields.detail ?? "", rows);
}

// The statement of a trigger or a cascade can write other rows, also of the same table; a row that others refer to is reported
// with the values before the update.
function isOfRow(call: GroupCall, { kind, table }: ConstraintError, { where }: ErrorFields): boolean {
  const written = relationOf(call.schema, call.table);
  const isInside = where !== "" && written.kind !== "foreign";
  return kind !== "referenced" && !isInside && isWritten(call, table);
}

// A place is `COPY album, line 3, column title: "x"`, which the server translates. The value can have lines of its own after it.
function placeInCopy(plan: RelationPlan, { cause }: QueryError, rows: Rows): Place | undefined {
  const { where = "" } = reportedFields(cause as ErrorFields);
  const own = [plan.relation.name, STAGING_NAME].map(name => RegExp.escape(name)).join("|");
  const start = new RegExp(
    `^(?:COPY (?:${own})|(?:${own})のCOPY|(?:${own}) 복사)(?!\\w)[^\\d\\n]*(\\d+)(.*)`,
    "m",
  );
  const [found = "", line, rest = ""] = start.exec(where) ?? [];
  const row = rows[Number(line) - 1];
  if (row === undefined) return undefined;
  const names = Object.keys(row).filter(name => !plan.scope.names.has(name));
  const isStaged = found.includes(STAGING_NAME);
  const shown = names.map((name, at) => ({ name, text: isStaged ? `c${at + 1}` : name }));
  return { row: Number(line) - 1, column: columnInCopy(shown, rest) };
}

// The value can contain the name of another column.
function columnInCopy(
  names: readonly { readonly name: string; readonly text: string }[],
  rest: string,
): string | undefined {
  const found = names
    .map(({ name, text }) => ({ name, at: rest.search(new RegExp(`(?<!\\w)${RegExp.escape(text)}: "`)) }))
    .filter(({ at }) => at !== -1)
    .toSorted((a, b) => a.at - b.at);
  return found[0]?.name;
}

// A statement that was stopped, or had no connection, lock or space, did not fail because of its row.
const NOT_OF_ROW = /^(?:08|25|40|53|55|57|58|XX)/;

/** The error with the place of the value in its message; the same error if the place is not known. */
function placedError(
  { relation }: RelationPlan,
  error: QueryError,
  { rows, positions, pathOf = position => [position] }: RowGroup,
  place: Place | undefined,
): QueryError {
  const { sqlstate, text, hint, position, cause } = error;
  if (place === undefined || sqlstate === undefined || NOT_OF_ROW.test(sqlstate)) return error;
  const column = place.column && `${relation.key}.${place.column}`;
  const number = place.row === undefined ? "" : rowPlace(pathOf(positions[place.row]!));
  const message = `${column ?? relation.key}${number}: ${error.message}`;
  const placed = new QueryError(message, { sqlstate, text, hint, position, column, cause });
  if (place.row !== undefined) failed(placed).row = rows[place.row]!;
  return placed;
}

// The scope gives all rows the same value.
function rowOfKey(plan: RelationPlan, fields: ErrorFields, rows: Rows): number | undefined {
  const key = keyTexts(fields);
  if (key === undefined || key.names.every(name => plan.scope.names.has(name))) return undefined;
  const columns = key.names.map(name => plan.columns.get(name));
  const found = rows.findLastIndex((row, index) => {
    const isOwn = (text: string, at: number): boolean => {
      const column = columns[at];
      if (plan.scope.names.has(key.names[at]!)) return true;
      if (column === undefined || row[column.column.name] === undefined) return false;
      const own = valueText(plan, column, row, index);
      // In a key with NULLS NOT DISTINCT.
      return own === null ? text === "null" : isSameText(column.filterCodec, own, text);
    };
    return key.values === undefined ? divideKey(key, isOwn) !== undefined : key.values.every(isOwn);
  });
  return found === -1 ? undefined : found;
}
