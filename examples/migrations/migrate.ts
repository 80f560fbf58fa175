// `bun examples/migrations/migrate.ts`: runs the files of ./migrations, then prints the next file for a changed table. With
// DATABASE_URL it uses your database, which should be empty; otherwise a temporary embedded server.
import { join } from "node:path";
import { connect, loadSchema } from "rowfn";
import { migrate, migrationSql, migrationStatus, stepsText, transformTable } from "rowfn/ddl";
import { startPostgres } from "rowfn/testing";

const DIRECTORY = join(import.meta.dir, "migrations");

const server = process.env["DATABASE_URL"] ? undefined : await startPostgres();
const { sql } = await connect(server?.url ?? process.env["DATABASE_URL"]!, { max: 2 });
try {
  const { applied } = await migrate(sql, DIRECTORY, { onMigration: name => console.log(`running ${name}`) });
  console.log(`${applied.length} ran, then ${(await migrate(sql, DIRECTORY)).applied.length}`);
  for (const { name, appliedAt } of await migrationStatus(sql, DIRECTORY))
    console.log(`${name} ${appliedAt === null ? "pending" : "done"}`);

  // A developer changes a table directly; the next migration contains the change.
  const before = await loadSchema(sql);
  const after = await transformTable(sql, before, "reader", {
    add: { joined_on: "date not null" },
    defaults: { joined_on: "2026-01-01" },
    retype: { name: "varchar(80)" },
    indexes: ["joined_on"],
  });
  console.log(`\n004_joined.sql:\n${stepsText(migrationSql(before, after))}`);
} finally {
  await sql.close({ timeout: 5 });
  await server?.stop();
}
