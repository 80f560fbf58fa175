import { ArgumentError } from "../../errors.ts";
import { type OptionNames, requireArray, requireBoolean, requireOptions } from "../../schema/arguments.ts";
import { newIdentifier } from "../../schema/new-identifier.ts";
import { quoteIdentifier, quoteName } from "../../schema/quote.ts";
import type { AnySchema, Index, RelationName, UniqueKey } from "../../schema/snapshot.ts";
import { withClause } from "../../schema/storage-options.ts";
import { type Fragment, isFragment } from "../../statements/fragment.ts";
import { isOrder, type Order, orderParts, orderSuffix } from "../../statements/order.ts";
import { includeClause } from "./constraint-definition.ts";
import { requireColumns } from "./existing-name.ts";
import { equalNulls } from "./key-parts.ts";
import { literalSql } from "./literal-sql.ts";
import { defaultName } from "./new-name.ts";

/** A key of an index: a column, `desc("milliseconds")`, an expression, or one of these with an operator class. */
export type IndexKey = string | Order | Fragment | IndexKeyOptions;

export interface IndexKeyOptions {
  readonly key: string | Order | Fragment;
  /** The operator class: `text_pattern_ops`, `gin_trgm_ops` (manual 11.10). */
  readonly operatorClass: string;
}

/** Index options other than the keys. */
export interface IndexOptions {
  /** Default: the name that PostgreSQL would choose, `album_title_idx`. */
  readonly name?: string;
  /** Rejects rows with the same key. */
  readonly unique?: boolean;
  /** With `unique`: two NULLs are equal. */
  readonly nullsNotDistinct?: boolean;
  /** The access method; default: `btree`. */
  readonly method?: string;
  /** Index only rows for which this condition is true: ``expr`deleted_at is null` ``. */
  readonly where?: Fragment;
  /** Columns that are stored in the index without being keys. */
  readonly include?: readonly string[];
}

/** The names of the options in `IndexOptions`. */
export const INDEX_OPTIONS: OptionNames<IndexOptions> = {
  name: true,
  unique: "boolean",
  nullsNotDistinct: true,
  method: true,
  where: true,
  include: true,
};

/** An index of a new table. */
export interface IndexEntry extends IndexOptions {
  readonly columns: IndexKey | readonly IndexKey[];
}

/** The definition of an index; throws UnknownNameError for an unknown column. */
export function indexDefinition(
  schema: AnySchema,
  table: { readonly name: string; readonly columns: readonly string[] },
  keys: IndexKey | readonly IndexKey[],
  options: IndexOptions,
  taken: ReadonlySet<string>,
): Index | UniqueKey {
  const list = Array.isArray(keys) ? (keys as readonly IndexKey[]) : [keys as IndexKey];
  requireBoolean("unique", options.unique);
  if (list.length === 0) throw new ArgumentError(`${table.name}: an index must have at least one column`);
  if (options.nullsNotDistinct === true && options.unique !== true)
    throw new ArgumentError(`${table.name}: nullsNotDistinct requires unique: true`);
  const parts = list.map(key => keyParts(schema, table.name, key));
  const columns = parts.map(({ column }) => column);
  const include = options.include ?? [];
  requireArray("include", include);
  requireColumns(table.name, table.columns, [...columns.filter(name => name !== null), ...include]);
  const named = columns.map(name => name ?? "expr");
  const index: Index = {
    name:
      options.name === undefined ? defaultName(table.name, named, "idx", taken) : newIdentifier(options.name),
    ...{ columns, include, options: [], valid: true, comment: null },
    expressions: parts.flatMap(({ expression }) => expression ?? []),
    keyOptions: parts.some(part => part.options !== "") ? parts.map(part => part.options) : [],
    predicate: options.where === undefined ? null : literalSql(schema, options.where),
    method: newIdentifier(options.method ?? "btree"),
  };
  return options.unique === true
    ? {
        ...index,
        ...UNIQUE_INDEX,
        nullsNotDistinct: equalNulls(schema, table.name, options.nullsNotDistinct),
      }
    : index;
}

const INDEX_KEY: OptionNames<IndexKeyOptions> = { key: true, operatorClass: true };

const UNIQUE_INDEX = {
  isConstraint: false,
  deferrable: false,
  initiallyDeferred: false,
  period: false,
  conflictTarget: "doUpdate",
} as const;

interface KeyParts {
  readonly column: string | null;
  readonly expression: string | null;
  readonly options: string;
}

function keyParts(schema: AnySchema, table: string, given: IndexKey): KeyParts {
  if (isKeyOptions(given)) requireOptions(`${table}: an index key`, given, INDEX_KEY);
  const { key, operatorClass } = isKeyOptions(given) ? given : { key: given, operatorClass: undefined };
  const operators = operatorClass === undefined ? "" : ` ${operatorClassSql(table, operatorClass)}`;
  if (isFragment(key))
    return { column: null, expression: literalSql(schema, key), options: operators.trim() };
  if (isOrder(key) && isFragment(key.column))
    throw new ArgumentError(
      `${table}: asc and desc require the name of a column, received raw SQL; an index on an expression is ascending, and PostgreSQL also reads it backward, so pass the expression alone`,
    );
  const { name } = orderParts(table, key);
  return { column: name, expression: null, options: (operators + orderSuffix(key)).trim() };
}

function isKeyOptions(key: IndexKey): key is IndexKeyOptions {
  return typeof key === "object" && key !== null && "operatorClass" in key;
}

function operatorClassSql(table: string, name: string): string {
  if (/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/.test(name)) return name;
  throw new ArgumentError(`${table}: ${JSON.stringify(name)} is not the name of an operator class`);
}

/** Whether an index is unique. */
export function isUnique(index: Index | UniqueKey): index is UniqueKey {
  return "isConstraint" in index;
}

export interface IndexDefinitionOptions {
  readonly concurrently?: boolean;
  readonly ifNotExists?: boolean;
}

/** `CREATE INDEX "album_title_idx" ON "public"."album" ("title")`. */
export function indexDefinitionSql(
  table: RelationName,
  index: Index | UniqueKey,
  options: IndexDefinitionOptions = {},
): string {
  const words = [
    "CREATE",
    ...(isUnique(index) ? ["UNIQUE"] : []),
    "INDEX",
    ...(options.concurrently ? ["CONCURRENTLY"] : []),
    ...(options.ifNotExists ? ["IF NOT EXISTS"] : []),
    quoteIdentifier(index.name),
    `ON ${quoteName(table)}`,
    ...(index.method === "btree" ? [] : [`USING ${quoteIdentifier(index.method)}`]),
    `(${indexKeys(index).join(", ")})${includeClause(index.include)}`,
    ...(isUnique(index) && index.nullsNotDistinct ? ["NULLS NOT DISTINCT"] : []),
  ];
  const where = index.predicate === null ? "" : ` WHERE ${index.predicate}`;
  return `${words.join(" ")}${withClause(index.options)}${where}`;
}

function indexKeys({ columns, expressions, keyOptions }: Index): readonly string[] {
  const rest = [...expressions];
  return columns.map((column, position) => {
    const key = column === null ? `(${rest.shift()})` : quoteIdentifier(column);
    const options = keyOptions[position];
    return options === undefined || options === "" ? key : `${key} ${options}`;
  });
}
