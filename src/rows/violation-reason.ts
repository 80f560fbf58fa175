import { withoutQuotes } from "../driver/quoted-text.ts";
import type { ErrorFields, KeyTexts } from "./error-fields.ts";
import type { ConstraintKind, Violation } from "./violation.ts";

/** The facts that a sentence about a violation may contain. */
interface Known {
  readonly fields: ErrorFields;
  readonly key: KeyTexts | undefined;
  /** The values of the columns for messages; undefined if they must not be shown. */
  readonly values: readonly string[] | undefined;
  /** Whether a column is not in the scope. */
  readonly isOwn: (name: string) => boolean;
}

/** A sentence about a violated constraint, without the table and columns that precede it. */
export function violationReason(kind: ConstraintKind, found: Violation, known: Known): string {
  const { fields } = known;
  const isNamed = fields.table || fields.constraint || fields.dataType || kind === "viewCheck";
  // The message of a limit, which quotes numbers that are out of range, or of an error that a trigger raises.
  if (!isNamed) return reportedReason(fields);
  return REASONS[kind](found, known);
}

function reportedReason({ errno = "", message = "" }: ErrorFields): string {
  return errno.startsWith("22") ? withoutQuotes(message) : message;
}

type Reason = (found: Violation, known: Known) => string;

const REASONS: { readonly [Kind in ConstraintKind]: Reason } = {
  unique: ({ columns }, { key, values, isOwn }) => {
    const keys = key?.names.join(", ") ?? "key";
    if (columns.length < (key?.names.length ?? 1)) return `a row with the same ${keys} already exists`;
    return `${tuple(columns, values, isOwn) ?? "the value"} is already taken`;
  },
  missing: ({ columns, references }, { fields, values, isOwn }) => {
    if (fields.detail?.startsWith("MATCH FULL")) return "either all or none of these columns must be null";
    const { table = "the other table", columns: targets = [] } = references ?? {};
    const own = targets.flatMap((name, at) => (isOwn(columns[at]!) ? [[name, values?.[at]] as const] : []));
    const pairs = own.map(([name, value]) => pairText(name, value, own.length > 1));
    return `no ${table} has ${pairs.join(" and ") || "this key"}`;
  },
  referenced: ({ table, columns, references }, { values, isOwn }) => {
    const row = tuple(columns, values, isOwn);
    const [only, ...others] = references?.columns ?? [];
    const list =
      others.length > 0 ? ` (${[only, ...others].join(", ")})` : only === undefined ? "" : `.${only}`;
    const subject = row === undefined ? `a row of ${table}` : `${table} ${row}`;
    return `${subject} is still referenced by ${references?.table}${list}`;
  },
  check: ({ condition }, { fields }) => `must satisfy ${condition ?? `the constraint ${fields.constraint}`}`,
  notNull: () => "must not be null",
  exclusion: ({ condition }) =>
    condition === undefined || condition.includes("&&")
      ? "overlaps another row"
      : "conflicts with another row",
  partition: ({ table, columns, partitionOf }, { key, values }) => {
    if (key === undefined)
      return `the row does not belong in this partition${partitionOf === undefined ? "" : `; write it to ${partitionOf}`}`;
    const pairs = columns.map((name, at) => pairText(name, values?.[at], columns.length > 1));
    return `no partition of ${table} exists for ${pairs.join(" and ") || "this row"}`;
  },
  viewCheck: ({ condition }) =>
    `must satisfy the view's condition${condition === undefined ? "" : ` ${condition}`}`,
  domain: ({ condition }, { fields: { dataType, constraint } }) =>
    condition === undefined && constraint === undefined
      ? `must not be null (domain ${dataType})`
      : `must satisfy ${condition ?? `the constraint ${constraint}`} (domain ${dataType})`,
};

// `id 1`; of several columns `id = 1`, so that "a 1 and b 2" is not read as one phrase.
function pairText(name: string, value: string | undefined, isOneOfSeveral: boolean): string {
  return value === undefined ? `this ${name}` : `${name}${isOneOfSeveral ? " =" : ""} ${value}`;
}

// `1` for one column, `(1, "x")` for several; undefined without values.
function tuple(
  columns: readonly string[],
  values: readonly string[] | undefined,
  isOwn: (name: string) => boolean,
): string | undefined {
  const own = values?.filter((_, at) => isOwn(columns[at]!));
  if (own === undefined || own.length === 0) return undefined;
  return own.length === 1 ? own[0] : `(${own.join(", ")})`;
}
