// Views, triggers and policies behind an API: what `crud` locks, compares, inserts and deletes.
import { describe, expect, test } from "bun:test";
import { crud } from "../../src/http/index.ts";
import { ArgumentError, declare, loadSchema, type SchemaSnapshot } from "../../src/index.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(
  `create table base (id int primary key, name text);
   create view grouped as select id, max(name) as name from base group by id;
   create function act() returns trigger language plpgsql as $$ begin
     if tg_op = 'INSERT' then insert into base values (new.id, new.name); return new; end if;
     if tg_op = 'UPDATE' then update base set name = new.name where id = old.id; return new; end if;
     delete from base where id = old.id; return old; end $$;
   create trigger act instead of insert or update or delete on grouped for each row execute function act();
   create table kept (id int primary key, gone bool not null default false, version int not null default 1);
   create function hide() returns trigger language plpgsql as 'begin update kept set gone = true where id = old.id; return null; end';
   create trigger hide before delete on kept for each row execute function hide();
   create view live as select id, version from kept where not gone;
   create materialized view stored as select * from base;
   create table late (id int primary key, name text); create rule also as on delete to late do also select 1;
   create rule too as on insert to late where new.id < 0 do also select 1`,
  `truncate base, kept, late; insert into base values (1, 'a'), (2, 'b'); insert into kept values (1), (2);
   insert into late values (1, 'a')`,
);
const sql = database.connect({ max: 4 });
const key = { primaryKey: ["id"] } as const;
const known = declare(schema, { grouped: key, live: key, stored: key }) as SchemaSnapshot;
const routes = crud(sql, known, {
  tables: {
    grouped: { write: ["id", "name"], delete: true },
    kept: { version: "version", delete: true },
    live: { version: "version", delete: true },
    late: { write: ["id", "name"] },
  },
  openApi: { title: "T", version: "1" },
});
const send = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) => {
  const route = path.split("/").length > 2 ? path.replace(/\/[^/]*$/, "/:key") : path;
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  return routes[route]!(new Request(`http://localhost${path}`, init));
};
const tagOf = async (path: string) => (await send("GET", path)).headers.get("etag")!;

describe("a view that PostgreSQL cannot lock", () => {
  test("observes If-Match in PATCH, PUT and DELETE", async () => {
    const tag = await tagOf("/grouped/1");
    expect((await send("PATCH", "/grouped/1", { "if-match": tag }, { name: "b" })).status).toBe(200);
    for (const [method, body] of [["PATCH", { name: "c" }], ["PUT", { name: "c" }], ["DELETE"]] as const)
      expect((await send(method, "/grouped/1", { "if-match": tag }, body)).status).toBe(412);
    expect((await send("PUT", "/grouped/1", { "if-match": "*" }, { name: "d" })).status).toBe(200);
    expect((await send("DELETE", "/grouped/1", { "if-match": await tagOf("/grouped/1") })).status).toBe(204);
    expect(await plain("select * from base")).toEqual([[2, "b"]]);
  });

  test("accepts one of several concurrent writes with the same If-Match, also in batches", async () => {
    const tag = await tagOf("/grouped/2");
    const names = ["w", "x", "y", "z"];
    const answers = await Promise.all(
      names.map(name => {
        if (name === "w") return send("PATCH", "/grouped/2", { "if-match": tag }, { name });
        const version = tag.replaceAll('"', "");
        return send("POST", "/batch", {}, [
          { op: "update", table: "grouped", key: { id: 2 }, row: { name }, version },
        ]);
      }),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });
});

test("a table without upserts requires the condition of a PUT, and no upsert in a batch", async () => {
  for (const table of ["grouped", "late"]) {
    const answer = await send("PUT", `/${table}/7`, {}, { name: "n" });
    expect([answer.status, await answer.json()]).toMatchObject([
      428,
      {
        code: "condition_required",
        detail: "PUT of this table requires If-None-Match: * to insert the row, or If-Match to replace it",
      },
    ]);
    expect((await send("PUT", `/${table}/7`, { "if-none-match": "*" }, { name: "n" })).status).toBe(201);
    expect((await send("PUT", `/${table}/7`, { "if-match": "*" }, { name: "o" })).status).toBe(200);
    const batch = [{ op: "upsert", table, key: { id: 7 }, row: { name: "p" } }];
    expect((await send("POST", "/batch", {}, batch)).status).toBe(422);
  }
  const { paths } = (await (await send("GET", "/openapi.json")).json()) as {
    paths: Record<string, { put?: { responses: object } }>;
  };
  expect(Object.keys(paths["/late/{key}"]!.put!.responses)).toContain("428");
});

test("DELETE with a version is done if a trigger keeps the row, and stale only for another version", async () => {
  expect((await send("DELETE", "/kept/1", { "if-match": '"2"' })).status).toBe(412);
  expect((await send("DELETE", "/kept/1", { "if-match": '"1"' })).status).toBe(204);
  expect((await send("DELETE", "/live/2", { "if-match": '"2"' })).status).toBe(412);
  expect((await send("DELETE", "/live/2", { "if-match": '"1"' })).status).toBe(204);
  expect((await send("DELETE", "/live/2", { "if-match": '"1"' })).status).toBe(404);
  expect(await plain("select id, gone from kept order by id")).toEqual([
    [1, true],
    [2, true],
  ]);
});

test("crud rejects writes that PostgreSQL always rejects, and delete of rows without a path", async () => {
  await sql`create table counted (number int not null unique)`;
  const counted = await loadSchema(sql);
  expect(() => crud(sql, counted, { tables: { counted: { delete: true } } })).toThrow(
    new ArgumentError("counted: without a primary key its rows have no paths; remove delete"),
  );
  expect(() => crud(sql, known, { tables: { stored: { write: ["name"] } } })).toThrow(
    new ArgumentError("stored: PostgreSQL cannot insert or update rows of this relation; remove write"),
  );
  expect(() => crud(sql, known, { tables: { stored: { delete: true } } })).toThrow(
    new ArgumentError("stored: PostgreSQL cannot delete rows of this relation; remove delete"),
  );
});
