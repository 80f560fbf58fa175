import { columnType, typeCodec } from "../ddl/define/column-type.ts";
import { parseValue } from "../files/parse-value.ts";
import { type Connection, expr, type SchemaSnapshot, type Statement } from "../index.ts";
import { UsageError } from "./failure.ts";
import { withDatabase } from "./open-database.ts";
import { writeLine } from "./output/output-file.ts";
import type { GlobalOptions } from "./subcommand.ts";
import { surroundings } from "./surroundings.ts";

/** The help of `--dry-run` of subcommands that change tables. */
export const DRY_RUN_HELP = "statements on standard output; nothing is changed";

/** The help of `--cascade`. */
export const CASCADE_HELP = "also what depends on what is dropped, such as foreign keys and views";

/** A change of tables: its statements, and the function that sends them. */
export interface TableChange {
  readonly statements: (schema: SchemaSnapshot) => readonly string[];
  readonly run: (
    database: Connection,
    options: { readonly onStatement: (statement: Statement) => void },
  ) => Promise<unknown>;
  /** The line that is printed after the change. */
  readonly done: string;
  /** The line that is printed if nothing had to change; default: `done`. */
  readonly unchanged?: (schema: SchemaSnapshot) => string | undefined;
}

/** Runs a change and prints its statements to standard error, or with `dryRun` only prints them. */
export async function changeTable(
  connection: GlobalOptions,
  dryRun: true | undefined,
  { statements, run, done, unchanged }: TableChange,
): Promise<void> {
  await withDatabase(connection, async database => {
    if (dryRun)
      return writeLine(
        statements(database.schema)
          .map(text => `${text};\n`)
          .join(""),
      );
    await run(database, { onStatement: changePrinter() });
    await writeLine(unchanged?.(database.schema) ?? done);
  });
}

/** Returns the function that prints each statement that changes a table before it is sent. */
export function changePrinter(): (statement: Statement) => void {
  const { stream } = surroundings().errors;
  return ({ text }) => {
    if (/^(?:CREATE|ALTER|COMMENT|DROP|TRUNCATE) /.test(text) && !text.includes('"rowfn_requested"'))
      stream.write(`${text};\n`);
  };
}

/**
 * Returns the entries of `name=value`.
 * @param isEmptyAllowed whether a value may be empty
 * @throws UsageError for any other text, and for a name that appears twice
 */
export function pairsOf(
  option: string,
  texts: readonly string[],
  isEmptyAllowed = false,
): Record<string, string> {
  const pairs = texts.map(text => {
    const at = text.indexOf("=");
    if (at > 0 && (isEmptyAllowed || at < text.length - 1))
      return [text.slice(0, at), text.slice(at + 1)] as const;
    throw new UsageError(`${option} must be name=value, received ${JSON.stringify(text)}`);
  });
  requireOnce(
    option,
    pairs.map(([name]) => name),
  );
  return Object.fromEntries(pairs);
}

/** Throws UsageError for a name that options give twice, because one of them would be ignored. */
export function requireOnce(options: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new UsageError(`column ${JSON.stringify(twice)} appears twice in ${options}; remove one`);
}

/** The help of `--default`. */
export const DEFAULT_HELP = "default such as stars=3 or an expression such as 'added:=now()' (repeatable)";

/**
 * Returns the defaults of `stars=3`, whose value is read by the column's type, and `added:=now()`, which is SQL.
 * @param typeOf returns the name of a column's type
 */
export function defaultsOf(
  schema: SchemaSnapshot,
  table: string,
  texts: readonly string[],
  typeOf: (column: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(defaultTexts(texts)).map(([given, text]) => {
      if (given.endsWith(":")) return [given.slice(0, -1), expr(text, [])];
      const type = columnType(schema, typeOf(given).replace(/\s+not\s+null\s*$/i, ""));
      return [given, parseValue(`${table}.${given}`, typeCodec(schema, type), text)];
    }),
  );
}

/** Returns the entries of `stars=3` and `added:=now()`, whose name ends with a colon; throws UsageError as `pairsOf`. */
function defaultTexts(texts: readonly string[]): Record<string, string> {
  const pairs = pairsOf("--default", texts, true);
  requireOnce("--default", defaultNames(Object.keys(pairs)));
  return pairs;
}

/** Returns the columns of `--default`; throws UsageError for a text that is not a default, and for one given twice. */
export function defaultColumns(texts: readonly string[]): readonly string[] {
  return defaultNames(Object.keys(defaultTexts(texts)));
}

function defaultNames(given: readonly string[]): readonly string[] {
  return given.map(name => name.replace(/:$/, ""));
}
