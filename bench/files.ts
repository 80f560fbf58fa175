// `bun bench/files.ts [rows]`: imports a million rows of CSV with importRows and exports them with exportRows. Prints rows per
// second and memory use, and checks that the exported file equals the imported file.

import { loadSchema } from "rowfn";
import { exportRows, importRows } from "rowfn/files";
import { testDatabase } from "rowfn/testing";

const ROWS = Number(process.argv[2] ?? 1_000_000);

const { sql, drop } = await testDatabase({
  template: `create table measure (id int primary key, name text not null, note text, price numeric(10,2) not null,
    at timestamptz not null, tags text[] not null, doc jsonb)`,
});
const schema = await loadSchema(sql);

const HEADER = "id,name,note,price,at,tags,doc\n";

function line(id: number): string {
  const note = id % 3 === 0 ? "" : id % 3 === 1 ? '""' : '"a ""note"", of words"';
  const at = `2026-01-${String(1 + (id % 28)).padStart(2, "0")} 03:04:05.${100_001 + (id % 80_000) * 10}+00`;
  return `${id},name ${id},${note},${id % 1000}.25,${at},"{a,b}","{""n"": ${id}}"\n`;
}

async function* file(hasher: Bun.CryptoHasher): AsyncGenerator<string> {
  let text = HEADER;
  for (let id = 0; id < ROWS; id++) {
    text += line(id);
    if (text.length < 64_000 && id < ROWS - 1) continue;
    hasher.update(text);
    yield text;
    text = "";
  }
}

interface Run {
  readonly what: string;
  readonly hash: string;
  readonly "rows per second": number;
  readonly "memory before, MB": number;
  readonly "peak memory, MB": number;
}

async function measure(what: string, run: (hasher: Bun.CryptoHasher) => Promise<void>): Promise<Run> {
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const hasher = new Bun.CryptoHasher("sha256");
  const start = performance.now();
  await run(hasher);
  const seconds = (performance.now() - start) / 1000;
  clearInterval(watch);
  const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
  return {
    what,
    hash: hasher.digest("hex").slice(0, 12),
    "rows per second": Math.round(ROWS / seconds),
    "memory before, MB": megabytes(before),
    "peak memory, MB": megabytes(peak),
  };
}

try {
  const runs = [
    await measure("importRows", async hasher => {
      await importRows(sql, schema, "measure", file(hasher), { format: "csv" });
    }),
    await measure("exportRows", async hasher => {
      const stream = exportRows(sql, schema, "measure", { format: "csv", orderBy: "id" });
      for await (const bytes of stream) hasher.update(bytes);
    }),
  ];
  console.table(runs);
  if (runs[0]!.hash !== runs[1]!.hash) throw new Error("the exported file differs from the imported file");
} finally {
  await drop();
}
