import { SQL } from "bun";
import { sharedServerUrl } from "./shared-server.ts";
import { makeTemplate, type Template } from "./template.ts";

/** What the database starts with and how its handles are opened. */
export interface TestDatabaseOptions {
  /** SQL, or `{ name, fill }` with a function; an empty database by default. */
  readonly template?: Template;
  /** Options of the handle `sql`. */
  readonly handle?: HandleOptions;
}

/** Options of a handle as Bun's `SQL` takes them; `max` is 2 and `prepare` true unless ROWFN_PREPARE is `false`. */
export type HandleOptions = Omit<Bun.SQL.PostgresOrMySQLOptions, "adapter">;

/** A database of one test file. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  readonly sql: SQL;
  /** Another handle on the same database, closed by `drop`. */
  connect(options?: HandleOptions): SQL;
  /** Closes every handle and drops the database. */
  drop(): Promise<void>;
}

/**
 * A database of its own for a test file, cloned from a template in milliseconds. The server is the one that
 * ROWFN_TEST_URL names, else an embedded one that all files of a `bun test` share and that ends with it. On a server
 * of yours templates stay for the next run, as databases `rowfn_template_*`.
 * @param options the template and how to open the handle
 * @returns a handle, the URL, `connect` for more handles, `drop`
 * @throws RowfnError when there is no server to run; the driver's error when the template's SQL fails
 * @example `const { sql, drop } = await testDatabase({ template: "create table t (id int primary key)" })`
 */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = process.env["ROWFN_TEST_URL"] || (await sharedServerUrl());
  const name = `rowfn_test_${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`;
  await createDatabase(server, name, options.template);
  const url = databaseUrl(server, name);
  const handles: SQL[] = [];
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
    drop: () => dropDatabase(server, name, handles),
  };
}

function open(url: string, options: HandleOptions = {}): SQL {
  const prepare = process.env["ROWFN_PREPARE"] !== "false";
  return new SQL(url, {
    max: 2,
    prepare,
    ...options,
    database: decodeURIComponent(new URL(url).pathname.slice(1)),
  } as HandleOptions);
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return String(url);
}

async function createDatabase(server: string, name: string, template: Template | undefined): Promise<void> {
  const admin = open(server);
  try {
    const from =
      template === undefined
        ? undefined
        : await makeTemplate(admin, template, database => open(databaseUrl(server, database), { max: 1 }));
    await admin.unsafe(`create database ${name} ${await cloneClause(admin, from)}`);
  } finally {
    await admin.close({ timeout: 5 });
  }
}

// Copying files is several times faster than logging every page; the choice exists from PostgreSQL 15.
async function cloneClause(admin: SQL, template: string | undefined): Promise<string> {
  const [row] = await admin.unsafe("select current_setting('server_version_num')::int >= 150000").values();
  const strategy = row?.[0] === true ? " strategy file_copy" : "";
  return `template ${template ?? "template0 encoding 'UTF8'"}${strategy}`;
}

async function dropDatabase(server: string, name: string, handles: readonly SQL[]): Promise<void> {
  await Promise.all(handles.map(handle => handle.close({ timeout: 0 })));
  const admin = open(server, { max: 1 });
  try {
    await admin.unsafe(`drop database if exists ${name} with (force)`);
  } finally {
    await admin.close({ timeout: 5 });
  }
}
