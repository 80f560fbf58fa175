// `bun bench/bulk.ts [rows] [rounds]`: compares bulk writes with the fastest hand-written code on the same driver. Both run
// once per round. Prints the median of the ratios of all rounds after the warm-up.

import type { SQL } from "bun";
import { insertMany, loadSchema, upsertMany } from "rowfn";
import { testDatabase } from "rowfn/testing";

const sizes = process.argv[2] ? [Number(process.argv[2])] : [1_000, 10_000, 100_000];
const roundsOf = (size: number): number =>
  Number(process.argv[3] ?? Math.max(7, Math.min(41, 200_000 / size)));
const WARM_UPS = 6;

const { sql, drop } = await testDatabase({
  template: `create table line (id int primary key, name varchar(120) not null, note text, price numeric(10, 2) not null,
    at timestamptz not null, flag bool, tags text[])`,
});
const schema = await loadSchema(sql);

interface Line {
  readonly id: number;
  readonly name: string;
  readonly note: string | null;
  readonly price: string;
  readonly at: Date;
  readonly flag: boolean;
  readonly tags: readonly string[];
}

const linesOf = (count: number): Line[] =>
  Array.from({ length: count }, (_, id) => ({
    id,
    name: `line ${id}`,
    note: id % 3 === 0 ? null : "a note of some words",
    price: `${id % 1000}.25`,
    at: new Date(1_700_000_000_000 + id * 1000),
    flag: id % 2 === 0,
    tags: ["a", "b"],
  }));

const escapeCopyText = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n");

async function copy(handle: SQL, table: string, lines: readonly Line[]): Promise<void> {
  const query = handle.unsafe(`copy ${table} from stdin`);
  const writer = query.writable().getWriter();
  let chunk = "";
  for (const { id, name, note, price, at, flag, tags } of lines) {
    chunk += `${id}\t${escapeCopyText(name)}\t${note === null ? "\\N" : escapeCopyText(note)}\t${price}\t${at.toISOString()}\t${flag}\t{${tags.join(",")}}\n`;
    if (chunk.length < 64_000) continue;
    await writer.write(chunk);
    chunk = "";
  }
  await writer.write(chunk);
  await writer.close();
  await query;
}

const handWritten = {
  insert: (lines: readonly Line[]) => copy(sql, "line", lines),
  upsert: (lines: readonly Line[]) =>
    sql.begin(async tx => {
      await tx.unsafe("create temporary table staging (like line) on commit drop");
      await copy(tx, "staging", lines);
      await tx.unsafe(`insert into line select * from staging on conflict (id) do update set name = excluded.name, note = excluded.note,
        price = excluded.price, at = excluded.at, flag = excluded.flag, tags = excluded.tags`);
    }),
};
const byRowfn = {
  insert: (lines: readonly Line[]) => insertMany(sql, schema, "line", lines as never),
  upsert: (lines: readonly Line[]) => upsertMany(sql, schema, "line", lines as never),
};

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const start = Bun.nanoseconds();
  await run();
  return (Bun.nanoseconds() - start) / 1e6;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const table: Record<string, string | number>[] = [];
for (const size of sizes) {
  const lines = linesOf(size);
  for (const what of ["insert", "upsert"] as const) {
    const times: { hand: number; rowfn: number }[] = [];
    for (let round = -WARM_UPS; round < roundsOf(size); round++) {
      const time = { hand: 0, rowfn: 0 };
      for (const way of round % 2 ? (["hand", "rowfn"] as const) : (["rowfn", "hand"] as const)) {
        if (what === "insert" || round === -WARM_UPS) await sql`truncate line`;
        time[way] = await milliseconds(() => (way === "hand" ? handWritten : byRowfn)[what](lines));
      }
      if (round >= 0) times.push(time);
    }
    table.push({
      what: `${what} ${size} rows`,
      "hand-written, ms": median(times.map(({ hand }) => hand)).toFixed(1),
      "rowfn, ms": median(times.map(({ rowfn }) => rowfn)).toFixed(1),
      ratio: median(times.map(({ hand, rowfn }) => rowfn / hand)).toFixed(2),
    });
  }
}
console.log(Bun.inspect.table(table));
await drop();
