/** What a valibot schema says of a column. */
export interface Draft {
  /** A type's name as `columnType` reads it. */
  readonly type: string;
  readonly nullable: boolean;
  /** The value of an optional entry, undefined without one. */
  readonly default: unknown;
  readonly rules: readonly Rule[];
}

/** What values have to be, beyond their type. */
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

/** The draft with one rule more. */
function withRule(draft: Draft, rule: Rule): Draft {
  return { ...draft, rules: [...draft.rules, rule] };
}

/** An action in a valibot pipe. */
export interface EntryAction {
  readonly kind: "validation" | "transformation" | "metadata";
  readonly type: string;
  readonly requirement?: unknown;
}

/** The draft after an action; a phrase when nobody knows what comes out of it. What PostgreSQL cannot say exactly is left to valibot. */
export function applyAction(draft: Draft, { kind, type, requirement }: EntryAction): Draft | string {
  if (kind === "transformation") return transformed(draft, type);
  if (kind === "metadata") return draft;
  if (draft.type === "text" || draft.type.startsWith("character varying"))
    return textAction(draft, type, requirement);
  if (draft.type.endsWith("[]")) return arrayAction(draft, type, requirement);
  return valueAction(draft, type, requirement);
}

const KEEPING: ReadonlySet<string> = new Set([
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

function transformed(draft: Draft, type: string): Draft | string {
  if (KEEPING.has(type)) return draft;
  if (Object.hasOwn(RESULTS, type)) return { ...draft, type: RESULTS[type]!, rules: [] };
  return `what its ${type} returns has no known type: put a schema behind it`;
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

// JavaScript counts UTF-16 units, PostgreSQL code points, which are never more: an upper limit holds, a lower one does not.
function textAction(draft: Draft, type: string, requirement: unknown): Draft {
  if (Object.hasOwn(FORMATS, type)) return { ...draft, type: FORMATS[type]!, rules: [] };
  const size = Number(requirement);
  switch (type) {
    case "max_length":
    case "max_code_points":
      return bounded(draft, size);
    case "length":
      return notEmpty(bounded(draft, size), size);
    case "code_points":
      return measured(bounded(draft, size), "char_length", "=", size);
    case "min_code_points":
      return measured(draft, "char_length", ">=", size);
    case "min_bytes":
      return measured(draft, "octet_length", ">=", size);
    case "max_bytes":
      return measured(draft, "octet_length", "<=", size);
    case "bytes":
      return measured(draft, "octet_length", "=", size);
    case "min_length":
      return notEmpty(draft, size);
    case "non_empty":
      return notEmpty(draft, 1);
    default:
      return draft;
  }
}

function bounded(draft: Draft, size: number): Draft {
  const known = Number(/\((\d+)\)/.exec(draft.type)?.[1] ?? Number.POSITIVE_INFINITY);
  const length = Math.min(known, size);
  // varchar(n) ends at 10,485,760, and begins at 1.
  if (length < 1 || length > 10_485_760) return measured(draft, "char_length", "<=", size);
  return { ...draft, type: `character varying(${length})` };
}

function notEmpty(draft: Draft, size: number): Draft {
  return size >= 1 ? withRule(draft, { notEmpty: true }) : draft;
}

function measured(
  draft: Draft,
  measure: "char_length" | "octet_length" | "cardinality",
  operator: Operator,
  size: number,
): Draft {
  return withRule(draft, { measure, operator, size });
}

const SIZES: Readonly<Record<string, Operator>> = { length: "=", min_length: ">=", max_length: "<=" };

// The length of an array of arrays is not the number of all its elements.
function arrayAction(draft: Draft, type: string, requirement: unknown): Draft {
  if (draft.type.endsWith("[][]")) return draft;
  if (type === "non_empty") return measured(draft, "cardinality", ">=", 1);
  const operator = SIZES[type];
  return operator === undefined ? draft : measured(draft, "cardinality", operator, Number(requirement));
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

// Only numbers, moments and ISO dates compare in PostgreSQL as they do in JavaScript.
function isOrdered({ type }: Draft, value: unknown): boolean {
  if (type === "bigint" || type === "double precision")
    return typeof value === "bigint" || (typeof value === "number" && !Number.isNaN(value));
  return type === "date" ? typeof value === "string" : value instanceof Date;
}
