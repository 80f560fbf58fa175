// Further ways for values into and out of a database with hostile settings: filters, relations, groups, raw SQL,
// requests.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import * as v from "valibot";
import { bodyRows, querySchema, respond } from "../../src/http/index.ts";
import {
  between,
  count,
  deleteMany,
  expr,
  groupBy,
  insertMany,
  lookup,
  noneOf,
  oneOf,
  q,
  qOne,
  rowLoader,
  rowsAndCount,
  rowsWhere,
  run,
  scope,
  selectOne,
  some,
  updateWhere,
  upsert,
} from "../../src/index.ts";
import { claim } from "../../src/queues/index.ts";
import { getSql } from "../../src/statements/index.ts";
import { EXACT_TYPES } from "../support/exact-values.ts";
import { HOSTILE_SETTINGS, type HostileDatabase, hostileDatabase } from "../support/hostile-settings.ts";

type Row = Record<string, unknown>;
const UNEQUAL = /^(json|xml|point|circle)$/;
const UNORDERED = /^(json|xml|point|circle)$/;

const KEYS = EXACT_TYPES.filter(({ type }) => !UNEQUAL.test(type) && type !== "jsonb");
const KEY_TABLES = KEYS.map(
  ({ name, type }) => `create table parent_${name} (k ${type} primary key);
    create table child_${name} (id int primary key, k ${type} references parent_${name});
    insert into parent_${name} select distinct on ("${name}") "${name}" from source where id <= 40;
    insert into child_${name} select id, "${name}" from source where id <= 40;`,
);

describe.each(HOSTILE_SETTINGS)("%j", settings => {
  let hostile: HostileDatabase;
  let rows: readonly Row[];
  const pick = (name: string): unknown[] => rows.map(row => row[name]);

  beforeAll(async () => {
    hostile = await hostileDatabase(settings);
    rows = await rowsWhere(hostile.sql, hostile.schema, "source", { orderBy: "id", limit: 40 });
  });
  afterAll(() => hostile.drop());
  beforeEach(async () => void (await hostile.oracle`truncate copy`));

  const alteredCounts = async (): Promise<readonly unknown[]> => {
    const same = EXACT_TYPES.map(({ name }) => `s."${name}"::text is not distinct from c."${name}"::text`);
    const text = `select count(*)::int, count(*) filter (where not (${same.join(" and ")}))::int
      from source s join copy c using (id)`;
    return [...(await hostile.oracle.unsafe(text).values())][0]!;
  };

  test("reads of one row, by a loader, with the total number, by a built statement", async () => {
    const { sql, schema } = hostile;
    const [first, second] = rows;
    const load = rowLoader(sql, schema, "source");
    expect(await Promise.all([load(1), load(2)])).toEqual([first, second]);
    expect(await selectOne(sql, schema, "source", { where: { id: 2 } })).toEqual(second!);
    expect(await run(sql, getSql(schema, "source", 2))).toEqual([second!]);
    expect(
      await rowsAndCount(sql, schema, "source", { where: { id: oneOf([1, 2]) }, orderBy: "id" }),
    ).toEqual({
      rows: [first, second],
      count: 2,
    } as never);
    expect(await rowsWhere(sql, scope(schema, { source: { id: 2 } }), "source")).toEqual([second!]);
  });

  test("writes by a filter, of a row that lookup finds, of a claimed job", async () => {
    const { sql, schema } = hostile;
    await hostile.oracle`insert into copy (id) select id from source where id <= 40`;
    for (const row of rows.slice(0, 20)) {
      const { id, ...changes } = row;
      expect(await updateWhere(sql, schema, "copy", changes, { where: { id }, returning: true })).toEqual([
        row,
      ]);
    }
    for (const row of rows.slice(20)) {
      const { id, ...changes } = row;
      expect(await claim(sql, schema, "copy", { where: { id }, set: changes })).toEqual([row]);
    }
    await deleteMany(sql, schema, "copy", pick("id").slice(20));
    for (const row of rows.slice(20)) {
      expect(await lookup(sql, schema, "copy", row)).toEqual(row);
      expect(await lookup(sql, schema, "copy", row)).toEqual(row);
    }
    expect(await alteredCounts()).toEqual([40, 0]);
  });

  test("values of raw SQL and their parameters", async () => {
    const { sql, schema } = hostile;
    for (const { name, type } of EXACT_TYPES) {
      const found = await q<{ text: string }>(
        sql,
        schema,
        expr(`select s."${name}"::text as text from source s where id = any ($1::int4[]) order by id`, [
          pick("id"),
        ]),
      );
      const right = await hostile.oracle
        .unsafe(`select "${name}"::text from source where id <= 40 order by id`)
        .values();
      // The time zone is that of the session; every offset means the same timestamp.
      if (!/timestamptz|tstz|mixed/.test(type))
        expect([name, found.map(({ text }) => text)]).toEqual([name, right.flat()]);
    }
    expect(
      await qOne(
        sql,
        schema,
        expr`select ${"ä😀\\"}::text as a, ${0.1 + 0.2}::float8 as b, ${[null, "NULL"]}::text[] as c`,
      ),
    ).toEqual({
      ...{ a: "ä😀\\", b: 0.1 + 0.2, c: [null, "NULL"] },
    });
  });

  test("the rows of a body are stored exactly, and a response prints them exactly", async () => {
    const { sql, schema } = hostile;
    // Documents in JSON are strings, like the strings of these snapshots.
    const given = rows.map(({ doc: _doc, raw: _raw, ...row }) => row);
    const headers = { accept: "application/x-ndjson", "content-type": "application/x-ndjson" };
    const answer = await respond(new Request("http://localhost/", { headers }), given);
    const request = new Request("http://localhost/", { method: "POST", headers, body: await answer.text() });
    expect(await insertMany(sql, schema, "copy", bodyRows(request, schema, "copy"))).toBe(40);
    await hostile.oracle`update copy c set doc = s.doc, raw = s.raw from source s where s.id = c.id`;
    expect(await alteredCounts()).toEqual([40, 0]);
  });

  describe.each(EXACT_TYPES)("$type $name", ({ name, type }) => {
    test("lists, bounds and negations match the correct rows", async () => {
      if (UNEQUAL.test(type)) return;
      const { sql, schema } = hostile;
      const values = pick(name).slice(0, 20) as never[];
      const of = (where: object): Promise<number> =>
        count(sql, schema, "source", { where: { id: oneOf(pick("id") as number[]), ...where } as never });
      const [[expected]] = (await hostile.oracle
        .unsafe(
          `select count(*)::int from source where id <= 40 and "${name}" in (select "${name}" from source where id <= 20)`,
        )
        .values()) as unknown as [[number]];
      expect(await of({ [name]: oneOf(values) })).toBe(expected);
      expect(await of({ [name]: noneOf(values) })).toBe(40 - expected);
      if (UNORDERED.test(type)) return;
      for (const value of values.slice(0, 5))
        expect(await of({ [name]: between(value, value) })).toBeGreaterThanOrEqual(1);
    });

    test("groups have the exact values of the rows", async () => {
      if (UNEQUAL.test(type)) return;
      const { sql, schema } = hostile;
      const groups = await groupBy(sql, schema, "source", name, {
        where: { id: oneOf(pick("id") as number[]) } as never,
      });
      const texts = (values: unknown[]): string[] =>
        [...new Set(values.map(value => Bun.inspect(value)))].toSorted();
      expect(texts(groups.map(group => (group as Row)[name]))).toEqual(texts(pick(name)));
    });

    test("a URL with a value in text format finds the row", async () => {
      if (UNEQUAL.test(type) || /\[\]|jsonb|mixed|range|bit/.test(type)) return;
      const { sql, schema, oracle } = hostile;
      const [[text]] = (await oracle
        .unsafe(`select "${name}"::text from source where id = 7`)
        .values()) as unknown as [[string]];
      const written = type === "money" ? text.replace(/[$,]/g, "") : text;
      const parameters = new URLSearchParams({ id: "7", [name]: written });
      const parsed = v.safeParse(
        querySchema(schema, "source", { filter: ["id", name] as never }),
        parameters,
      );
      expect([written, parsed.issues?.[0]?.message]).toEqual([written, undefined]);
      expect(await count(sql, schema, "source", { where: (parsed.output as { where: never }).where })).toBe(
        1,
      );
    });
  });

  describe("a foreign key", () => {
    let own: HostileDatabase["schema"];

    beforeAll(async () => {
      await hostile.oracle.unsafe(KEY_TABLES.join("\n"));
      own = await hostile.reload();
    });

    test.each(KEYS)("of $type $name relates its rows", async ({ name }) => {
      const { sql } = hostile;
      const [parent, child] = [`parent_${name}`, `child_${name}`];
      const children = await rowsWhere(sql, own, child, {
        orderBy: "id",
        include: { [parent]: true } as never,
      });
      for (const [at, row] of children.entries())
        expect([at, (row as Row)[parent] === null]).toEqual([at, false]);
      const parents = await rowsWhere(sql, own, parent, { include: { [child]: { count: true } } as never });
      expect(parents.reduce((sum, row) => sum + Number((row as Row)[child]), 0)).toBe(40);
      expect(await count(sql, own, parent, { where: some(child) })).toBe(parents.length);
      for (const { id, k } of children.slice(0, 10))
        expect(await upsert(sql, own, child, { id, k })).toEqual({ id, k });
    });
  });
});
