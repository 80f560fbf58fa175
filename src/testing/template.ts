import type { SQL } from "bun";

/** The initial content of a test database. */
export type Template =
  /** One or more SQL statements. */
  | string
  /** A function that fills a database. Functions with the same `name` and source text share one template. */
  | { readonly name: string; readonly fill: (sql: SQL) => Promise<void> };

const TEMPLATE_PREFIX = "rowfn_template_";

/** The name of the template's database, with a hash of its content. */
function templateName(template: Template): string {
  const content = typeof template === "string" ? template : `${template.name}\n${template.fill}`;
  return TEMPLATE_PREFIX + new Bun.CryptoHasher("sha256").update(content).digest("hex").slice(0, 24);
}

/**
 * Creates the template's database unless it exists. One process fills the database while others wait, and the database
 * gets its name when it is complete.
 */
export async function createTemplate(
  admin: SQL,
  template: Template,
  connect: (database: string) => SQL,
): Promise<string> {
  const name = templateName(template);
  await admin.begin(async tx => {
    await tx.unsafe("select pg_advisory_xact_lock(hashtext($1::text))", [name]);
    if (await databaseExists(admin, name)) return;
    const unfinished = `${name}_unfinished`;
    await admin.unsafe(`drop database if exists ${unfinished} with (force)`);
    await admin.unsafe(`create database ${unfinished} template template0 encoding 'UTF8'`);
    await fill(connect(unfinished), template);
    await admin.unsafe(`alter database ${unfinished} rename to ${name}`);
  });
  return name;
}

async function databaseExists(admin: SQL, name: string): Promise<boolean> {
  const rows = await admin.unsafe("select from pg_catalog.pg_database where datname = $1::text", [name]);
  return rows.length > 0;
}

async function fill(sql: SQL, template: Template): Promise<void> {
  try {
    if (typeof template === "string") await sql.unsafe(template);
    else await template.fill(sql);
  } finally {
    await sql.close({ timeout: 5 });
  }
}
