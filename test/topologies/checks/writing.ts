// Writes of single rows, read back with plain SQL from the server that stores the rows.
import {
  ConstraintError,
  count,
  deleteRow,
  deleteWhere,
  exec,
  expr,
  get,
  insert,
  insertMany,
  item,
  lookup,
  nest,
  q,
  update,
  upsert,
} from "../../support/every-entry.ts";
import { failure } from "../../support/failure.ts";
import { itemRows, stored } from "../item-rows.ts";
import { type Check, NO_INDEX, type Place, writing } from "../topology.ts";

/** The rows of the check in `entry`, read with plain SQL. */
async function entries({ direct, name }: Place): Promise<unknown[][]> {
  return [
    ...(await direct.unsafe(`select name, body from entry where name like '${name}%' order by 1`).values()),
  ];
}

export const WRITING: readonly Check[] = writing([
  {
    name: "insert returns the stored row",
    run: async place => {
      const { sql, schema, first } = place;
      const row = { id: first, owner_id: 2, region: "south", name: "one", price: "9.90", doc: { a: [1] } };
      const { id, ...rest } = (await insert(sql, schema, "item", row)) as Record<string, unknown>;
      return [id === first, rest, await stored(place)];
    },
    expect: [
      true,
      {
        ...{ owner_id: 2, region: "south", name: "one", price: "9.90", tags: [], doc: { a: [1] } },
        ...{ at: new Date("2026-01-01T00:00:00Z"), version: "0" },
      },
      [1, 0, "one"],
    ],
  },
  {
    name: "insert of a value that exists is reported by its column",
    run: async place => {
      const { sql, schema, name } = place;
      await insert(sql, schema, "entry", { name });
      const error = await failure(insert(sql, schema, "entry", { name, body: "second" }));
      return [error instanceof ConstraintError && error.kind, (await entries(place)).length];
    },
    expect: ["unique", 1],
  },
  {
    name: "insert of a value that a CHECK rejects is reported by its column",
    run: async ({ sql, schema, name }) => {
      const entry = await insert(sql, schema, "entry", { name });
      const write = q(sql, schema, expr`insert into line (entry_id, amount) values (${entry!["id"]}, ${-1})`);
      return (await failure(write)).message.split("\n")[0];
    },
    expect: 'new row for relation "line" violates check constraint "line_amount_check" [23514]',
  },
  {
    name: "insert with nested rows",
    run: async ({ sql, schema, name, direct }) => {
      const tree = { name, line: [{ amount: "1.50" }, { amount: "2.50" }] };
      await insert(sql, schema, "entry", tree, { include: nest({ line: true }) });
      const text = `select sum(amount)::text from line join entry on entry.id = entry_id where name = '${name}'`;
      return (await direct.unsafe(text).values())[0];
    },
    expect: ["4.00"],
  },
  {
    name: "update",
    run: async place => {
      const { sql, schema, first } = place;
      await insertMany(sql, schema, "item", itemRows(place, 2));
      const row = await update(sql, schema, "item", { id: first + 1, name: "z" }, { returning: ["name"] });
      return [row, await stored(place)];
    },
    expect: [{ name: "z" }, [2, 1, "z"]],
  },
  {
    name: "update by version rejects a row that another session has changed",
    run: async ({ sql, schema, first }) => {
      await insert(sql, schema, "counter", { id: first, value: 1 });
      const change = (value: number): Promise<unknown> =>
        update(sql, schema, "counter", { id: first, value, version: "0" }, { version: "version" });
      await change(2);
      return [(await failure(change(3))).name, (await get(sql, schema, "counter", first))!["value"]];
    },
    expect: ["StaleError", 2],
  },
  {
    name: "upsert inserts, then updates",
    run: async place => {
      const { sql, schema } = place;
      const [row] = itemRows(place, 1);
      await upsert(sql, schema, "item", row!);
      await upsert(sql, schema, "item", { ...row!, name: "upserted" });
      return await stored(place);
    },
    expect: [1, 0, "upserted"],
    fails: { "foreign partitions": NO_INDEX },
  },
  {
    name: "deleteRow",
    run: async place => {
      const { sql, schema, first } = place;
      await insertMany(sql, schema, "item", itemRows(place, 2));
      const { id } = (await deleteRow(sql, schema, "item", first)) as Record<string, unknown>;
      return [id === first, await stored(place)];
    },
    expect: [true, [1, 1, "new 1"]],
  },
  {
    name: "lookup: 10 concurrent calls create one row",
    run: async place => {
      const { sql, schema, name } = place;
      const calls = Array.from({ length: 10 }, () =>
        lookup(sql, schema, "entry", { name }, { key: ["name"] }),
      );
      const ids = new Set((await Promise.all(calls)).map(row => (row as { id: number }).id));
      return [ids.size, (await entries(place)).length];
    },
    expect: [1, 1],
  },
  {
    name: "upsert by a unique column: 10 concurrent calls leave one row",
    run: async place => {
      const { sql, schema, name } = place;
      const call = (n: number) =>
        upsert(sql, schema, "entry", { name, body: `b${n}` }, { key: ["name"], update: ["body"] });
      await Promise.all(Array.from({ length: 10 }, (_, n) => call(n)));
      return (await entries(place)).length;
    },
    expect: 1,
  },
  {
    name: "exec returns the number of rows",
    run: async ({ sql, schema, name }) => {
      const insertSome = expr`insert into entry (name) select ${name}::text || n from generate_series(1, 3) n`;
      return [
        await exec(sql, schema, insertSome),
        await exec(sql, schema, expr`delete from entry where name like ${`${name}%`}`),
      ];
    },
    expect: [3, 3],
  },
  {
    name: "q of an INSERT in WITH",
    run: async ({ sql, schema, name }) =>
      q(
        sql,
        schema,
        expr`with one as (insert into entry (name) values (${name}) returning body) select body from one`,
      ),
    expect: [{ body: null }],
  },
  {
    name: "q of a function that writes",
    run: async place => {
      const { sql, schema, name } = place;
      await item(sql, schema, expr`select add_entry(${name})`);
      return (await entries(place)).length;
    },
    expect: 1,
  },
  {
    name: "50 reads, each after its own insert, see the row",
    run: async ({ sql, schema, name }) => {
      let missing = 0;
      for (let n = 0; n < 50; n++) {
        const row = await insert(sql, schema, "entry", { name: `${name} ${n}` });
        if ((await get(sql, schema, "entry", row!["id"] as number)) === undefined) missing++;
      }
      return missing;
    },
    expect: 0,
  },
  {
    name: "count after deleteWhere",
    run: async ({ sql, schema, name }) => {
      await insert(sql, schema, "entry", { name });
      await deleteWhere(sql, schema, "entry", { where: { name } });
      return await count(sql, schema, "entry", { where: { name } });
    },
    expect: 0,
  },
]);
