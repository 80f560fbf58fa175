// `bun examples/tenants/server.ts`: each tenant's requests see and write only its own rows. With DATABASE_URL it uses your
// database, which should be empty; otherwise a temporary embedded server.
import { connect, loadSchema, rowsWhere, type SchemaSnapshot, scope, script } from "rowfn";
import { crud, RequestError } from "rowfn/http";
import { startPostgres } from "rowfn/testing";

// Keys contain the tenant, so that the database itself keeps tenants apart, too.
const TABLES = `
  create table tenant (id int primary key, token text not null unique);
  create table project (
    tenant_id int not null references tenant,
    id int generated always as identity,
    name varchar(80) not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
  );
  create table task (
    tenant_id int not null references tenant,
    id int generated always as identity,
    project_id int not null,
    text varchar(200) not null check (text <> ''),
    done boolean not null default false,
    primary key (tenant_id, id),
    foreign key (tenant_id, project_id) references project on delete cascade
  );
  insert into tenant values (1, 'lamps-token'), (2, 'boats-token')`;

const postgres = process.env["DATABASE_URL"] ? undefined : await startPostgres();
const { sql } = await connect(process.env["DATABASE_URL"] || postgres!.url);
await script(sql, TABLES);
const schema = await loadSchema(sql);

/** The snapshot in which only the rows of the tenant exist whose token the request has. */
async function tenantSchema(request: Request): Promise<SchemaSnapshot> {
  const token = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
  const [tenant] = await rowsWhere(sql, schema, "tenant", { where: { token }, select: ["id"] });
  if (tenant === undefined) throw new RequestError(401, "the token is unknown", "unauthorized");
  return scope(schema, { "*": { tenant_id: tenant["id"] }, tenant: { id: tenant["id"] } });
}

const routes = crud(sql, schema, {
  tables: {
    project: { sort: ["name"], write: ["name"], delete: true, include: { task: true } },
    task: { filter: ["project_id", "done"], write: ["project_id", "text", "done"], delete: true },
  },
  scope: tenantSchema,
});
const server = Bun.serve({ hostname: "127.0.0.1", port: Number(process.env["PORT"] ?? 3000), routes });
console.log(`${server.url}project`);
console.log(`curl -H 'authorization: Bearer lamps-token' -d '{"name":"Hall"}' ${server.url}project`);

process.once("SIGINT", async () => {
  await server.stop(true);
  await sql.close();
  await postgres?.stop();
});
