import * as v from "valibot";
import type { AnySchema, SchemaSnapshot } from "../../schema/snapshot.ts";
import type { KeyValueOf, TableName } from "../../schema/tables.ts";
import type { ColumnPlan } from "../../statements/column-plan.ts";
import { unambiguousKey } from "../../statements/primary-key.ts";
import { type RelationPlan, relationPlan, requireKey } from "../../statements/relation-plan.ts";
import type { UrlParts } from "../request.ts";
import { columnText } from "./column-text.ts";
import { parseList, printItem, quoteItem } from "./list-text.ts";
import { ParameterError, parameterIssue, rejectParameter } from "./parameter-issue.ts";

/** The name of a key in issues. */
const KEY = "key";

/**
 * A valibot schema that turns a path segment into a primary key: `7`, or `7,12` in key order for a key of several columns.
 * A value can be in double quotes, with `\"` and `\\` inside: one with a comma among several, and an empty text, `.` and `..`,
 * which a path cannot have otherwise.
 * @param schema a snapshot
 * @param table the table's name
 * @returns a schema of the decoded segment; its output is a key for `get`: a value, or an array in key order
 * @throws UnknownNameError if the table does not exist; ArgumentError if it has no primary key
 * @example `v.parse(keySchema(schema, "playlist_track"), "7,12")` → `[7, 12]`
 */
export function keySchema<Tables, Name extends TableName<Tables>>(
  schema: SchemaSnapshot<Tables>,
  table: Name,
): v.GenericSchema<string, KeyValueOf<Tables, Name>> {
  const plan = relationPlan(schema as AnySchema, table);
  requireKey(plan);
  return v._standardSchema({
    ...v.string(),
    "~run": (dataset: v.UnknownDataset) => {
      // The name of a parameter that the route does not have would be the key "undefined".
      if (typeof dataset.value !== "string") return v.string()["~run"](dataset, {});
      try {
        return { typed: true, value: readKey(plan, dataset.value) };
      } catch (error) {
        if (!(error instanceof ParameterError)) throw error;
        return { typed: false, value: dataset.value, issues: [error.issue] };
      }
    },
  } as never) as unknown as v.GenericSchema<string, KeyValueOf<Tables, Name>>;
}

/** The key in the last segment of a path; throws ParameterError. */
export function pathKey(schema: AnySchema, table: string, { pathname }: UrlParts, request: Request): unknown {
  const plan = relationPlan(schema, table);
  const segment = pathname.slice(pathname.lastIndexOf("/") + 1);
  const text = decodeSegment(segment);
  const { params } = request as { readonly params?: { readonly key?: unknown } };
  // Bun matches the path that was sent, but a URL drops dots as a segment, and a backslash separates segments.
  if (params?.key !== undefined && params.key !== text)
    rejectParameter(KEY, segment, "dots, backslashes and # as a key in quotes or percent-encoded");
  return readKey(plan, text);
}

function decodeSegment(segment: string): string {
  try {
    return segment.includes("%") ? decodeURIComponent(segment) : segment;
  } catch (error) {
    if (error instanceof URIError) return rejectParameter(KEY, segment, "percent-encoded UTF-8");
    throw error;
  }
}

function readKey(plan: RelationPlan, text: string): unknown {
  const columns = requireKey(plan);
  const [only, ...others] = columns;
  const parts = keyTexts(text, others.length === 0);
  if (parts.length !== columns.length)
    rejectParameter(KEY, text, columns.map(({ column }) => column.name).join(","));
  if (others.length === 0) return unambiguousKey(plan, [keyValue(only!, parts[0]!)]);
  return parts.map((part, index) => keyValue(columns[index]!, part));
}

// Commas separate nothing in the value of one column.
function keyTexts(text: string, isOne: boolean): readonly string[] {
  if (text === "") return [];
  if (isOne && !text.startsWith('"')) return [text];
  return parseList(text) ?? rejectParameter(KEY, text, "a closing double quote at the end of a value");
}

function keyValue(column: ColumnPlan, text: string): unknown {
  const read = columnText(column, text);
  // A Date in a response has milliseconds, so such a text means the millisecond, as the Date does in a key.
  const isDate = column.codec.form === "Date" && !/\.\d{4}/.test(text);
  if (read.problem === undefined) return isDate ? column.codec.parse(read.value as string) : read.value;
  throw new ParameterError(parameterIssue(KEY, read.problem, text));
}

/** The path segment of a row's key, which `keySchema` reads back. */
export function keySegment(schema: AnySchema, table: string, row: Readonly<Record<string, unknown>>): string {
  const columns = requireKey(relationPlan(schema, table));
  const texts = columns.map(({ column, filterCodec }) => filterCodec.print(row[column.name]));
  const [only = "", ...others] = texts;
  if (others.length > 0) return encodeURIComponent(texts.map(printItem).join(","));
  return encodeURIComponent(QUOTED.test(only) ? quoteItem(only) : only);
}

const QUOTED = /^(?:\.{0,2}$|")/;
