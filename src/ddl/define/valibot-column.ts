import type * as v from "valibot";
import { applyAction, type Draft, draftOf, type EntryAction } from "./valibot-rules.ts";

/** The parts of a valibot schema that determine a column's type. */
export interface EntrySchema {
  readonly kind: "schema";
  readonly type: string;
  readonly pipe?: readonly (EntrySchema | EntryAction)[];
  readonly wrapped?: EntrySchema;
  readonly default?: unknown;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly item?: EntrySchema;
  readonly class?: unknown;
}

export function isEntrySchema(entry: unknown): entry is EntrySchema & v.GenericSchema {
  return typeof entry === "object" && entry !== null && "kind" in entry && entry.kind === "schema";
}

/**
 * The draft of a valibot schema, or why the schema has no PostgreSQL type. A column holds the output of a pipe, so the
 * pipe's last schema counts, with the actions after it.
 */
export function entryDraft(entry: EntrySchema): Draft | string {
  const { pipe } = entry;
  if (pipe === undefined) return plainDraft(entry);
  const last = pipe.findLastIndex(({ kind }) => kind === "schema");
  let draft = entryDraft(pipe[last] as EntrySchema);
  for (const action of pipe.slice(last + 1))
    if (typeof draft !== "string") draft = applyAction(draft, action as EntryAction);
  return draft;
}

function plainDraft(entry: EntrySchema): Draft | string {
  const { type } = entry;
  if (Object.hasOwn(SCALARS, type)) return draftOf(SCALARS[type]!);
  if (JSON_TYPES.has(type)) return draftOf("jsonb");
  switch (type) {
    case "optional":
    case "exact_optional":
    case "undefinedable":
    case "nullable":
    case "nullish":
      return wrappedDraft(entry);
    case "non_nullable":
    case "non_nullish":
    case "non_optional":
      return mapDraft(entryDraft(entry.wrapped!), draft => ({ ...draft, nullable: false }));
    case "picklist":
    case "enum":
      return valuesDraft(entry.options ?? []);
    case "literal":
      return valuesDraft([entry.literal]);
    case "array":
      return arrayDraft(entry.item!);
    case "instance":
      return instanceDraft(entry.class);
    case "union":
      return unionDraft((entry.options ?? []) as readonly EntrySchema[]);
    default:
      return `v.${type} has no PostgreSQL type`;
  }
}

const SCALARS: Readonly<Record<string, string>> = {
  string: "text",
  number: "double precision",
  bigint: "bigint",
  boolean: "boolean",
  date: "timestamp with time zone",
};

const JSON_TYPES: ReadonlySet<string> = new Set([
  ...["object", "loose_object", "strict_object", "object_with_rest", "record", "variant"],
  ...["tuple", "loose_tuple", "strict_tuple", "tuple_with_rest"],
]);

// A value that may be left out and has no default is NULL in the table.
function wrappedDraft({ type, wrapped, default: value }: EntrySchema): Draft | string {
  if (typeof value === "function")
    return "its default is a function; give the default with defaults, such as expr`now()`";
  return mapDraft(entryDraft(wrapped!), draft => {
    const mayBeNull = type === "nullable" || type === "nullish" || draft.nullable;
    if (value === undefined) return { ...draft, nullable: true };
    return { ...draft, nullable: mayBeNull, default: value === null ? undefined : value };
  });
}

function valuesDraft(values: readonly unknown[]): Draft | string {
  const types = new Set(values.map(valueType));
  const [only] = types;
  if (types.size === 1 && only !== undefined) return draftOf(only, [{ oneOf: values }]);
  const isNumeric = [...types].every(type => type === "bigint" || type === "double precision");
  if (types.size === 2 && isNumeric) return draftOf("double precision", [{ oneOf: values }]);
  return `its values ${values.map(value => JSON.stringify(value) ?? String(value)).join(", ")} have no common type`;
}

function valueType(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return "text";
    case "bigint":
      return "bigint";
    case "boolean":
      return "boolean";
    case "number":
      return Number.isSafeInteger(value) ? "bigint" : "double precision";
    default:
      return undefined;
  }
}

// A CHECK evaluates whole values, so valibot alone checks the elements.
function arrayDraft(item: EntrySchema): Draft | string {
  return mapDraft(entryDraft(item), ({ type }) => draftOf(type === "jsonb" ? "jsonb" : `${type}[]`));
}

function instanceDraft(type: unknown): Draft | string {
  if (type === Uint8Array || type === ArrayBuffer || type === Buffer) return draftOf("bytea");
  if (type === Date) return draftOf("timestamp with time zone");
  return `v.instance(${typeof type === "function" ? type.name : String(type)}) has no PostgreSQL type`;
}

function unionDraft(options: readonly EntrySchema[]): Draft | string {
  const others = options.filter(({ type }) => type !== "null" && type !== "undefined");
  const drafts = others.map(entryDraft);
  const [first] = drafts;
  if (first === undefined || typeof first === "string") return first ?? "v.union without members has no type";
  if (drafts.some(draft => typeof draft === "string" || draft.type !== first.type))
    return "the members of its v.union have different types";
  const rules = others.length === 1 ? first.rules : unionRules(drafts as readonly Draft[]);
  return { ...first, nullable: others.length < options.length || first.nullable, rules };
}

// Lists of values become one list; other rules cannot be combined.
function unionRules(drafts: readonly Draft[]): Draft["rules"] {
  const lists = drafts.map(({ rules }) => {
    const [only] = rules;
    return rules.length === 1 && only !== undefined && "oneOf" in only ? only.oneOf : undefined;
  });
  return lists.every(list => list !== undefined) ? [{ oneOf: lists.flat() }] : [];
}

function mapDraft(draft: Draft | string, change: (draft: Draft) => Draft): Draft | string {
  return typeof draft === "string" ? draft : change(draft);
}
