/** The part of a column's definition that a valibot schema determines. */
export interface Draft {
  /** A type's name as `columnType` reads it. */
  readonly type: string;
  readonly nullable: boolean;
  /** The default of an optional entry; undefined for none. */
  readonly default: unknown;
  readonly rules: readonly Rule[];
}

/** A condition that values must satisfy, besides their type. */
export type Rule =
  | { readonly operator: Operator; readonly value: unknown }
  | { readonly oneOf: readonly unknown[] }
  | { readonly notEmpty: true }
  | {
      readonly measure: "char_length" | "octet_length" | "cardinality";
      readonly operator: Operator;
      readonly size: number;
    };

export type Operator = "=" | ">=" | "<=" | ">" | "<";

export function draftOf(type: string, rules: readonly Rule[] = []): Draft {
  return { type, nullable: false, default: undefined, rules };
}

/** The draft with one more rule. */
function withRule(draft: Draft, rule: Rule): Draft {
  return { ...draft, rules: [...draft.rules, rule] };
}

/** An action in a valibot pipe. */
export interface EntryAction {
  readonly kind: "validation" | "transformation" | "metadata";
  readonly type: string;
  readonly requirement?: unknown;
}

/**
 * The draft after an action, or why its result has no known type. An action that PostgreSQL cannot express exactly adds no
 * rule: valibot alone checks it.
 */
export function applyAction(draft: Draft, { kind, type, requirement }: EntryAction): Draft | string {
  if (kind === "transformation") return transformationDraft(draft, type);
  if (draft.type === "text" || draft.type.startsWith("character varying"))
    return textAction(draft, type, requirement);
  if (draft.type.endsWith("[]")) return arrayAction(draft, type, requirement);
  return valueAction(draft, type, requirement);
}

const SAME_TYPE: ReadonlySet<string> = new Set([
  ...["trim", "trim_start", "trim_end", "normalize", "to_lower_case", "to_upper_case"],
  ...["to_camel_case", "to_kebab_case", "to_pascal_case", "to_snake_case"],
  ...["to_min_value", "to_max_value", "filter_items", "sort_items", "brand", "flavor", "readonly"],
]);

const RESULTS: Readonly<Record<string, string>> = {
  to_string: "text",
  stringify_json: "text",
  to_number: "double precision",
  to_bigint: "bigint",
  to_boolean: "boolean",
  parse_boolean: "boolean",
  to_date: "timestamp with time zone",
};

function transformationDraft(draft: Draft, type: string): Draft | string {
  if (SAME_TYPE.has(type)) return draft;
  if (Object.hasOwn(RESULTS, type)) return { ...draft, type: RESULTS[type]!, rules: [] };
  return `the result of ${type} has no known type without a schema after the action`;
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: "uuid",
  iso_date: "date",
  iso_timestamp: "timestamp with time zone",
  iso_date_time: "timestamp without time zone",
  iso_date_time_second: "timestamp without time zone",
  iso_time: "time without time zone",
  iso_time_second: "time without time zone",
  decimal: "numeric",
  ip: "inet",
  ipv4: "inet",
  ipv6: "inet",
  mac: "macaddr",
  mac48: "macaddr",
};

// JavaScript counts UTF-16 units, PostgreSQL code points, which are never more. So maxLength holds in PostgreSQL, and
// minLength may not.
function textAction(draft: Draft, type: string, requirement: unknown): Draft {
  if (Object.hasOwn(FORMATS, type)) return { ...draft, type: FORMATS[type]!, rules: [] };
  const size = Number(requirement);
  switch (type) {
    case "max_length":
    case "max_code_points":
      return varcharDraft(draft, size);
    case "length":
      return notEmptyDraft(varcharDraft(draft, size), size);
    case "code_points":
      return measuredDraft(varcharDraft(draft, size), "char_length", "=", size);
    case "min_code_points":
      return measuredDraft(draft, "char_length", ">=", size);
    case "min_bytes":
      return measuredDraft(draft, "octet_length", ">=", size);
    case "max_bytes":
      return measuredDraft(draft, "octet_length", "<=", size);
    case "bytes":
      return measuredDraft(draft, "octet_length", "=", size);
    case "min_length":
      return notEmptyDraft(draft, size);
    case "non_empty":
      return notEmptyDraft(draft, 1);
    default:
      return draft;
  }
}

function varcharDraft(draft: Draft, size: number): Draft {
  const known = Number(/\((\d+)\)/.exec(draft.type)?.[1] ?? Number.POSITIVE_INFINITY);
  const length = Math.min(known, size);
  // The limits of varchar(n) are 1 and 10,485,760.
  if (length < 1 || length > 10_485_760) return measuredDraft(draft, "char_length", "<=", size);
  return { ...draft, type: `character varying(${length})` };
}

function notEmptyDraft(draft: Draft, size: number): Draft {
  return size >= 1 ? withRule(draft, { notEmpty: true }) : draft;
}

function measuredDraft(
  draft: Draft,
  measure: "char_length" | "octet_length" | "cardinality",
  operator: Operator,
  size: number,
): Draft {
  return withRule(draft, { measure, operator, size });
}

const SIZES: Readonly<Record<string, Operator>> = { length: "=", min_length: ">=", max_length: "<=" };

// cardinality counts the elements of all dimensions, length in valibot only the outermost ones.
function arrayAction(draft: Draft, type: string, requirement: unknown): Draft {
  if (draft.type.endsWith("[][]")) return draft;
  if (type === "non_empty") return measuredDraft(draft, "cardinality", ">=", 1);
  const operator = SIZES[type];
  return operator === undefined ? draft : measuredDraft(draft, "cardinality", operator, Number(requirement));
}

const COMPARISONS: Readonly<Record<string, Operator>> = {
  value: "=",
  min_value: ">=",
  max_value: "<=",
  gt_value: ">",
  lt_value: "<",
};

function valueAction(draft: Draft, type: string, requirement: unknown): Draft {
  if (type === "integer" || type === "safe_integer") return { ...draft, type: "bigint" };
  const operator = COMPARISONS[type];
  return operator === undefined || !isOrdered(draft, requirement)
    ? draft
    : withRule(draft, { operator, value: requirement });
}

// Only numbers, dates and timestamps compare in PostgreSQL as in JavaScript.
function isOrdered({ type }: Draft, value: unknown): boolean {
  if (type === "bigint" || type === "double precision")
    return typeof value === "bigint" || (typeof value === "number" && !Number.isNaN(value));
  return type === "date" ? typeof value === "string" : value instanceof Date;
}
