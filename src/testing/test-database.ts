import { SQL } from "bun";
import type { SqlHandle } from "../driver/handle.ts";
import { queryError } from "../driver/query-error.ts";
import { RowfnError } from "../errors.ts";
import { type OptionNames, requireOptions } from "../schema/arguments.ts";
import { sharedServerUrl } from "./shared-server.ts";
import { createTemplate, EMPTY_TEMPLATE, type Template } from "./template.ts";

/** The options of `testDatabase`. */
export interface TestDatabaseOptions {
  /** The initial content: SQL, `{ name, fill }` with a function, or `{ migrations }` with a directory. Default: an empty database. */
  readonly template?: Template;
  /** The options of the handle `sql`. */
  readonly handle?: HandleOptions;
}

const TEST_OPTIONS: OptionNames<TestDatabaseOptions> = { template: true, handle: "object" };

/** The options of Bun's `SQL`. Defaults: `max: 2`, and `prepare: true` unless ROWFN_PREPARE is `false`. */
export type HandleOptions = Omit<Bun.SQL.PostgresOrMySQLOptions, "adapter">;

/** The database of one test file. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  readonly sql: SQL;
  /** Opens one more handle on the database, which `drop` closes. */
  connect(options?: HandleOptions): SQL;
  /** Closes every handle and drops the database. */
  drop(): Promise<void>;
}

/**
 * Creates a database for one test file by cloning a template, in milliseconds. The server is the one in ROWFN_TEST_URL,
 * otherwise an embedded server that all files of one `bun test` share. On your own server the templates remain for the
 * next run, as databases `rowfn_template_*`.
 * @param options the template and the options of the handle
 * @returns a handle, the URL, `connect` for more handles and `drop`
 * @throws RowfnError if no PostgreSQL binaries are found; QueryError if the server or the SQL of the template fails
 * @example `const { sql, drop } = await testDatabase({ template: "create table t (id int primary key)" })`
 */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  requireOptions("testDatabase", options, TEST_OPTIONS);
  const server = process.env["ROWFN_TEST_URL"] || (await sharedServerUrl());
  const name = `rowfn_test_${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`;
  // A pool opens all its connections at once, so this one has only one. It waits until the end, because a new session
  // takes the server longer than the statements that drop the database.
  const admin = open(server, { max: 1 });
  await createDatabase(admin, server, name, options.template);
  const url = databaseUrl(server, name);
  const handles: SQL[] = [];
  let dropped: Promise<void> | undefined;
  const connect = (handle?: HandleOptions): SQL => {
    const sql = open(url, handle);
    handles.push(sql);
    return sql;
  };
  return {
    url,
    name,
    sql: connect(options.handle),
    connect,
    drop: () => {
      dropped ??= dropDatabase(admin, name, handles);
      return dropped;
    },
  };
}

function open(url: string, options: HandleOptions = {}): SQL {
  const prepare = process.env["ROWFN_PREPARE"] !== "false";
  return new SQL(url, {
    max: 2,
    prepare,
    // An embedded server has no TLS, which the variable PGSSLMODE may require of another server.
    ...(!process.env["ROWFN_TEST_URL"] && { tls: false }),
    ...options,
    database: decodeURIComponent(new URL(url).pathname.slice(1)),
  } as HandleOptions);
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return String(url);
}

async function createDatabase(
  admin: SQL,
  server: string,
  name: string,
  template: Template | undefined,
): Promise<void> {
  try {
    const strategy = await copyStrategy(admin);
    const connect = (database?: string): SQL =>
      open(database === undefined ? server : databaseUrl(server, database), { max: 1 });
    const from =
      template === undefined ? EMPTY_TEMPLATE : await createTemplate({ admin, connect, strategy }, template);
    await admin.unsafe(`create database ${name} template ${from}${strategy}`);
  } catch (error) {
    await admin.close({ timeout: 5 });
    if (error instanceof RowfnError) throw error;
    throw queryError(error, `create database ${name}`, { sql: admin as unknown as SqlHandle });
  }
}

// Copying files is several times faster than logging every page. PostgreSQL 15 added this option.
async function copyStrategy(admin: SQL): Promise<string> {
  const [row] = await admin.unsafe("select current_setting('server_version_num')::int >= 150000").values();
  return row?.[0] === true ? " strategy file_copy" : "";
}

async function dropDatabase(admin: SQL, name: string, handles: readonly SQL[]): Promise<void> {
  await Promise.all(handles.map(handle => handle.close({ timeout: 0 })));
  try {
    const statement = `drop database if exists ${name} with (force)`;
    // The server may have closed the connection meanwhile; the second attempt opens one.
    await admin.unsafe(statement).catch(() => admin.unsafe(statement));
  } finally {
    await admin.close({ timeout: 5 });
  }
}
