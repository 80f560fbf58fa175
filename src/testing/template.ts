import type { SQL } from "bun";
import { migrate } from "../ddl/migrate/migrate.ts";
import { migrationFileNames, migrationText } from "../ddl/migrate/migration-file.ts";
import type { SqlHandle } from "../driver/handle.ts";
import { queryError } from "../driver/query-error.ts";
import { requireFunction, requireOptions } from "../schema/arguments.ts";

/** The initial content of a test database. */
export type Template =
  /** One or more SQL statements. */
  | string
  /** A function that fills a database. Functions with the same `name` and source text share one template. */
  | { readonly name: string; readonly fill: (sql: SQL) => Promise<void> }
  /** A directory of migrations, which `migrate` runs. The content of the files identifies the template. */
  | { readonly migrations: string };

const TEMPLATE_PREFIX = "rowfn_template_";

/** The template of an empty database. */
export const EMPTY_TEMPLATE = "template0 encoding 'UTF8'";

interface TemplateServer {
  /** A handle that needs only one connection. */
  readonly admin: SQL;
  /** Opens a handle of one connection, by default on the database of `admin`. */
  readonly connect: (database?: string) => SQL;
  /** The rest of CREATE DATABASE. */
  readonly strategy: string;
}

/** The name of the template's database, with a hash of its content. */
async function templateName(template: Template): Promise<string> {
  const content = await contentOf(template);
  return TEMPLATE_PREFIX + new Bun.CryptoHasher("sha256").update(content).digest("hex").slice(0, 24);
}

const FUNCTION_TEMPLATE = { name: "text", fill: "function" } as const;
const MIGRATIONS_TEMPLATE = { migrations: true } as const;

async function contentOf(template: Template): Promise<string> {
  if (typeof template === "string") return template;
  requireOptions("a template", template, "migrations" in template ? MIGRATIONS_TEMPLATE : FUNCTION_TEMPLATE);
  if (!("migrations" in template)) {
    requireFunction("a template: fill", template.fill);
    return `${template.name}\n${template.fill}`;
  }
  const { migrations: directory } = template;
  const files = migrationFileNames(directory).map(async name => [name, await migrationText(directory, name)]);
  return JSON.stringify(await Promise.all(files));
}

/**
 * Creates the template's database unless it exists. One process fills the database while others wait, and the database
 * gets its name when it is complete.
 */
export async function createTemplate(server: TemplateServer, template: Template): Promise<string> {
  const name = await templateName(template);
  if (!(await databaseExists(server.admin, name))) await createLocked(server, template, name);
  return name;
}

// The transaction that holds the lock has its own connection, because CREATE DATABASE cannot run in a transaction.
async function createLocked(server: TemplateServer, template: Template, name: string): Promise<void> {
  const { admin, connect, strategy } = server;
  const locking = connect();
  try {
    await locking.begin(async tx => {
      await tx.unsafe("select pg_advisory_xact_lock(hashtext($1::text))", [name]);
      if (await databaseExists(admin, name)) return;
      const unfinished = `${name}_unfinished`;
      const remove = `drop database if exists ${unfinished} with (force)`;
      await admin.unsafe(remove);
      await admin.unsafe(`create database ${unfinished} template ${EMPTY_TEMPLATE}${strategy}`);
      try {
        await fill(connect(unfinished), template);
      } catch (error) {
        await admin.unsafe(remove).catch(() => {});
        throw error;
      }
      await admin.unsafe(`alter database ${unfinished} rename to ${name}`);
    });
  } finally {
    await locking.close({ timeout: 5 });
  }
}

async function databaseExists(admin: SQL, name: string): Promise<boolean> {
  const rows = await admin.unsafe("select from pg_catalog.pg_database where datname = $1::text", [name]);
  return rows.length > 0;
}

async function fill(sql: SQL, template: Template): Promise<void> {
  try {
    if (typeof template === "string") await runTemplate(sql, template);
    else if ("migrations" in template) await migrate(sql, template.migrations);
    else await template.fill(sql);
  } finally {
    await sql.close({ timeout: 5 });
  }
}

async function runTemplate(sql: SQL, text: string): Promise<void> {
  try {
    await sql.unsafe(text);
  } catch (error) {
    throw queryError(error, text, { sql: sql as unknown as SqlHandle });
  }
}
