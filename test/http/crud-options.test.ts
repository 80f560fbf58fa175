import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { crud, openApi, querySchema, RequestError } from "../../src/http/index.ts";
import { loadSchema, type Relation } from "../../src/index.ts";
import { until } from "../support/eventually.ts";
import { answer, type InvoiceService, invoiceService } from "../support/invoice-service.ts";

let service: InvoiceService;
beforeAll(async () => {
  service = await invoiceService();
});
afterAll(() => service.database.drop());
beforeEach(() => service.reset());

// A page needs a key, which a view does not have.
function keyedView(relation: Relation): Relation {
  if (relation.name !== "slow") return relation;
  const columns = relation.columns.map(column => ({ ...column, nullOnRead: "never" as const }));
  const key = { name: "k", columns: ["id"], valid: true, predicate: null, deferrable: false };
  return { ...relation, columns, uniqueKeys: [key as never] };
}

const plain = (text: string) => service.plain(text);

test("values of included rows are printed exactly, even if those of the table need no care", async () => {
  const { sql } = service;
  await sql`alter table invoice add column ratio float8 default '-0', add column data bytea default '\\x00ff'`;
  try {
    const include = { invoice: { select: ["ratio", "data"] } } as const;
    const routes = crud(sql, await loadSchema(sql), { tables: { customer: { select: ["id"], include } } });
    const url = "http://localhost/customer?include=invoice&select=id&limit=1";
    const response = await routes["/customer"]!(new Request(url));
    expect(await response.text()).toContain('"invoice":[{"ratio":-0,"data":"\\\\x00ff"}');
  } finally {
    await sql`alter table invoice drop column ratio, drop column data`;
  }
});

test.each<[include: object, invoice: object, row: object]>([
  [{ invoice: true }, { select: ["number"] }, { invoice: [{ number: "3" }] }],
  [{ invoice: { select: ["id"] } }, { select: ["number"] }, { invoice: [{ id: 3 }] }],
  [{ invoice: { count: true } }, { select: ["number"] }, { invoice: 1 }],
  [
    { invoice: { include: { customer: true } } },
    { select: ["number"] },
    { invoice: [{ number: "3", customer: { id: 2 } }] },
  ],
  [{ invoice: true }, {}, { invoice: [{ id: 3, tenant_id: 1, settings: {} }] }],
])("the related rows of include %j have the columns of their own table %j", async (include, invoice, row) => {
  const { sql, schema } = service;
  const routes = crud(sql, schema, { tables: { customer: { select: ["id"], include }, invoice } } as never);
  const response = await routes["/customer/:key"]!(
    new Request("http://localhost/customer/2?include=invoice"),
  );
  const found = (await response.json()) as Record<string, unknown>;
  expect(found).toMatchObject({ id: 2, ...row });
  if ("select" in invoice) expect(found).toEqual({ id: 2, ...row });
});

test("a generated column in a change is rejected as in a new row, also in a batch", async () => {
  const { sql } = service;
  await sql.unsafe(`create table tag (id int primary key, name text, slug text generated always as (lower(name)) stored);
    insert into tag values (1, 'A')`);
  try {
    const routes = crud(sql, await loadSchema(sql), { tables: { tag: { write: ["id", "name", "slug"] } } });
    const sent = (method: string, path: string, body: unknown) =>
      routes[path.replace(/\/1$/, "/:key")]!(
        new Request(`http://localhost${path}`, { method, body: JSON.stringify(body) }),
      );
    const batch = [{ op: "update", table: "tag", key: 1, row: { slug: "b" } }];
    for (const [response, pointer] of [
      [await sent("POST", "/tag", { id: 2, slug: "b" }), "/slug"],
      [await sent("PATCH", "/tag/1", { name: "B", slug: "b" }), "/slug"],
      [await sent("PUT", "/tag/1", { name: "B", slug: "b" }), "/slug"],
      [await sent("POST", "/batch", batch), "/0/row/slug"],
    ] as const)
      expect(await answer(response)).toMatchObject([422, { errors: [{ pointer, code: "read_only" }] }]);
    expect(await plain("select name from tag")).toEqual([["A"]]);
  } finally {
    await sql`drop table tag`;
  }
});

test("authorize sees every operation and rejects by throwing or by a response", async () => {
  const seen: unknown[] = [];
  const { sql, schema, options } = service;
  const routes = crud(sql, schema, {
    ...options,
    prefix: "/api",
    authorize: (request, access) => {
      seen.push([access.table, access.operation, access.key]);
      if (request.headers.has("no")) throw new RequestError(401, "sign in first", "unauthorized");
      return access.operation === "delete" ? new Response("never", { status: 403 }) : undefined;
    },
  });
  const at = (method: string, path: string, headers = {}, body?: string) =>
    routes[path.replace(/\d+$/, ":key")]!(
      new Request(`http://localhost${path}`, { method, headers, ...(body && { body }) }),
    );
  expect((await at("GET", "/api/invoice", { no: "1" })).status).toBe(401);
  expect(await (await at("DELETE", "/api/customer/2")).text()).toBe("never");
  expect((await at("GET", "/api/customer/2")).status).toBe(200);
  const batch = JSON.stringify([{ op: "delete", table: "customer", key: 2 }]);
  expect((await at("POST", "/api/batch", {}, batch)).status).toBe(403);
  expect(seen).toEqual([
    ["invoice", "list", undefined],
    ["customer", "delete", 2],
    ["customer", "get", 2],
    ["customer", "delete", 2],
  ]);
  expect(await plain("select count(*)::int from customer where id = 2")).toEqual([[1]]);
});

test.each<[string, object, list: string, row: string, hasBatch: boolean]>([
  ["nothing", {}, "GET, HEAD", "GET, HEAD", false],
  ["no column", { write: [] }, "GET, HEAD", "GET, HEAD", false],
  ["one column", { write: ["text"] }, "GET, HEAD, POST", "GET, HEAD, PATCH", true],
  ["delete", { delete: true }, "GET, HEAD", "GET, HEAD, DELETE", true],
])(
  "a table that accepts %s has only these methods, in the routes and in the document",
  async (_, table, list, row, hasBatch) => {
    const { sql, schema } = service;
    const routes: Record<string, (request: Request) => Promise<Response>> = crud(sql, schema, {
      tables: { line: table },
    } as never);
    const allowed = async (path: string): Promise<string | null> =>
      (await routes[path]!(new Request("http://localhost/", { method: "OPTIONS" }))).headers.get("allow");
    expect([await allowed("/line"), await allowed("/line/:key"), "/batch" in routes]).toEqual([
      ...[list, row],
      hasBatch,
    ]);
    const info = { title: "Lines", version: "1.0.0" };
    const { paths } = openApi(schema, { ...info, tables: { line: table } } as never) as {
      paths: Record<string, object>;
    };
    const methods = (path: string): readonly string[] =>
      Object.keys(paths[path]!).filter(name => name.toUpperCase() !== "HEAD" && name !== "parameters");
    const written = (allow: string): readonly string[] =>
      allow
        .split(", ")
        .filter(name => name !== "HEAD")
        .map(name => name.toLowerCase());
    expect([methods("/line"), methods("/line/{key}"), "/batch" in paths]).toEqual([
      ...[written(list), written(row)],
      hasBatch,
    ]);
  },
);

test("an invalid option is rejected before the first request", () => {
  const { sql, schema } = service;
  const make = (tables: object) => () => crud(sql, schema, { tables } as never);
  expect(make({ invoices: {} })).toThrow('"invoices" does not exist');
  expect(make({ invoice: { write: ["nope"] } })).toThrow('invoice has no column "nope"');
  expect(make({ invoice: { version: "nope" } })).toThrow('invoice has no column "nope"');
  expect(make({ invoice: { version: "version", write: ["version"] } })).toThrow(
    "invoice.version: every change sets the column of version, so that clients cannot write it; remove it from write",
  );
  expect(make({ invoice: { version: "due_on" } })).toThrow(
    "invoice.due_on: version must be a column of integers",
  );
  expect(make({ invoice: { filter: ["nope"] } })).toThrow("nope");
});

test("an unexpected error is 500 without details, and onError is called", async () => {
  const errors: unknown[] = [];
  const { sql, schema } = service;
  const bug = new TypeError("secret");
  const routes = crud(sql, schema, {
    tables: { customer: {} },
    scope: () => {
      throw bug;
    },
    onError: error => errors.push(error),
  });
  const response = await routes["/customer"]!(new Request("http://localhost/customer"));
  expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining("secret")]);
  expect(errors).toEqual([bug]);
});

test("an error after the client has disconnected is 499, and onError is not called", async () => {
  const errors: unknown[] = [];
  const { sql, schema } = service;
  const controller = new AbortController();
  const routes = crud(sql, schema, {
    tables: { customer: {} },
    scope: () => {
      controller.abort();
      throw new TypeError("the body could not be read");
    },
    onError: error => errors.push(error),
  });
  const request = new Request("http://localhost/customer", { signal: controller.signal });
  const response = await routes["/customer"]!(request);
  expect([response.status, response.body, errors]).toEqual([499, null, []]);
});

test("timeout cancels the statements of a request, even if its client has disconnected", async () => {
  const { sql, database } = service;
  await sql.unsafe(`create or replace view slow as select id, pg_sleep(60)::text as slept from customer`);
  const schema = await loadSchema(sql);
  const active = async (): Promise<number> => {
    const [found] = await sql`select count(*)::int as n from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and query ilike '%from "public"."slow%'`;
    return found.n;
  };
  const tables = { slow: {} };
  const pool = database.connect({ max: 2 });
  const keyed = { ...schema, relations: schema.relations.map(relation => keyedView(relation)) };
  const short = crud(pool, keyed, { tables, timeout: 1, onError: () => {} });
  expect((await short["/slow"]!(new Request("http://localhost/slow"))).status).toBe(503);
  const long = crud(pool, keyed, { tables, timeout: 60_000 });
  const controller = new AbortController();
  const aborted = long["/slow"]!(new Request("http://localhost/slow", { signal: controller.signal }));
  await until(async () => (await active()) > 0);
  controller.abort();
  expect((await aborted).status).toBe(499);
  await until(async () => (await active()) === 0);
  await sql.unsafe("drop view slow");
});

test("an unknown option is rejected with the nearest name, and an invalid timeout with its value", () => {
  const { sql, schema } = service;
  expect(() => crud(sql, schema, { tables: {}, authorise: () => {} } as never)).toThrow(
    'crud has no option "authorise"; did you mean "authorize"?',
  );
  expect(() => crud(sql, schema, { tables: {}, timeout: 0 })).toThrow(
    "timeout must be a positive number of milliseconds, received 0",
  );
  expect(() => crud(sql, schema, { tables: { customer: { filters: [] } } } as never)).toThrow(
    'table "customer" has no option "filters"; did you mean "filter"?',
  );
});

test("a secret that is undefined is rejected, because it would sign nothing", () => {
  const { sql, schema } = service;
  const secret = undefined;
  const message =
    "secret must be a non-empty string, received undefined; leave it out for page tokens without a signature";
  expect(() => crud(sql, schema, { tables: {}, secret } as never)).toThrow(`crud: ${message}`);
  expect(() => querySchema(schema, "customer", { secret } as never)).toThrow(`querySchema: ${message}`);
});

test("without batch neither the routes nor the document have its path", async () => {
  const { sql, schema, options } = service;
  const given = { ...options, batch: false } as const;
  expect(Object.keys(crud(sql, schema, options))).toContain("/batch");
  expect(Object.keys(crud(sql, schema, given))).not.toContain("/batch");
  const paths = (some: object): string[] =>
    Object.keys(openApi(schema, { ...some, title: "t", version: "1" } as never)["paths"] as object);
  expect(paths({ tables: options.tables })).toContain("/batch");
  expect(paths({ tables: options.tables, batch: false })).not.toContain("/batch");
  const served = async (some: object): Promise<string[]> => {
    const routes = crud(sql, schema, { ...some, openApi: { title: "t", version: "1" } } as never);
    const response = await routes["/openapi.json"]!(new Request("http://localhost/openapi.json"));
    return Object.keys(((await response.json()) as { paths: object }).paths);
  };
  expect(await served(options)).toContain("/batch");
  expect(await served(given)).not.toContain("/batch");
});

test.each([true, false])(
  "tables that nobody can write to have a batch if rows can be deleted: %j",
  canDelete => {
    const { sql, schema } = service;
    const tables = { invoice: { select: ["id"], delete: canDelete } };
    expect(Object.keys(crud(sql, schema, { tables } as never)).includes("/batch")).toBe(canDelete);
  },
);

test("a table whose path is that of the batch is rejected", async () => {
  const { sql } = service;
  await sql`create table batch (id int primary key)`;
  try {
    const schema = await loadSchema(sql);
    const tables = { batch: { write: ["id"] } };
    expect(() => crud(sql, schema, { tables })).toThrow(
      "the path /batch is also the path of a table; change prefix",
    );
    expect(Object.keys(crud(sql, schema, { tables, batch: false }))).toEqual(["/batch", "/batch/:key"]);
  } finally {
    await sql`drop table batch`;
  }
});
