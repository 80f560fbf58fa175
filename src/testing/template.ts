import type { SQL } from "bun";

/** What every database of a template starts with. */
export type Template =
  /** SQL: several statements are fine. */
  | string
  /** A function that fills a database; databases with the same `name` and the same function text share one template. */
  | { readonly name: string; readonly fill: (sql: SQL) => Promise<void> };

export const TEMPLATE_PREFIX = "rowfn_template_";

/** The template's database, by a hash of its content: made once, cloned in milliseconds. */
export function templateName(template: Template): string {
  const content = typeof template === "string" ? template : `${template.name}\n${template.fill}`;
  return TEMPLATE_PREFIX + new Bun.CryptoHasher("sha256").update(content).digest("hex").slice(0, 24);
}

/**
 * Makes the template's database unless it is there. Of several processes one fills it while the others wait, and it
 * gets its name only when it is complete.
 */
export async function makeTemplate(
  admin: SQL,
  template: Template,
  connect: (database: string) => SQL,
): Promise<string> {
  const name = templateName(template);
  await admin.begin(async tx => {
    await tx.unsafe("select pg_advisory_xact_lock(hashtext($1::text))", [name]);
    if (await isThere(admin, name)) return;
    const unfinished = `${name}_unfinished`;
    await admin.unsafe(`drop database if exists ${unfinished} with (force)`);
    await admin.unsafe(`create database ${unfinished} template template0 encoding 'UTF8'`);
    await fill(connect(unfinished), template);
    await admin.unsafe(`alter database ${unfinished} rename to ${name}`);
  });
  return name;
}

async function isThere(admin: SQL, name: string): Promise<boolean> {
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
