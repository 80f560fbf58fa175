// Transactions, locks, roles and deadlines.
import {
  asRole,
  count,
  expr,
  get,
  insert,
  item,
  LockedError,
  q,
  rollback,
  rowsWhere,
  run,
  transaction,
  update,
  withConnection,
  withLock,
} from "../../support/every-entry.ts";
import { failure } from "../../support/failure.ts";
import { type Check, type Place, writing } from "../topology.ts";

const entries = ({ direct, name }: Place): PromiseLike<unknown> =>
  direct.unsafe(`select count(*)::int from entry where name like '${name}%'`).then(rows => rows[0].count);

const LATE =
  "not certain: Pgpool-II can hold back the answers of statements that were sent together, and the statement ends before it is canceled; open the handle with prepare: false";

const nap = (place: Place) => ({
  text: "select pg_sleep($1::text::float8), $2::text",
  params: ["10", place.name],
});

/** The number of a check's statements that are running on the server. */
async function running({ server }: Place): Promise<number> {
  const text = `select count(*)::int from pg_stat_activity where state = 'active' and query like 'select pg_sleep%'
    and datname = current_database()`;
  return (await server.unsafe(text))[0].count;
}

/** Ten concurrent increments of a counter, each in a transaction that reads it first. */
async function increments(
  place: Place,
  increment: (tx: Bun.TransactionSQL) => Promise<unknown>,
  options = {},
): Promise<unknown> {
  const { sql, schema, first, direct } = place;
  await insert(sql, schema, "counter", { id: first });
  await Promise.all(Array.from({ length: 10 }, () => transaction(sql, increment, options)));
  return (await direct.unsafe(`select value from counter where id = ${first}`))[0].value;
}

const READS: readonly Check[] = [
  {
    name: "asRole: a setting holds inside, and on no connection afterwards",
    run: async ({ sql, schema, name }) => {
      const setting = expr`select coalesce(current_setting('app.tenant', true), '') as tenant`;
      const inside = await asRole(sql, { settings: { "app.tenant": name } }, tx => item(tx, schema, setting));
      const after = await Promise.all(Array.from({ length: 20 }, () => item(sql, schema, setting)));
      return [inside === name, new Set(after).size === 1 && after[0]];
    },
    expect: [true, ""],
  },
  {
    name: "asRole: a row of another role is hidden",
    run: async ({ sql, schema, name, direct }) => {
      await direct.unsafe(`create table "${name}" (id int, owner text); insert into "${name}" values (1, 'a'), (2, 'b');
        alter table "${name}" enable row level security; grant select on "${name}" to topology_reader;
        create policy own on "${name}" using (owner = current_setting('app.owner'))`);
      const role = { role: "topology_reader", settings: { "app.owner": "b" } };
      const read = expr(`select id from "${name}"`);
      const rows = await asRole(sql, role, tx => q(tx, schema, read));
      return [rows, (await q(sql, schema, read)).length];
    },
    expect: [[{ id: 2 }], 2],
  },
  {
    name: "timeout cancels the statement on the server",
    run: async place => {
      const { sql, schema } = place;
      const { name } = await failure(run(sql, nap(place), { timeout: 200 }));
      return [name, await running(place), await item(sql, schema, expr`select ${1}::int`)];
    },
    expect: ["TimeoutError", 0, 1],
  },
  {
    name: "signal cancels the statement on the server",
    run: async place => {
      const stop = new AbortController();
      const call = failure(run(place.sql, nap(place), { signal: stop.signal }));
      while ((await running(place)) === 0) await Bun.sleep(5);
      stop.abort(new RangeError("enough"));
      return [(await call).message, await running(place)];
    },
    expect: ["enough", 0],
  },
  {
    name: "timeout of a transaction cancels its statement on the server",
    run: async place => {
      const { sql, schema } = place;
      let end = "";
      const slow = async (tx: Bun.TransactionSQL): Promise<void> => {
        end = await run(tx, nap(place)).then(
          () => "completed",
          () => "canceled",
        );
      };
      const { name } = await failure(transaction(sql, slow, { timeout: 200 }));
      return [name, end, await running(place), await item(sql, schema, expr`select ${1}::int`)];
    },
    expect: ["TimeoutError", "canceled", 0, 1],
    leftOut: { "prepared load balancer": LATE },
  },
  {
    name: "withConnection",
    run: ({ sql, schema }) =>
      withConnection(sql, async connection => [
        await count(connection, schema, "owner"),
        await item(connection, schema, expr`select ${"x"}::text`),
      ]),
    expect: [4, "x"],
  },
  {
    name: "withLock: five concurrent calls, never two inside",
    run: async ({ sql, schema, name }) => {
      let [inside, most] = [0, 0];
      const visit = async (tx: Bun.TransactionSQL): Promise<void> => {
        most = Math.max(most, ++inside);
        await count(tx, schema, "owner");
        inside--;
      };
      await Promise.all(Array.from({ length: 5 }, () => withLock(sql, name, visit)));
      return most;
    },
    expect: 1,
  },
  {
    name: "withLock with wait: false, while the lock is held and afterwards",
    run: async ({ sql, schema, name }) => {
      const held = await withLock(sql, name, () =>
        failure(withLock(sql, name, () => "inside", { wait: false })),
      );
      const free = await withLock(sql, name, tx => count(tx, schema, "owner"), { wait: false });
      return [held instanceof LockedError || held.message, free];
    },
    expect: [true, 4],
  },
];

const WRITES: readonly Check[] = [
  {
    name: "transaction commits",
    run: async place => {
      const { sql, schema, name } = place;
      await transaction(sql, async tx => {
        await insert(tx, schema, "entry", { name: `${name} 1` });
        await insert(tx, schema, "entry", { name: `${name} 2` });
      });
      return await entries(place);
    },
    expect: 2,
  },
  {
    name: "transaction rolls back if its function fails",
    run: async place => {
      const { sql, schema, name } = place;
      const call = transaction(sql, async tx => {
        await insert(tx, schema, "entry", { name });
        throw new RangeError("no");
      });
      const error = await failure(call);
      if (!(error instanceof RangeError)) throw error;
      return await entries(place);
    },
    expect: 0,
  },
  {
    name: "a savepoint rolls back alone",
    run: async place => {
      const { sql, schema, name } = place;
      await transaction(sql, async tx => {
        await insert(tx, schema, "entry", { name: `${name} 1` });
        await failure(transaction(tx, inner => insert(inner, schema, "entry", { name: `${name} 1` })));
        await insert(tx, schema, "entry", { name: `${name} 2` });
      });
      return await entries(place);
    },
    expect: 2,
  },
  {
    name: "20 statements that are sent together in a transaction",
    run: async place => {
      const { sql, schema, name } = place;
      const rows = await transaction(sql, tx =>
        Promise.all(
          Array.from({ length: 20 }, (_, n) =>
            insert(tx, schema, "entry", { name: `${name} ${n}` }, { returning: ["name"] }),
          ),
        ),
      );
      const isOwn = rows.every((row, n) => row!["name"] === `${name} ${n}`);
      return [isOwn, await entries(place)];
    },
    expect: [true, 20],
  },
  {
    name: "a read in a transaction sees the transaction's own write",
    run: ({ sql, schema, name }) =>
      transaction(sql, async tx => {
        const row = await insert(tx, schema, "entry", { name });
        return (await get(tx, schema, "entry", row!["id"] as number, { select: ["body"] })) ?? "missing";
      }),
    expect: { body: null },
  },
  {
    name: "ten serializable transactions on one row, with retries",
    run: place => {
      const { schema, first } = place;
      const increment = async (tx: Bun.TransactionSQL): Promise<unknown> => {
        const { value } = (await get(tx, schema, "counter", first)) as { value: number };
        return await update(tx, schema, "counter", { id: first, value: value + 1 });
      };
      return increments(place, increment, { isolation: "serializable", retries: 50 });
    },
    expect: 10,
  },
  {
    name: 'ten transactions on one row with lock: "update"',
    run: place => {
      const { schema, first } = place;
      return increments(place, async tx => {
        const [row] = await rowsWhere(tx, schema, "counter", { where: { id: first }, lock: "update" });
        return await update(tx, schema, "counter", { id: first, value: (row!["value"] as number) + 1 });
      });
    },
    expect: 10,
  },
  {
    name: "rollback",
    run: async place => {
      const { sql, schema, name } = place;
      await rollback(sql, tx => insert(tx, schema, "entry", { name }));
      return await entries(place);
    },
    expect: 0,
  },
];

export const TRANSACTIONS: readonly Check[] = [...READS, ...writing(WRITES)];
