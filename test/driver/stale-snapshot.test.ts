// The advice to load the snapshot again is given only for statements that rowfn built, and only if the database
// differs.
import { expect, test } from "bun:test";
import { transformTable } from "../../src/ddl/index.ts";
import {
  deleteMany,
  expr,
  get,
  getMany,
  groupBy,
  insert,
  insertMany,
  loadSchema,
  page,
  QueryError,
  q,
  rowsWhere,
  streamRows,
  transaction,
  update,
  updateMany,
  updateWhere,
  upsert,
  upsertMany,
} from "../../src/index.ts";
import { claimOne } from "../../src/queues/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { sql, schema } = await testTables(
  `create table doc (id int primary key, title text, kind int);
  create table line (id int primary key, doc_id int references doc, old text);
  create table job (id int primary key, status text not null, run_at timestamptz);
  create table whole (id int primary key);`,
);
await sql.unsafe(
  "alter table doc rename title to name; alter table line rename old to renamed; alter table job rename status to state",
);

const ADVICE =
  "; the database no longer matches the snapshot: public.doc.title does not exist, public.job.status does not exist, public.line.old does not exist; load the snapshot again with loadSchema";
const many = (count: number) => Array.from({ length: count }, (_, id) => ({ id, title: "x" }));
const hasAdvice = async (call: PromiseLike<unknown>): Promise<boolean> => {
  const { message } = await failure(call);
  expect(message).toMatch(/does not exist/);
  return message.includes(ADVICE);
};

test("the error of every kind of statement that rowfn built has the advice", async () => {
  const calls: readonly (() => PromiseLike<unknown>)[] = [
    () => get(sql, schema, "doc", 1),
    () => getMany(sql, schema, "doc", [1]),
    () => rowsWhere(sql, schema, "doc", { where: { title: "x" }, select: ["id"] }),
    () => rowsWhere(sql, schema, "doc", { select: ["id"], include: { line: true } }),
    () => page(sql, schema, "doc", { limit: 2 }),
    () => streamRows(sql, schema, "doc").next(),
    () => groupBy(sql, schema, "doc", "title"),
    () => insert(sql, schema, "doc", { id: 1, title: "x" }),
    () => insertMany(sql, schema, "doc", many(2)),
    () => insertMany(sql, schema, "doc", many(5_000)),
    () => insertMany(sql, schema, "doc", many(2).values()),
    () => upsert(sql, schema, "doc", { id: 1, title: "x" }),
    () => upsertMany(sql, schema, "doc", many(2)),
    () => upsertMany(sql, schema, "doc", many(5_000)),
    () => update(sql, schema, "doc", { id: 1, title: "x" }),
    () => updateMany(sql, schema, "doc", many(2)),
    () => updateWhere(sql, schema, "doc", { title: "x" }, { all: true }),
    () => deleteMany(sql, schema, "line", [1], { returning: true }),
    () => transaction(sql, tx => get(tx, schema, "doc", 1)),
    () => sql.begin(tx => get(tx, schema, "doc", 1)),
  ];
  for (const call of calls) expect([String(call), await hasAdvice(call())]).toEqual([String(call), true]);
});

test.each([{}, { columns: { runAt: "run_at" } }])(
  "the error of a claim with %p has the advice",
  async options => {
    const call = claimOne(sql, schema, "job", () => expect.unreachable(), options);
    expect((await failure(call)).message).toContain(ADVICE);
  },
);

test("the error of a caller's SQL does not", async () => {
  const raw = expr`title = ${"x"}`;
  const calls: readonly (() => PromiseLike<unknown>)[] = [
    () => q(sql, schema, expr`select title from doc`),
    () => rowsWhere(sql, schema, "doc", { where: raw, select: ["id"] }),
    () => rowsWhere(sql, schema, "doc", { where: raw, select: ["id"], include: { line: true } }),
    () => update(sql, schema, "doc", { id: 1, kind: expr`nonsense` }, { returning: false }),
    () => groupBy(sql, schema, "doc", "kind", { where: raw }),
    () => updateWhere(sql, schema, "doc", { kind: 1 }, { where: raw }),
    () => page(sql, schema, "doc", { limit: 1, where: raw, select: ["id"] }),
  ];
  for (const call of calls) expect([String(call), await hasAdvice(call())]).toEqual([String(call), false]);
});

test("without a difference there is no advice: only the current transaction sees the dropped table", async () => {
  const fresh = await loadSchema(sql);
  const call = sql.begin(async tx => {
    await tx`drop table whole`;
    await get(tx, fresh, "whole", 1);
  });
  const { message } = await failure(call);
  expect(message).toStartWith('relation "public.whole" does not exist [42P01]\n');
});

test("transformTable of a column that was renamed fails with PostgreSQL's error, not with one of its values", async () => {
  const error = await failure(transformTable(sql, schema, "doc", { retype: { title: "int" } }));
  expect(error).toBeInstanceOf(QueryError);
  expect(error.message).toStartWith('column "title" does not exist [42703]');
});
