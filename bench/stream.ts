// `bun bench/stream.ts [rows]`: prints the memory of the process before and during a stream of a million rows.

import { loadSchema, streamRows } from "rowfn";
import { testDatabase } from "rowfn/testing";

const rows = Number(process.argv[2] ?? 1_000_000);
const megabytes = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20);

const { sql, drop } = await testDatabase({
  template: `create table line (id int primary key, name text, at timestamptz, tags text[]);
    insert into line select id, 'line ' || id, now(), array['a', 'b'] from generate_series(1, ${rows}) id`,
});
const schema = await loadSchema(sql);
const before = megabytes();
let most = 0;
let count = 0;
for await (const _ of streamRows(sql, schema, "line"))
  if (++count % 10_000 === 0) most = Math.max(most, megabytes());
console.log(
  Bun.inspect.table([{ rows: count, "before, MB": before, "at most, MB": most, "more, MB": most - before }]),
);
await drop();
