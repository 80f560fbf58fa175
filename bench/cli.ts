// `bun bench/cli.ts [rows]`: imports a CSV file with `rowfn import` and exports it with `rowfn export`. Prints the time and
// peak memory of both, and whether the file is unchanged. Runs a tenth of the rows first to show that memory is constant.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestDatabase, testDatabase } from "rowfn/testing";

const ROWS = Number(process.argv[2] ?? 1_000_000);
const MAIN = join(import.meta.dir, "../src/cli/main.ts");
const directory = mkdtempSync(join(tmpdir(), "rowfn-bench-"));

async function writeCsv(path: string, rows: number): Promise<void> {
  const writer = Bun.file(path).writer();
  writer.write("id,name,amount,at,tags\n");
  for (let id = 1; id <= rows; id++) {
    writer.write(`${id},"name, ${id}",${id / 4},2026-11-25 12:00:00.123456+00,"{a,b${id % 7}}"\n`);
    if (id % 10_000 === 0) await writer.flush();
  }
  await writer.end();
}

async function run(url: string, ...args: readonly string[]): Promise<string> {
  const start = performance.now();
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    env: { ...process.env, DATABASE_URL: url },
    stdin: "ignore",
    stdout: "ignore",
  });
  if ((await child.exited) !== 0) throw new Error(`rowfn ${args.join(" ")} failed`);
  const seconds = (performance.now() - start) / 1000;
  return `${seconds.toFixed(1)} s, ${Math.round(child.resourceUsage()!.maxRSS / 1e6)} MB`;
}

async function hash(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hasher.update(chunk);
  return hasher.digest("hex");
}

async function roundTrip({ sql, url }: TestDatabase, rows: number): Promise<void> {
  await sql`drop table if exists item`;
  await sql`create table item (id int primary key, name text not null, amount numeric, at timestamptz, tags text[])`;
  const [before, after] = [join(directory, "before.csv"), join(directory, "after.csv")];
  await writeCsv(before, rows);
  console.log(`${rows} rows, ${Math.round(Bun.file(before).size / 1e6)} MB`);
  console.log(`  import  ${await run(url, "import", "item", before)}`);
  console.log(`  export  ${await run(url, "export", "item", "--order", "id", "--out", after)}`);
  console.log(`  ${(await hash(before)) === (await hash(after)) ? "unchanged" : "CHANGED"}`);
}

const database = await testDatabase();
try {
  await roundTrip(database, ROWS / 10);
  await roundTrip(database, ROWS);
} finally {
  await database.drop();
  rmSync(directory, { recursive: true });
}
