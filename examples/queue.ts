// `DATABASE_URL=postgres://... bun examples/queue.ts`: workers that send email.
import { SQL } from "bun";
import { insertMany, loadSchema } from "../src/index.ts";
import { retryLater, wakeSql, work } from "../src/queues/index.ts";

const sql = new SQL(process.env["DATABASE_URL"]!, { max: 4 });
await sql.unsafe(`create table rowfn_mail (id int generated always as identity primary key, address text not null,
  status text not null default 'pending', attempts int, error text, run_at timestamptz)`);
try {
  const schema = await loadSchema(sql);
  for (const text of wakeSql(schema, "rowfn_mail")) await sql.unsafe(text);
  const stop = new AbortController();
  let open = 3;
  const working = work(
    sql,
    schema,
    "rowfn_mail",
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
    "rowfn_mail",
    addresses.map(address => ({ address })),
  );
  console.log(`${await working} tries`);
} finally {
  await sql.unsafe(`drop table rowfn_mail; drop function if exists "rowfn_jobs public.rowfn_mail"`);
  await sql.close({ timeout: 5 });
}
