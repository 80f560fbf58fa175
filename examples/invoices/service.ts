import { connect, loadSchema, rowsWhere, type SchemaSnapshot, scope } from "rowfn";
import { crud, problem, RequestError } from "rowfn/http";
import { wakeSql, watchSql, work } from "rowfn/queues";
import { sendInvoice } from "./send-invoice.ts";
import { TABLES } from "./tables.ts";

/** A running service. */
export interface InvoiceService {
  readonly url: URL;
  readonly stop: () => Promise<void>;
}

/** Options of `startService`. */
export interface ServiceOptions {
  readonly databaseUrl: string;
  readonly port: number;
  readonly sendMail: (address: string, text: string) => Promise<void> | void;
}

/** Starts the service and its mail worker on a database, whose tables it creates if they do not exist. */
export async function startService({ databaseUrl, port, sendMail }: ServiceOptions): Promise<InvoiceService> {
  const { sql, schema } = await connect(databaseUrl);
  const all = schema.relations.some(({ name }) => name === "invoice") ? schema : await createTables(sql);
  const ofRequest = (request: Request): Promise<SchemaSnapshot> => tenantSchema(sql, all, request);
  const stopping = new AbortController();
  const working = work(
    sql,
    all,
    "mail",
    ({ address, invoice_id: id }) => sendMail(String(address), `Invoice ${id}`),
    {
      signal: stopping.signal,
    },
  );
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    routes: {
      ...crud(sql, all, {
        tables: TABLES,
        scope: ofRequest,
        openApi: { title: "Invoices", version: "1.0.0" },
      }),
      "/invoice/:key/send": {
        POST: async request => await sendInvoice(sql, await ofRequest(request), request),
      },
    },
    error: error => problem(error),
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await server.stop(true);
    await working;
    await sql.close({ timeout: 5 });
  };
  return { url: server.url, stop };
}

async function createTables(sql: Bun.SQL): Promise<SchemaSnapshot> {
  await sql.unsafe(await Bun.file(new URL("schema.sql", import.meta.url)).text());
  const schema = await loadSchema(sql);
  for (const text of [...watchSql(schema, "invoice"), ...wakeSql(schema, "mail")]) await sql.unsafe(text);
  return schema;
}

const TENANT_TABLES = ["customer", "invoice", "invoice_line", "mail"];

/** The snapshot of the tenant whose token a request carries: nothing else exists in it. */
async function tenantSchema(sql: Bun.SQL, all: SchemaSnapshot, request: Request): Promise<SchemaSnapshot> {
  const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
  const [tenant] = token === undefined ? [] : await rowsWhere(sql, all, "tenant", { where: { token } });
  if (tenant === undefined) throw new RequestError(401, "a valid token is required", "unauthorized");
  return scope(all, Object.fromEntries(TENANT_TABLES.map(table => [table, { tenant_id: tenant["id"] }])));
}
