import { expect, test } from "bun:test";
import { ifMatch, problem, respond } from "../../src/http/index.ts";
import { getOrThrow, update } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  "create table note (id int primary key, body text, version int not null default 1, at timestamptz not null default now())",
  "truncate note; insert into note values (1, 'a', 1, '2026-01-02T03:04:05.678Z')",
);

const patch = (tag?: string): Request =>
  new Request("http://localhost/note/1", {
    method: "PATCH",
    headers: tag === undefined ? {} : { "if-match": tag },
  });
const save = (request: Request, body: string) =>
  update(
    sql,
    schema,
    "note",
    { id: 1, body, version: ifMatch(request, schema, "note", "version") },
    { version: "version" },
  );
const statusOf = async (run: () => unknown): Promise<number> =>
  problem(await failure((async () => await run())())).status;

test("the ETag of respond is the version that update expects", async () => {
  const row = await getOrThrow(sql, schema, "note", 1);
  const { headers } = await respond(new Request("http://localhost/note/1"), row, { version: "version" });
  expect(await save(patch(headers.get("etag")!), "b")).toMatchObject({ body: "b", version: 2 });
  expect(await statusOf(() => save(patch(headers.get("etag")!), "c"))).toBe(412);
  expect(await plain("select body, version from note")).toEqual([["b", 2]]);
});

test("a version is parsed by the type of its column", () => {
  expect(ifMatch(patch('"2026-01-02T03:04:05.678Z"'), schema, "note", "at")).toBe("2026-01-02T03:04:05.678Z");
});

test("without the header the status is 428, for several tags 400, for a different tag 412", async () => {
  const match = (tag?: string) => statusOf(() => ifMatch(patch(tag), schema, "note", "version"));
  expect(await Promise.all([match(), match("*"), match('"1", "2"')])).toEqual([428, 400, 400]);
  expect(await Promise.all([match('"x"'), match('W/"1"'), match("1"), match('""')])).toEqual([
    412, 412, 412, 412,
  ]);
  expect(() => ifMatch(patch('"1"'), schema, "note", "versio")).toThrow(
    'note has no column "versio"; did you mean "version"?',
  );
});
