// Statements that were prepared before a change of their table. The driver prepares one again only if nothing was sent after it.
import { expect, test } from "bun:test";
import { expr, get, page, type QueryError, q, rowsWhere, transaction, update } from "../../src/index.ts";
import { failure } from "../support/failure.ts";
import { testTables } from "../support/test-tables.ts";

const { database, schema, plain } = await testTables(
  "create table item (id int primary key, name varchar(5) not null); insert into item values (1, 'a'), (2, 'b')",
);

let length = 5;
/** Changes the type of a column in a way that every program accepts. */
const widen = (): Promise<unknown> => plain(`alter table item alter name type varchar(${++length})`);

const all = expr`select * from item where id = ${1}`;
const CALLS: Readonly<Record<string, (sql: Bun.SQL) => Promise<unknown>>> = {
  get: sql => get(sql, schema, "item", 1),
  "get with a timeout": sql => get(sql, schema, "item", 1, { timeout: 60_000 }),
  rowsWhere: sql => rowsWhere(sql, schema, "item", { where: { id: 1 } }),
  page: sql => page(sql, schema, "item", { limit: 1, total: true }),
  q: sql => q(sql, schema, all),
  "q that is read-only": sql => q(sql, schema, all, { readOnly: true }),
  update: sql => update(sql, schema, "item", { id: 1, name: "a" }),
  "a transaction with retries": sql => transaction(sql, tx => get(tx, schema, "item", 1), { retries: 20 }),
};

test.each(Object.entries(CALLS))(
  "%s succeeds 20 times at once after a column was changed",
  async (_name, call) => {
    const sql = database.connect({ max: 3 });
    const together = (): Promise<unknown[]> => Promise.all(Array.from({ length: 20 }, () => call(sql)));
    const [before] = await together();
    await together();
    await widen();
    expect(await together()).toEqual(Array(20).fill(before));
  },
);

test.skipIf(process.env["ROWFN_PREPARE"] === "false")(
  "in a transaction of the caller the statement is not sent again, because it has aborted the transaction",
  async () => {
    const sql = await database.connect({ max: 1 }).reserve();
    const read = (): Promise<unknown> => q(sql, schema, all);
    await read();
    await read();
    await widen();
    await sql`begin`;
    expect(((await failure(read())) as QueryError).sqlstate).toBe("0A000");
    await sql`rollback`;
    sql.release();
  },
);
