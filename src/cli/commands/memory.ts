import { basename, extname } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { FILE_FORMATS, type FileFormat } from "../../files/file-format.ts";
import { importRows } from "../../files/index.ts";
import { type Connection, hasTable, QueryError, RowfnError, type SchemaSnapshot } from "../../index.ts";
import { connectTo } from "../connect-to.ts";
import { UsageError } from "../failure.ts";
import { fileFormat, formatOfExtension } from "../file-format.ts";
import { fileError } from "../import-file.ts";
import { EXACT_FORMS } from "../open-database.ts";
import { formatOption, showRows } from "../output/show-rows.ts";
import { queryRows } from "../query-rows.ts";
import { requireFile } from "../require-file.ts";
import { DATABASE_FLAGS, requireUnused } from "../strict-options.ts";
import { examples, type Program } from "../subcommand.ts";
import { surroundings } from "../surroundings.ts";

/** `rowfn memory`: runs a query over files on a temporary server. */
export function memory(program: Program): void {
  program
    .command("memory")
    .description("run one SQL statement over files, each of which is a table of a temporary server")
    .argument(
      "<inputs...>",
      "csv, tsv, json and ndjson files, - for standard input, followed by the SQL statement",
    )
    .addOption(
      new Option(
        "--input <format>",
        "format of standard input, and of files without a known extension",
      ).choices(FILE_FORMATS),
    )
    .addOption(formatOption())
    .addHelpText(
      "after",
      examples(
        "rowfn memory album.csv 'select count(*) from album'",
        "rowfn memory album.csv artist.json 'select name, count(*) from album join artist using (artist_id) group by name'",
        "curl -s https://example.com/visits.csv | rowfn memory - 'select * from stdin' --input csv",
      ),
    )
    .action(async (inputs, { input, format }, command) => {
      requireUnused(command as never, DATABASE_FLAGS);
      const [text, ...files] = [inputs.at(-1)!, ...inputs.slice(0, -1)];
      if (files.length === 0)
        throw new UsageError("a file and, as the last argument, an SQL statement are required");
      if (await isFile(text))
        throw new UsageError(`the last argument must be an SQL statement, received the file ${text}`);
      const tables = files.map(path => ({ path, name: tableName(path), format: formatOf(path, input) }));
      if (input !== undefined && files.every(hasKnownFormat))
        throw new UsageError(
          "--input belongs to standard input and to files without a known extension; remove it",
        );
      requireFiles(tables);
      const { rows, columns } = await withServer(async ({ sql, schema }) => {
        let current = schema;
        for (const table of tables) current = await load(sql, current, table);
        return await queryRows({ sql, schema: current }, text, []).catch(error => {
          throw withTables(error, tables);
        });
      });
      await showRows(rows, columns, format);
    });
}

interface FileTable {
  readonly path: string;
  readonly name: string;
  readonly format: FileFormat;
}

/** The name of a file without its directory and extension, as SQL writes it without quotes. */
function tableName(path: string): string {
  if (path === "-") return "stdin";
  const name = basename(path, extname(path))
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_]+/gu, "_");
  return /^\p{N}/u.test(name) ? `_${name}` : name;
}

function hasKnownFormat(path: string): boolean {
  return path !== "-" && formatOfExtension(path) !== undefined;
}

function formatOf(path: string, input: FileFormat | undefined): FileFormat {
  const known = path === "-" ? undefined : formatOfExtension(path);
  return known ?? fileFormat(path === "-" ? undefined : path, input, "--input");
}

async function isFile(text: string): Promise<boolean> {
  return formatOfExtension(text) !== undefined && (await Bun.file(text).exists());
}

// The name of a table follows from that of its file, which can have spaces and other characters.
function withTables(error: unknown, tables: readonly FileTable[]): unknown {
  if (!(error instanceof QueryError) || error.sqlstate !== UNDEFINED_TABLE) return error;
  const names = tables.map(({ path, name }) => `${name} (${path})`);
  return new RowfnError(`${error.message}\nthe tables are ${names.join(", ")}`, { cause: error });
}

const UNDEFINED_TABLE = "42P01";

function requireFiles(tables: readonly FileTable[]): void {
  for (const [index, { path, name }] of tables.entries()) {
    if (path !== "-") requireFile(path);
    const other = tables.slice(0, index).find(table => table.name === name);
    if (other !== undefined)
      throw new UsageError(`${other.path} and ${path} are both table ${name}; rename one of the files`);
  }
}

async function load(
  sql: Connection["sql"],
  schema: SchemaSnapshot,
  { path, name, format }: FileTable,
): Promise<SchemaSnapshot> {
  if (hasTable(schema, name)) throw new UsageError(`${path}: table ${name} exists; rename the file`);
  const source = path === "-" ? surroundings().input : Bun.file(path);
  try {
    const options = { format, create: { primaryKey: null } };
    return (await importRows(sql, schema, name, source, options)).schema;
  } catch (error) {
    throw fileError(path, error);
  }
}

async function withServer<Result>(run: (database: Connection) => Promise<Result>): Promise<Result> {
  const server = await surroundings().startServer();
  try {
    let result: Result;
    const { interrupted: signal } = surroundings();
    await connectTo(server.url, { max: 1, prepare: false, signal, ...EXACT_FORMS }, async database => {
      result = await run(database);
    });
    return result!;
  } finally {
    await server.stop();
  }
}
