// The other functions in sessions with hostile settings; a list ensures that no function is omitted.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import * as files from "../../src/files/index.ts";
import * as http from "../../src/http/index.ts";
import { crud, keySchema, readBody } from "../../src/http/index.ts";
import * as core from "../../src/index.ts";
import {
  declare,
  deleteRow,
  deleteWhere,
  exec,
  exists,
  expr,
  get,
  getOrThrow,
  insert,
  insertSchema,
  item,
  link,
  oneOf,
  pksAndRowsWhere,
  replicas,
  rowsWhere,
} from "../../src/index.ts";
import * as queues from "../../src/queues/index.ts";
import { claimOne, watch, watchSql, work } from "../../src/queues/index.ts";
import { eventually } from "../support/eventually.ts";
import { EXACT_TYPES } from "../support/exact-values.ts";
import { HOSTILE_SETTINGS, type HostileDatabase, hostileDatabase } from "../support/hostile-settings.ts";
import { NO_ROWS } from "../support/no-rows.ts";

const { analyzeColumn } = files;
type Row = Record<string, unknown>;

// They neither send values nor return them.
const WITHOUT_VALUES: readonly string[] = [
  ...["truncate", "nextUrl", "openApi", "problem", "sessionOf", "eventStream", "ifMatch", "replicas"],
];

test("every function that reads or writes rows has a test with hostile settings", async () => {
  const sources = await Promise.all(
    ["settings", "paths", "functions"].map(name =>
      Bun.file(join(import.meta.dir, `hostile-${name}.test.ts`)).text(),
    ),
  );
  const functions = Object.entries({ ...core, ...files, ...queues, ...http })
    .filter(([, value]) => typeof value === "function" && !(value.prototype instanceof Error))
    .map(([name]) => name)
    .filter(name => !name.endsWith("Sql") && !NO_ROWS.includes(name) && !WITHOUT_VALUES.includes(name));
  const calls = sources.join("\n");
  expect(functions.filter(name => !new RegExp(`\\b${name}(<.*>)?\\(`).test(calls))).toEqual([]);
  expect(functions).toContain("rowLoader");
});

const LINKED = ["double", "span", "bytes", "moment", "words", "price", "during", "pair"];
const LINKED_TABLES = [
  "create table tag (id int primary key); insert into tag values (1), (2);",
  ...EXACT_TYPES.filter(({ name }) => LINKED.includes(name)).map(
    ({ name, type }) => `create table parent_${name} (k ${type} primary key);
      create table ${name}_tag (k ${type} references parent_${name}, tag_id int references tag, primary key (k, tag_id));
      insert into parent_${name} select distinct on ("${name}") "${name}" from source where id <= 20;`,
  ),
];

describe.each(HOSTILE_SETTINGS)("%j", settings => {
  let hostile: HostileDatabase;
  let rows: readonly Row[];

  beforeAll(async () => {
    hostile = await hostileDatabase(settings);
    rows = await rowsWhere(hostile.sql, hostile.schema, "source", { orderBy: "id", limit: 20 });
  });
  afterAll(() => hostile.drop());
  beforeEach(async () => void (await hostile.oracle`truncate copy`));

  /** The number of rows in the copy, and of those that differ from the source in text format. */
  const alteredCounts = async (without: readonly string[] = []): Promise<readonly unknown[]> => {
    const same = EXACT_TYPES.filter(({ name }) => !without.includes(name)).map(
      ({ name }) => `s."${name}"::text is not distinct from c."${name}"::text`,
    );
    const text = `select count(*)::int, count(*) filter (where not (${same.join(" and ")}))::int
      from source s join copy c using (id)`;
    return [...(await hostile.oracle.unsafe(text).values())][0]!;
  };
  const fill = (): Promise<unknown> => hostile.oracle`insert into copy select * from source where id <= 20`;

  test("reads of one row, of one value and of a column", async () => {
    const { sql, schema, oracle } = hostile;
    expect(await getOrThrow(sql, schema, "source", 7)).toEqual(rows[6]!);
    for (const { id, span, double } of rows.slice(0, 5))
      expect(await exists(sql, schema, "source", { where: { id, span, double } })).toBe(true);
    expect(await item(sql, schema, expr`select ${0.1 + 0.2}::float8 + 0`)).toBe(0.1 + 0.2);
    for (const column of ["span", "single", "moment", "amount", "price"]) {
      const { min, max } = await analyzeColumn(sql, schema, "source", column);
      const texts = `min("${column}")::text, max("${column}")::text`;
      const [expected] = await oracle.unsafe(`select ${texts} from source`).values();
      const [stored] = await oracle
        .unsafe(
          `select (select "${column}"::text from source where "${column}" = min limit 1), (select "${column}"::text from source where "${column}" = max limit 1)
           from (select min("${column}"), max("${column}") from source) as bounds`,
        )
        .values();
      const found = await rowsWhere(sql, schema, "source", {
        where: { [column]: oneOf([min, max]) } as never,
      });
      expect([column, found.length > 0, stored]).toEqual([column, true, expected]);
    }
  });

  test("rows that are deleted, and rows that raw SQL changes", async () => {
    const { sql, schema } = hostile;
    await fill();
    expect(await deleteRow(sql, schema, "copy", 1)).toEqual(rows[0]!);
    expect(await deleteWhere(sql, schema, "copy", { where: { id: 2 }, returning: true })).toEqual([rows[1]!]);
    const { span, double, words, bytes } = rows[2]!;
    const change = expr`update copy set span = ${span as string}::interval, double = ${double as number}::float8,
      words = ${words as string[]}::text[], bytes = ${bytes as Uint8Array}::bytea where id = 3`;
    expect(await exec(sql, schema, change)).toBe(1);
    expect(await alteredCounts()).toEqual([18, 0]);
  });

  test("claimOne passes the exact row, and finishing the job changes only its status", async () => {
    const { sql, schema } = hostile;
    await fill();
    const statuses = { pending: rows[4]!["word"], done: "done", failed: "failed" } as never;
    const queue = { columns: { status: "word" }, statuses, where: { id: oneOf([5, 19]) } as never };
    const seen: unknown[] = [];
    await claimOne(sql, schema, "copy", job => void seen.push(job), queue);
    const stop = new AbortController();
    const last = (job: unknown): void => {
      seen.push(job);
      stop.abort();
    };
    await work(sql, schema, "copy", last, { ...queue, signal: stop.signal });
    expect(seen.toSorted((a, b) => Number((a as Row)["id"]) - Number((b as Row)["id"]))).toEqual([
      rows[4],
      rows[18],
    ]);
    expect(await alteredCounts(["word"])).toEqual([20, 0]);
  });

  test("a change that watch reports contains the exact row, and its filter finds it", async () => {
    const { sql, schema, oracle } = hostile;
    for (const text of watchSql(schema, "copy")) await oracle.unsafe(text);
    const stop = new AbortController();
    const changes: { readonly row?: unknown }[] = [];
    const listening = Promise.withResolvers<void>();
    const { double, span, bytes, moment } = rows[7]!;
    const options = {
      signal: stop.signal,
      onListen: listening.resolve,
      where: { double, span, bytes, moment },
    };
    const done = (async () => {
      for await (const change of watch(sql, schema, "copy", options as never)) changes.push(change);
    })();
    await listening.promise;
    // A client with the database's own settings writes.
    await sql.unsafe("insert into copy select * from source where id <= 8");
    await eventually(() => expect(changes).toHaveLength(1));
    stop.abort();
    await done;
    expect(changes[0]!.row).toEqual(rows[7]!);
  });

  test("the rows of crud are exact and can be sent back", async () => {
    const { sql, schema } = hostile;
    const names = ["id", ...EXACT_TYPES.map(({ name }) => name)];
    const routes = crud(sql, schema, {
      tables: { source: { filter: ["id"], sort: ["id"] }, copy: { write: names as never } },
    } as never);
    const headers = { "content-type": "application/json" };
    const send = (method: string, path: string, route: string, body?: string): Promise<Response> =>
      routes[route]!(
        new Request(`http://localhost${path}`, { method, headers, ...(body !== undefined && { body }) }),
      );
    const list = await (await send("GET", "/source?limit=20&sort=id", "/source")).text();
    expect((await send("POST", "/copy", "/copy", list)).status).toBe(201);
    expect(await alteredCounts()).toEqual([20, 0]);
    const one = await (await send("GET", "/source/7", "/source/:key")).text();
    await hostile.oracle`delete from copy where id = 7`;
    const request = new Request("http://localhost/", { method: "POST", headers, body: one });
    await insert(sql, schema, "copy", (await readBody(request, insertSchema(schema, "copy"))) as never);
    expect(await alteredCounts()).toEqual([20, 0]);
  });

  test("keys in a URL, declared keys, and a handle with replicas", async () => {
    const { sql, oracle } = hostile;
    await oracle.unsafe(
      `drop view if exists keyed_view; create view keyed_view as select moment, amount, id from source where id <= 20`,
    );
    const own = declare(await hostile.reload(), {
      keyed_view: { primaryKey: ["moment", "amount"] },
    } as never);
    const pairs = await pksAndRowsWhere(sql, own, "keyed_view");
    for (const [key, row] of pairs) {
      expect(await get(sql, own, "keyed_view", key)).toEqual(row);
      expect(await get(replicas(sql, []), own, "keyed_view", key)).toEqual(row);
      const [moment, amount] = key as [string, string];
      const parsed = keySchema(own, "keyed_view")["~standard"].validate(`${moment},${amount}`) as {
        value: never;
      };
      expect(await get(sql, own, "keyed_view", parsed.value)).toEqual(row);
    }
    expect(pairs).toHaveLength(20);
  });

  describe("link", () => {
    let own: HostileDatabase["schema"];

    beforeAll(async () => {
      await hostile.oracle.unsafe(LINKED_TABLES.join("\n"));
      own = await hostile.reload();
    });

    test.each(LINKED)("stores a key of %s exactly", async name => {
      const { sql, oracle } = hostile;
      const parent = `parent_${name}`;
      const pairs = await pksAndRowsWhere(sql, own, parent);
      for (const [key] of pairs) expect(await link(sql, own, parent, key, "tag", [1, 2])).toBe(2);
      const linked = `select count(*)::int, count(p.k)::int from ${name}_tag t left join ${parent} p on p.k::text = t.k::text`;
      expect(pairs.length).toBeGreaterThan(0);
      expect(await oracle.unsafe(linked).values()).toEqual([[pairs.length * 2, pairs.length * 2]] as never);
    });
  });
});
