import { expect, test } from "bun:test";
import { migrate } from "../../src/ddl/index.ts";
import {
  and,
  asRole,
  col,
  count,
  exec,
  expr,
  get,
  gt,
  insert,
  insertMany,
  item,
  type QueryError,
  q,
  qOne,
  rowsWhere,
  script,
  selectOne,
  table,
  transaction,
  update,
} from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { expectMessages } from "../support/messages.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema, plain } = await testTables(
  `create table doc (id int primary key, title text, n int, old text, made int);
  create table ruled (id int);
  create rule nothing as on insert to ruled do instead nothing;
  create function broken() returns trigger language plpgsql as $$ begin perform no_such(); return new; end $$;
  create table guarded (id int primary key);
  create trigger broken before insert on guarded for each row execute function broken();
  create table gone (id int primary key);`,
  "truncate doc; insert into doc values (1, 'a', 1), (2, 'b', 2)",
);
// The snapshot lacks these changes.
await sql.unsafe(
  "alter table doc rename old to renamed; alter table doc alter made type text; drop table gone",
);

test("the messages of statements that PostgreSQL rejects", async () => {
  await expectMessages("sql", [
    () => q(sql, schema, expr`select doc.titel from doc`),
    () => q(sql, schema, expr`select title from dok`),
    () => q(sql, schema, expr`select id, title\nfrom doc\nwhere titel = ${"a"}\norder by id`),
    () => q(sql, schema, expr`selec 1`),
    () => q(sql, schema, expr`select 1 / ${0}::int`),
    () => q(sql, schema, expr`select ${"x"}::int`),
    () => q(sql, schema, expr`select ${undefined}`),
    () => q(sql, schema, expr`select ${1} = ${"a"} from doc where title = 1`),
    () => q(sql, schema, expr`select id, id from doc`),
    () => q(sql, schema, expr`select ${col("doc", "titel")} from ${table("doc")}`),
    () => q(sql, schema, expr`select 1 from ${table("dok")}`),
    () => q(sql, schema, "select 1" as never),
    () => qOne(sql, schema, expr`select id from doc`),
    () => item(sql, schema, expr`select id, title from doc where id = 1`),
    () => item(sql, expr`select 1` as never, undefined as never),
    () => exec(sql, schema, expr`update doc set titel = 'x'`),
    () => script(sql, "create table a (id int); insert into a values ('x')"),
    () => count(sql, schema, "doc", { where: expr`titel is null` }),
    () => rowsWhere(sql, schema, "doc", { where: and({ id: 1 }, expr`lenght(title) > 1`), select: ["id"] }),
    () => update(sql, schema, "doc", { id: 1, n: expr`m + 1` }),
    () => rowsWhere(sql, schema, "doc", { select: ["old"] }),
    () => rowsWhere(sql, schema, "doc", { select: ["id"], where: { made: 1 } }),
    () => get(sql, schema, "gone", 1),
    () => insert(sql, schema, "ruled", { id: 1 }),
    () => insert(sql, schema, "guarded", { id: 1 }),
    () => insertMany(sql, schema, "doc", [{ id: 9, old: "x" }]),
    () => selectOne(sql, schema, "doc", { where: { id: 9 } }),
    () => selectOne(sql, schema, "doc", { select: ["id"] }),
    () => transaction(sql, tx => exec(tx, schema, expr`insert into doc (id) values (3)`), { readOnly: true }),
    () => q(sql, schema, expr`select '${"x"}'`),
    () => q(sql, schema, expr("select $1", [])),
    () => q(sql, schema, expr("select 1", ["x"])),
    () => q(sql, schema, expr`select ${gt(5)}`),
    () => q(sql, schema, expr`select * from doc where ${{ id: 1 }}`),
    () => qOne(sql, schema, expr`select id from doc where id = 99`),
    () => asRole(sql, { role: "nobody_at_all" }, tx => q(tx, schema, expr`select 1`)),
    () => asRole(sql, { settings: { tenant: "1" } }, tx => q(tx, schema, expr`select 1`)),
    () => migrate(sql, [{ name: "001_a", up: "create table m (id int);\ncreate table n (id txt);\n" }]),
  ]);
});

test("an error of hand-written SQL has PostgreSQL's hint and position", async () => {
  const error = (await failure(q(sql, schema, expr`select doc.titel from doc`))) as QueryError;
  expect([error.hint, error.position]).toEqual(['Perhaps you meant to reference the column "doc.title".', 8]);
  expect(await plain("select count(*)::int from doc")).toEqual([[2]]);
});
