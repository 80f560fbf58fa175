// Jobs and notifications.
import { number, object } from "valibot";
import {
  channel,
  claim,
  claimOne,
  giveUp,
  insert,
  insertMany,
  loadSchema,
  transaction,
  unwatchSql,
  update,
  wakeSql,
  watch,
  watchSql,
  work,
} from "../../support/every-entry.ts";
import { type Check, type Place, writing } from "../topology.ts";

const NO_LISTEN =
  "notifications do not arrive; a transaction pooler cannot LISTEN, so connect to the server directly";

async function addJobs({ sql, schema, name }: Place, size: number): Promise<void> {
  await insertMany(
    sql,
    schema,
    "job",
    Array.from({ length: size }, () => ({ queue: name })),
  );
}

/** The numbers of jobs and attempts of a check by status. */
async function statuses({ direct, name }: Place): Promise<unknown[][]> {
  const text = `select status, count(*)::int, sum(attempts)::int from job where queue = '${name}' group by 1 order by 1`;
  return [...(await direct.unsafe(text).values())];
}

export const QUEUES: readonly Check[] = writing([
  {
    name: "claimOne processes a job once, and stores its failure",
    run: async place => {
      const { sql, schema, name } = place;
      await addJobs(place, 2);
      const options = { where: { queue: name }, orderBy: "id" };
      await claimOne(sql, schema, "job", () => {}, options);
      await claimOne(sql, schema, "job", () => giveUp("bad"), options);
      return [(await claimOne(sql, schema, "job", () => {}, options)) ?? "none", await statuses(place)];
    },
    expect: [
      "none",
      [
        ["done", 1, 1],
        ["failed", 1, 1],
      ],
    ],
  },
  {
    name: "four concurrent workers claim 40 jobs, each once",
    run: async place => {
      const { sql, schema, name } = place;
      await addJobs(place, 40);
      const claimed: unknown[] = [];
      const worker = async (): Promise<void> => {
        for (;;) {
          const rows = await transaction(sql, tx =>
            claim(tx, schema, "job", {
              ...{ where: { queue: name, status: "pending" }, orderBy: "id", limit: 3 },
              set: { status: "done" },
            }),
          );
          if (rows.length === 0) return;
          claimed.push(...rows.map(row => row["id"]));
        }
      };
      await Promise.all([worker(), worker(), worker(), worker()]);
      return [claimed.length, new Set(claimed).size, (await statuses(place))[0]!.slice(0, 2)];
    },
    expect: [40, 40, ["done", 40]],
  },
  {
    name: "work processes 20 jobs, each once, with the trigger that wakes it",
    run: async place => {
      const { sql, schema, name, direct } = place;
      for (const text of wakeSql(schema, "job")) await direct.unsafe(text);
      await addJobs(place, 10);
      const stop = new AbortController();
      let done = 0;
      const working = work(sql, schema, "job", () => {}, {
        ...{ where: { queue: name }, concurrency: 2, poll: 50, signal: stop.signal },
        onJob: () => void (++done === 20 && stop.abort()),
      });
      await addJobs(place, 10);
      await working;
      return await statuses(place);
    },
    expect: [["done", 20, 20]],
  },
  {
    name: "channel receives what is sent, also with a transaction",
    run: async ({ sql, name }) => {
      const listening = Promise.withResolvers<void>();
      const orders = channel(sql, name, object({ id: number() }), { onListen: listening.resolve });
      const received: number[] = [];
      const loop = (async () => {
        for await (const { id } of orders) if (received.push(id) === 2) return;
      })();
      await Promise.race([listening.promise, loop]);
      await orders.send({ id: 1 });
      await transaction(sql, tx => orders.send({ id: 2 }, tx));
      await loop;
      return received;
    },
    expect: [1, 2],
    fails: { "transaction pooler": NO_LISTEN, standby: "the server is a standby" },
  },
  {
    name: "watch yields the changes of a table",
    run: async ({ sql, direct, name }) => {
      await direct.unsafe(`create table "${name}" (id int primary key, note text)`);
      const schema = await loadSchema(direct);
      for (const text of watchSql(schema, name)) await direct.unsafe(text);
      const listening = Promise.withResolvers<void>();
      const changes: unknown[] = [];
      const loop = (async () => {
        for await (const { type, key } of watch(sql, schema, name, { onListen: listening.resolve }))
          if (changes.push([type, key]) === 2) return;
      })();
      await Promise.race([listening.promise, loop]);
      await insert(sql, schema, name, { id: 1, note: "a" });
      await update(sql, schema, name, { id: 1, note: "b" });
      await loop;
      return changes;
    },
    expect: [
      ["insert", { id: 1 }],
      ["update", { id: 1 }],
    ],
    fails: { "transaction pooler": NO_LISTEN },
  },
  {
    name: "watch yields changes of other programs, also those that arrive by replication",
    run: async ({ sql, schema, direct, source = direct, first }) => {
      for (const text of watchSql(schema, "scratch")) await direct.unsafe(text);
      const listening = Promise.withResolvers<void>();
      const change = (async () => {
        for await (const { type, key } of watch(sql, schema, "scratch", { onListen: listening.resolve }))
          return [type, key["id"] === first];
      })();
      await Promise.race([listening.promise, change]);
      await source.unsafe(`insert into scratch values (${first}, 'replicated')`);
      const seen = await change;
      for (const text of unwatchSql(schema, "scratch")) await direct.unsafe(text);
      return seen;
    },
    expect: ["insert", true],
    fails: { "transaction pooler": NO_LISTEN },
  },
]);
