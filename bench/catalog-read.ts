// Compares `loadSchema` with hand-written code that reads the same facts, and with libraries that read table by table.
import type { SQL } from "bun";
import { loadSchema } from "rowfn";
import type { SnapshotAmount } from "./amount.ts";
import { readCatalog } from "./catalog-by-hand.ts";
import { readByTable } from "./catalog-by-table.ts";
import { createTables } from "./many-tables.ts";
import { median, ratio } from "./measure.ts";

export interface SnapshotRow {
  readonly tables: number;
  readonly rounds: number;
  readonly handWritten: number;
  readonly rowfn: number;
  readonly ratio: number;
  /** Milliseconds of one round of each way. */
  readonly perTable: { readonly unprepared: number; readonly prepared: number } | undefined;
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  Bun.gc(true);
  const start = Bun.nanoseconds();
  await run();
  return (Bun.nanoseconds() - start) / 1e6;
}

export async function measureSnapshot(
  sql: SQL,
  tables: number,
  { rounds, warmUps, readsByTable }: SnapshotAmount,
): Promise<SnapshotRow> {
  await createTables(sql, tables);
  await sql.unsafe("analyze");
  const ways = [() => readCatalog(sql), () => loadSchema(sql)];
  const times: [number[], number[]] = [[], []];
  for (let round = -warmUps; round < rounds; round++) {
    for (const way of round % 2 ? [0, 1] : [1, 0]) {
      const time = await milliseconds(ways[way]!);
      if (round >= 0) times[way]!.push(time);
    }
  }
  return {
    tables,
    rounds,
    handWritten: median(times[0]),
    rowfn: median(times[1]),
    ratio: ratio(times[1], times[0]),
    perTable: readsByTable
      ? {
          unprepared: await milliseconds(() => readByTable(sql, false)),
          prepared: await milliseconds(() => readByTable(sql, true)),
        }
      : undefined,
  };
}
