// `bun examples/queue/worker.ts`: workers that send email, until three jobs have ended. With DATABASE_URL it uses your
// database, which should be empty; otherwise a temporary embedded server.
import { connect, insertMany, loadSchema, script } from "rowfn";
import { retryLater, wakeSql, work } from "rowfn/queues";
import { startPostgres } from "rowfn/testing";

const postgres = process.env["DATABASE_URL"] ? undefined : await startPostgres();
const { sql } = await connect(process.env["DATABASE_URL"] || postgres!.url, { max: 4 });
await script(
  sql,
  `create table mail (
    id int generated always as identity primary key,
    address text not null,
    status text not null default 'pending',
    attempts int,
    error text,
    run_at timestamptz
  )`,
);
const schema = await loadSchema(sql);
for (const text of wakeSql(schema, "mail")) await sql.unsafe(text);

const stop = new AbortController();
let open = 3;
const working = work(
  sql,
  schema,
  "mail",
  (mail, _tx, attempt) => {
    if (mail["address"] === "busy@example.org" && attempt === 1) return retryLater(10, "busy");
    if (mail["address"] === "nobody@example.org") throw new Error("no such address");
    return undefined;
  },
  {
    concurrency: 2,
    poll: 50,
    signal: stop.signal,
    onJob: ({ row, status, attempt }) => {
      console.log(`${row["address"]}: ${status}, try ${attempt}`);
      if (status !== "retry" && --open === 0) stop.abort();
    },
  },
);
const addresses = ["ada@example.org", "busy@example.org", "nobody@example.org"];
await insertMany(
  sql,
  schema,
  "mail",
  addresses.map(address => ({ address })),
);
console.log(`${await working} tries`);
await sql.close();
await postgres?.stop();
